// SPDX-License-Identifier: MIT
#include "retort/tracking/fan_out.h"

#include <algorithm>

#include "retort/core/error.h"

namespace retort::tracking {

FanOutTracker::FanOutTracker(std::vector<std::unique_ptr<Tracker>> trackers,
                             std::function<void(const std::string&)> warn)
    : trackers_(std::move(trackers)), warn_(std::move(warn)) {}

template <class Call>
void FanOutTracker::each(Call call) {
  for (auto& tracker : trackers_) {
    try {
      call(*tracker);
    } catch (const Error& error) {
      warn_(error.what());
    }
  }
}

void FanOutTracker::start(const RunRecord& run) {
  for (auto& tracker : trackers_) tracker->start(run);
}

void FanOutTracker::log(int64_t step, int64_t epoch, const Metrics& metrics) {
  each([&](Tracker& tracker) { tracker.log(step, epoch, metrics); });
}

bool FanOutTracker::keeps_media() const {
  return std::any_of(trackers_.begin(), trackers_.end(),
                     [](const auto& tracker) { return tracker->keeps_media(); });
}

void FanOutTracker::log_image(int64_t step, const Image& image) {
  each([&](Tracker& tracker) { tracker.log_image(step, image); });
}

void FanOutTracker::log_histogram(int64_t step, const Histogram& histogram) {
  each([&](Tracker& tracker) { tracker.log_histogram(step, histogram); });
}

void FanOutTracker::log_table(int64_t step, const Table& table) {
  each([&](Tracker& tracker) { tracker.log_table(step, table); });
}

void FanOutTracker::log_system(int64_t step, const Metrics& metrics) {
  each([&](Tracker& tracker) { tracker.log_system(step, metrics); });
}

void FanOutTracker::log_console(std::string_view line, bool is_error) {
  each([&](Tracker& tracker) { tracker.log_console(line, is_error); });
}

void FanOutTracker::save_file(const std::filesystem::path& path) {
  each([&](Tracker& tracker) { tracker.save_file(path); });
}

void FanOutTracker::summarize(const Metrics& metrics) {
  each([&](Tracker& tracker) { tracker.summarize(metrics); });
}

void FanOutTracker::flush() {
  each([](Tracker& tracker) { tracker.flush(); });
}

std::string FanOutTracker::finish(int exit_code) {
  std::string words;
  each([&](Tracker& tracker) { words += tracker.finish(exit_code); });
  return words;
}

}  // namespace retort::tracking
