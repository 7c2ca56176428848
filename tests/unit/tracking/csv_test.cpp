// SPDX-License-Identifier: MIT
#include "retort/tracking/csv.h"

#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

class CsvTrackerTest : public testing::Test {
 protected:
  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      (std::string(testing::UnitTest::GetInstance()->current_test_info()->name()) + ".csv");

  void SetUp() override { std::filesystem::remove(path_); }
  std::string content() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
};

TEST_F(CsvTrackerTest, WidensTheHeaderWhenAMetricAppearsLate) {
  CsvTracker tracker(path_, -1);
  tracker.log(1, 0, {{"train/loss", 2.5}});
  tracker.log(2, 0, {{"val/loss", 0.1}});
  tracker.log(3, 1, {{"val/loss", 1.0 / 3}, {"train/loss", 1e-7}});
  tracker.flush();
  EXPECT_EQ(content(),
            "epoch,step,train/loss,val/loss\n"
            "0,1,2.5,\n"
            "0,2,,0.1\n"
            "1,3,1e-07,0.3333333333333333\n");
}

TEST_F(CsvTrackerTest, ResumeCutsBackToTheCheckpointAndDropsATornLine) {
  {
    CsvTracker tracker(path_, -1);
    for (int step = 1; step <= 4; ++step) tracker.log(step, 0, {{"loss", step}});
  }
  std::ofstream(path_, std::ios::app) << "0,5,";
  {
    CsvTracker tracker(path_, 2);
    tracker.log(3, 0, {{"loss", 30}});
  }
  EXPECT_EQ(content(), "epoch,step,loss\n0,1,1\n0,2,2\n0,3,30\n");
}

TEST_F(CsvTrackerTest, StartsAfreshWithoutAResume) {
  { CsvTracker(path_, -1).log(1, 0, {{"loss", 1}}); }
  { CsvTracker tracker(path_, -1); }
  EXPECT_EQ(content(), "epoch,step\n");
}

}  // namespace
}  // namespace retort::tracking
