// SPDX-License-Identifier: MIT
// bench_tracking IMAGES_PER_SECOND BATCH_SIZE: what all trackers together cost the training thread, as a
// share of a training step at that speed. Worst case: every step is logged (training logs every 50th), each
// with the figures of a distillation; an epoch of 391 steps ends with a row, 21 histograms (as many weights
// has ResNet-18), what the machine does, and a flush. MLflow writes to a folder; a server costs the training
// thread the same.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <vector>

#include <fmt/format.h>

#include "retort/core/file.h"
#include "retort/tracking/registry.h"
#include "retort/tracking/run_record.h"
#include "retort/tracking/system_stats.h"

namespace {

using namespace retort;
using namespace retort::tracking;
using Clock = std::chrono::steady_clock;

constexpr int64_t kStepsPerEpoch = 391, kEpochs = 5;

Metrics step_metrics(int64_t step) {
  const double loss = 1 / static_cast<double>(step + 1);
  return {{"train/loss", loss},
          {"train/loss_hard", loss / 3},
          {"train/loss_distill", loss / 7},
          {"lr", 0.1 - 1e-5 * loss}};
}

Histogram weight_histogram(int index) {
  Histogram histogram{.name = fmt::format("weights/layer{}", index), .edges = {-1.0}, .counts = {}};
  for (int i = 0; i < 32; ++i) {
    histogram.counts.push_back(i * 12345);
    histogram.edges.push_back(-1 + (i + 1) / 16.0);
  }
  return histogram;
}

// Seconds of the training thread an epoch, the median.
double measure(const std::filesystem::path& folder) {
  TrackerOptions options{.names = tracker_names()};
  options.mlflow.tracking_uri = (folder / "mlruns").string();
  make_folders(folder);
  const auto tracker = make_tracker(
      options, folder, -1, [](const std::string& trouble) { std::fprintf(stderr, "%s\n", trouble.c_str()); });
  tracker->start({.id = "abcdefgh",
                  .role = "distill",
                  .network = "resnet18",
                  .machine = this_machine(),
                  .config = {{"seed", 0}}});
  SystemStats system;
  std::vector<double> seconds;
  for (int64_t epoch = 0; epoch < kEpochs; ++epoch) {
    const auto start = Clock::now();
    for (int64_t i = 0; i < kStepsPerEpoch; ++i) {
      const int64_t step = epoch * kStepsPerEpoch + i + 1;
      tracker->log(step, epoch, step_metrics(step));
    }
    const int64_t step = (epoch + 1) * kStepsPerEpoch;
    tracker->log(step, epoch, {{"train/loss_epoch", 0.5}, {"val/loss", 0.4}, {"val/accuracy_top1", 0.9}});
    for (int i = 0; i < 21; ++i) tracker->log_histogram(step, weight_histogram(i));
    tracker->log_system(step, system.sample());
    tracker->flush();
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  tracker->finish(0);
  std::nth_element(seconds.begin(), seconds.begin() + kEpochs / 2, seconds.end());
  return seconds[kEpochs / 2];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_tracking IMAGES_PER_SECOND BATCH_SIZE\n", stderr);
    return 2;
  }
  const double step_seconds = std::atof(argv[2]) / std::atof(argv[1]);
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("retort-bench-{}", new_run_id());
  const double tracking_seconds = measure(folder) / kStepsPerEpoch;
  std::filesystem::remove_all(folder);
  fmt::print(
      "csv, tensorboard, wandb and mlflow, every step logged: {:.0f} us of a step of {:.0f} ms, {:.3f} %\n",
      1e6 * tracking_seconds, 1e3 * step_seconds, 100 * tracking_seconds / step_seconds);
}
