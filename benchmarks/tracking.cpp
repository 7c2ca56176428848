// SPDX-License-Identifier: MIT
// bench_tracking IMAGES_PER_SECOND BATCH_SIZE: what all trackers together cost, as a share of a training step
// at that speed. Worst case: every step is logged (training logs every 50th), each with the figures of a
// distillation; an epoch of 391 steps ends with a row, 21 histograms (as many weights has ResNet-18), what
// the machine does, a line of console and a flush; a run of five epochs ends with 12 pictures, a confusion
// matrix and all that finish() does. What counts is the processor time of all threads, MLflow's too, or the
// time that passes, whichever is more. MLflow writes to a folder. Left out: counting the weights into
// histograms, which is the trainer's work, a few passes over them an epoch.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "retort/core/file.h"
#include "retort/tracking/png.h"
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

Image picture(int index) {
  std::vector<uint8_t> pixels(3 * 32 * 32);
  for (size_t i = 0; i < pixels.size(); ++i)
    pixels[i] = static_cast<uint8_t>((i * 2654435761u + static_cast<size_t>(index)) >> 16);
  return {.name = fmt::format("samples/{}", index),
          .caption = "cat: student dog 61 %, teacher cat 93 %",
          .width = 32,
          .height = 32,
          .png = encode_png(pixels, /*channels=*/3, /*height=*/32, /*width=*/32)};
}

Table confusion() {
  Table table{.name = "confusion_matrix", .columns = {"actual", "predicted", "count"}, .rows = {}};
  for (int i = 0; i < 100; ++i)
    table.rows.push_back({fmt::format("class {}", i / 10), fmt::format("class {}", i % 10), i * 7.0});
  return table;
}

void log_epoch(Tracker& tracker, SystemStats& system, int64_t epoch) {
  for (int64_t i = 0; i < kStepsPerEpoch; ++i) {
    const int64_t step = epoch * kStepsPerEpoch + i + 1;
    tracker.log(step, epoch, step_metrics(step));
  }
  const int64_t step = (epoch + 1) * kStepsPerEpoch;
  tracker.log(step, epoch, {{"train/loss_epoch", 0.5}, {"val/loss", 0.4}, {"val/accuracy_top1", 0.9}});
  for (int i = 0; i < 21; ++i) tracker.log_histogram(step, weight_histogram(i));
  tracker.log_system(step, system.sample());
  tracker.log_console("epoch 1/5  loss 0.398 (hard 0.211, distill 1.204)  val accuracy 91.24 %", false);
  tracker.flush();
}

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Seconds of a run.
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
                  .started_at = unix_time(),
                  .config = {{"seed", 0}}});
  SystemStats system;
  const auto start = Clock::now();
  const double processor_start = processor_seconds();
  for (int64_t epoch = 0; epoch < kEpochs; ++epoch) log_epoch(*tracker, system, epoch);
  const int64_t last = kEpochs * kStepsPerEpoch;
  for (int i = 0; i < 12; ++i) tracker->log_image(last, picture(i));
  tracker->log_table(last, confusion());
  tracker->summarize({{"test/accuracy_top1", 0.91}, {"test/loss", 0.3}, {"test/ece", 0.02}});
  const std::string words = tracker->finish(0);
  if (words.find("mlflow:") != std::string::npos) throw std::runtime_error(words);  // it has not all
  return std::max(std::chrono::duration<double>(Clock::now() - start).count(),
                  processor_seconds() - processor_start);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: bench_tracking IMAGES_PER_SECOND BATCH_SIZE\n", stderr);
    return 2;
  }
  const double step_seconds = std::atof(argv[2]) / std::atof(argv[1]);
  const auto folder = std::filesystem::temp_directory_path() / fmt::format("retort-bench-{}", new_run_id());
  const double tracking_seconds = measure(folder) / (kStepsPerEpoch * kEpochs);
  std::filesystem::remove_all(folder);
  fmt::print(
      "csv, tensorboard, wandb and mlflow, every step logged: {:.0f} us of a step of {:.0f} ms, {:.3f} %\n",
      1e6 * tracking_seconds, 1e3 * step_seconds, 100 * tracking_seconds / step_seconds);
}
