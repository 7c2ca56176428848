// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "retort/tracking/append_file.h"
#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// TensorBoard: one event file in tensorboard/ with scalars, images, histograms, the configuration as text,
/// and the hparams of the run beside the metrics they led to.
class TensorboardTracker : public Tracker {
 public:
  /// Goes on with the event file in `folder`, cut back to `keep_through_step`; -1 starts a new one.
  TensorboardTracker(std::filesystem::path folder, int64_t keep_through_step);

  void start(const RunRecord& run) override;
  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  bool keeps_media() const override { return true; }
  void log_image(int64_t step, const Image& image) override;
  void log_histogram(int64_t step, const Histogram& histogram) override;
  void log_system(int64_t step, const Metrics& metrics) override;
  void summarize(const Metrics& metrics) override;
  void flush() override { file_->flush(); }
  std::string finish(int exit_code) override;

 private:
  void write_summary(int64_t step, std::string_view summary);
  void write_scalars(int64_t step, const Metrics& metrics);

  std::unique_ptr<AppendFile> file_;
  bool is_new_ = false;
  int64_t last_step_ = 0;
  Metrics summary_;
};

}  // namespace retort::tracking
