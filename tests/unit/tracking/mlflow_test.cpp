// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "retort/tracking/run_record.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;

class Mlflow : public testing::Test {
 protected:
  ~Mlflow() override { fs::remove_all(folder_); }

  void append_rows(int64_t first, int64_t last) {
    std::ofstream log(folder_ / "metrics.jsonl", std::ios::app);
    for (int64_t step = first; step <= last; ++step)
      log << R"({"epoch":0,"step":)" << step << R"(,"loss":1})"
          << "\n";
  }

  void keep_rows(int64_t count) {
    fs::remove(folder_ / "metrics.jsonl");
    append_rows(1, count);
  }

  std::unique_ptr<Tracker> begin(int64_t keep_through_step) {
    const MlflowOptions options{.tracking_uri = (folder_ / "mlruns").string(), .run_name = "run"};
    auto tracker = make_mlflow_tracker(options, folder_, keep_through_step);
    RunRecord run;
    run.started_at = 1.7e9;
    run.config = {{"seed", 0}};
    tracker->start(run);
    return tracker;
  }

  // The steps that the store has of "loss", in the order in which they came.
  std::vector<int64_t> steps() const {
    std::vector<int64_t> result;
    for (const auto& entry : fs::recursive_directory_iterator(folder_ / "mlruns")) {
      if (entry.path().filename() != "loss") continue;
      std::ifstream file(entry.path());
      double timestamp = 0, value = 0;
      for (int64_t step = 0; file >> timestamp >> value >> step;) result.push_back(step);
    }
    return result;
  }

  fs::path folder_ = make();

 private:
  static fs::path make() {
    std::string name = (fs::temp_directory_path() / "retort_mlflow_test_XXXXXX").string();
    return mkdtemp(name.data());
  }
};

// The log of a resumed run is cut back to its checkpoint and grows again: what the store has must not be sent
// twice, whenever the log is looked at.
TEST_F(Mlflow, SendsNoRowTwiceWhileAResumedLogGrows) {
  keep_rows(5);
  EXPECT_EQ(begin(-1)->finish(1), "");
  EXPECT_EQ(steps(), (std::vector<int64_t>{1, 2, 3, 4, 5}));

  keep_rows(2);
  const auto resumed = begin(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // it has looked
  append_rows(3, 7);
  EXPECT_EQ(resumed->finish(0), "");
  EXPECT_EQ(steps(), (std::vector<int64_t>{1, 2, 3, 4, 5, 6, 7}));
}

}  // namespace
}  // namespace retort::tracking
