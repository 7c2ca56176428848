// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// One stream to many writers, in the order given. A writer that fails does not keep the others from their
/// work: `warn` is told what it said. Only start() lets its Error through: nothing has been trained yet.
class FanOutTracker : public Tracker {
 public:
  FanOutTracker(std::vector<std::unique_ptr<Tracker>> trackers, std::function<void(const std::string&)> warn);

  void start(const RunRecord& run) override;
  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  bool keeps_media() const override;
  void log_image(int64_t step, const Image& image) override;
  void log_histogram(int64_t step, const Histogram& histogram) override;
  void log_table(int64_t step, const Table& table) override;
  void log_system(int64_t step, const Metrics& metrics) override;
  void log_console(std::string_view line, bool is_error) override;
  void save_file(const std::filesystem::path& path) override;
  void summarize(const Metrics& metrics) override;
  void flush() override;
  std::string finish(int exit_code) override;

 private:
  template <class Call>
  void each(Call call);

  std::vector<std::unique_ptr<Tracker>> trackers_;
  std::function<void(const std::string&)> warn_;
};

}  // namespace retort::tracking
