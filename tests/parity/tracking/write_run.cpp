// SPDX-License-Identifier: MIT
// write_run FOLDER TRACKERS STEPS [KEEP [KILL_AT]]: a run of STEPS steps, an epoch every ten, through the
// trackers named ("tensorboard,wandb"), as training would log it. KEEP goes on after that step; -1 starts
// afresh. At step KILL_AT the process kills itself. Of the environment: MLFLOW_TRACKING_URI says where MLflow
// is, LOG_MODEL that it keeps the weights, WANDB_MODE=online that `wandb` is called. Every figure is a
// function of its step, so that the tests know it: train/loss = 1 / step, lr = step / 1000, val/accuracy =
// epoch / 8.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <thread>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/png.h"
#include "retort/tracking/registry.h"
#include "retort/tracking/run_record.h"

namespace {

using namespace retort;
using namespace retort::tracking;

constexpr int64_t kStepsPerEpoch = 10;

RunRecord make_record() {
  RunRecord run{.id = "r3t0rt42",
                .role = "distill",
                .network = "resnet18",
                .arguments = {"train", "model.name=distill"},
                .overrides = {"model.name=distill"},
                .versions = {{"retort", "0.1.0"}},
                .git_commit = std::string(40, 'a'),
                .machine = this_machine(),
                .started_at = unix_time(),
                .data_set = "cifar10",
                .class_names = {"cat", "dog"},
                .networks = {},
                .config = nlohmann::ordered_json::parse(
                    R"({"seed":0,"optimizer":{"name":"sgd","lr":0.1,"nesterov":true},"tags":["a","b"],)"
                    R"("text":"a 'quoted' | piped value \u00fc","nothing":null})")};
  return run;
}

TrackerOptions make_options(const std::string& names) {
  TrackerOptions options;
  std::istringstream stream(names);
  for (std::string name; std::getline(stream, name, ',');) options.names.push_back(name);
  const char* mode = std::getenv("WANDB_MODE");
  if (mode != nullptr && std::string_view(mode) == "online") options.wandb.mode = WandbOptions::Mode::online;
  options.wandb.project = "parity";
  options.wandb.tags = {"one", "two"};
  options.wandb.group = "group";
  options.wandb.notes = "some notes";
  if (const char* uri = std::getenv("MLFLOW_TRACKING_URI")) options.mlflow.tracking_uri = uri;
  options.mlflow.log_model = std::getenv("LOG_MODEL") != nullptr;
  if (const char* seconds = std::getenv("WAIT_SECONDS")) options.mlflow.wait_seconds = std::atof(seconds);
  options.mlflow.experiment_name = "parity experiment";
  return options;
}

Image make_image(int64_t step) {
  std::vector<uint8_t> pixels;
  for (int64_t i = 0; i < 3 * 4 * 5; ++i) pixels.push_back(static_cast<uint8_t>(step + i));
  return {.name = "samples/0",
          .caption = fmt::format("step {}", step),
          .width = 5,
          .height = 4,
          .png = encode_png(pixels, /*channels=*/3, /*height=*/4, /*width=*/5)};
}

void log_epoch(Tracker& tracker, int64_t step) {
  const int64_t epoch = step / kStepsPerEpoch;
  tracker.log(step, epoch - 1, {{"val/accuracy", static_cast<double>(epoch) / 8}});
  tracker.log_histogram(step, {.name = "weights",
                               .edges = {-1, 0, 0.5, 2},
                               .counts = {3, 0, epoch},
                               .sum = 0.25,
                               .sum_of_squares = 4.5});
  tracker.log_image(step, make_image(step));
  tracker.log_table(step, {.name = "confusion",
                           .columns = {"actual", "predicted", "count"},
                           .rows = {{"cat", "dog", 3.0}, {"dog", "dog", 7.0}}});
  tracker.log_system(step, {{"cpu", 50.0}, {"proc.memory.rssMB", 100.0}});
  tracker.log_console(fmt::format("epoch {} done", epoch), /*is_error=*/false);
  tracker.flush();
}

int write_run(const std::filesystem::path& folder, const std::string& trackers, int64_t steps, int64_t keep,
              int64_t kill_at) {
  make_folders(folder);
  const auto tracker = make_tracker(make_options(trackers), folder, keep, [](const std::string& trouble) {
    std::fprintf(stderr, "%s\n", trouble.c_str());
  });
  const RunRecord record = make_record();
  write_file_atomically(folder / "run.json", to_json(record));
  tracker->start(record);
  for (int64_t step = std::max<int64_t>(keep, 0) + 1; step <= steps; ++step) {
    tracker->log(step, (step - 1) / kStepsPerEpoch,
                 {{"train/loss", 1.0 / static_cast<double>(step)}, {"lr", static_cast<double>(step) / 1000}});
    if (step % kStepsPerEpoch == 0) log_epoch(*tracker, step);
    if (step == kill_at) {
      if (const char* seconds = std::getenv("WAIT_BEFORE_KILL"))
        std::this_thread::sleep_for(std::chrono::duration<double>(std::atof(seconds)));
      std::raise(SIGKILL);
    }
  }
  write_file_atomically(folder / "note.txt", "kept with the run\n");
  tracker->save_file(folder / "note.txt");
  write_file_atomically(folder / "model.safetensors", std::string(size_t{3} << 20, 'm'));
  tracker->save_model(folder / "model.safetensors");
  tracker->log_console("a warning", /*is_error=*/true);
  tracker->summarize({{"test/accuracy_top1", 0.75}, {"test/loss", std::numeric_limits<double>::infinity()}});
  std::fputs(tracker->finish(0).c_str(), stdout);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  try {
    return write_run(argv[1], argv[2], std::atoll(argv[3]), argc > 4 ? std::atoll(argv[4]) : -1,
                     argc > 5 ? std::atoll(argv[5]) : -1);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
}
