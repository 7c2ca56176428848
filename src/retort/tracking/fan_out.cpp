// SPDX-License-Identifier: MIT
#include "retort/tracking/fan_out.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"

namespace retort::tracking {
namespace {

class FanOutTracker : public Tracker {
 public:
  FanOutTracker(std::vector<std::unique_ptr<Tracker>> trackers, std::function<void(const std::string&)> warn)
      : trackers_(std::move(trackers)), warn_(std::move(warn)) {}

  void start(const RunRecord& run) override {
    for (auto& tracker : trackers_) tracker->start(run);
  }
  void log(int64_t step, int64_t epoch, const Metrics& metrics) override {
    each([&](Tracker& tracker) { tracker.log(step, epoch, metrics); });
  }
  bool keeps_media() const override {
    return std::any_of(trackers_.begin(), trackers_.end(),
                       [](const auto& tracker) { return tracker->keeps_media(); });
  }
  void log_image(int64_t step, const Image& image) override {
    each([&](Tracker& tracker) { tracker.log_image(step, image); });
  }
  void log_histogram(int64_t step, const Histogram& histogram) override {
    each([&](Tracker& tracker) { tracker.log_histogram(step, histogram); });
  }
  void log_table(int64_t step, const Table& table) override {
    each([&](Tracker& tracker) { tracker.log_table(step, table); });
  }
  void log_system(int64_t step, const Metrics& metrics) override {
    each([&](Tracker& tracker) { tracker.log_system(step, metrics); });
  }
  void log_console(std::string_view line, bool is_error) override {
    each([&](Tracker& tracker) { tracker.log_console(line, is_error); });
  }
  void save_file(const std::filesystem::path& path) override {
    each([&](Tracker& tracker) { tracker.save_file(path); });
  }
  void save_model(const std::filesystem::path& path) override {
    each([&](Tracker& tracker) { tracker.save_model(path); });
  }
  void summarize(const Metrics& metrics) override {
    each([&](Tracker& tracker) { tracker.summarize(metrics); });
  }
  void flush() override {
    each([](Tracker& tracker) { tracker.flush(); });
  }
  std::string finish(int exit_code) override {
    std::string words;
    for (auto& tracker : trackers_) {
      try {
        words += tracker->finish(exit_code);
      } catch (const Error& error) {  // nothing waits any longer
        words += fmt::format("warning: not all of the run is kept: {}\n", error.what());
      }
    }
    return words;
  }

 private:
  template <class Call>
  void each(Call call) {
    for (auto& tracker : trackers_) {
      try {
        call(*tracker);
      } catch (const Error& error) {
        warn_(error.what());
      }
    }
  }

  std::vector<std::unique_ptr<Tracker>> trackers_;
  std::function<void(const std::string&)> warn_;
};

}  // namespace

std::unique_ptr<Tracker> fan_out(std::vector<std::unique_ptr<Tracker>> trackers,
                                 std::function<void(const std::string&)> warn) {
  return std::make_unique<FanOutTracker>(std::move(trackers), std::move(warn));
}

}  // namespace retort::tracking
