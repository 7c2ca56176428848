// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/engine.h"
#include "apps/evaluate_options.h"
#include "retort/checkpoint/store.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/data/registry.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/network_file.h"

namespace retort::apps {
namespace {

namespace fs = std::filesystem;

// A checkpoint of ours is verified, every file of it, before a figure is given for it; of a run, the newest
// that is whole.
fs::path weights_file(const fs::path& path, Console& console) {
  fs::path folder = path;
  if (fs::is_directory(path / "checkpoints")) {
    std::vector<std::string> skipped;
    const auto newest = checkpoint::CheckpointStore(path / "checkpoints").newest(&skipped);
    for (const std::string& reason : skipped) console.warn("passing over a damaged checkpoint: " + reason);
    if (!newest)
      throw Error(ExitCode::checkpoint,
                  fmt::format("{} holds no checkpoint that is whole", printable(path.string())));
    folder = *newest;
  } else if (fs::is_regular_file(path) && fs::exists(path.parent_path() / "manifest.json")) {
    folder = path.parent_path();
  }
  if (!fs::is_directory(folder)) return path;
  checkpoint::load_checkpoint(folder);
  return folder / "model.safetensors";
}

struct Split {
  const data::Dataset& dataset;
  std::vector<int64_t> ids;
};

Split find_split(const data::DataModule& data, const std::string& name) {
  if (name == "test") return {data.test, trainer::all_ids(data.test)};
  return {data.train, name == "train" ? data.train_ids : data.validation_ids};
}

}  // namespace

void evaluate(const Invocation& invocation) {
  const auto options = EvaluateOptions::from(invocation.config);
  if (options.predictions && !fs::is_directory(fs::absolute(*options.predictions).parent_path()))
    throw Error(ExitCode::resources,
                fmt::format("predictions={}: there is no such folder", printable(*options.predictions)));
  const data::DataModule data = data::load_data(options.data, options.seed);
  const fs::path file = weights_file(options.checkpoint, invocation.console);
  const auto network =
      trainer::load_network(file, {.architecture = options.architecture, .key = "architecture"},
                            trainer::task_of(data.train), data.normalization);

  Split split = find_split(data, options.split);
  const auto loader =
      trainer::make_evaluation_loader(split.dataset, std::move(split.ids), data.normalization, options.data);
  std::vector<torch::Tensor> logits, labels;
  const auto progress = [&](int64_t done, int64_t batches) {
    invocation.console.set_live_line(fmt::format("evaluating {} of {} batches", done, batches));
    return !stop_requested();
  };
  const auto sink = [&](const torch::Tensor& batch_logits, const torch::Tensor& batch_labels) {
    if (!options.predictions) return;
    logits.push_back(batch_logits);
    labels.push_back(batch_labels);
  };
  const auto evaluated = trainer::evaluate(*network.model, *loader, loader->batches_per_epoch(),
                                           trainer::Precision::float32, progress, sink);
  if (!evaluated) throw Error(ExitCode::interrupted, "stopped by a signal; nothing was written");
  const metrics::Classification& figures = *evaluated;

  invocation.console.say(
      fmt::format("{} ({}) on {} {}: accuracy {:.2f} % (top-5 {:.2f} %), {} errors in {}, loss {:.4f}",
                  printable(file.string()), network.architecture.label(), options.data.name, options.split,
                  100 * figures.accuracy_top1, 100 * figures.accuracy_top5, figures.errors, figures.samples,
                  figures.loss));
  const std::string prefix = options.split == "validation" ? "val/" : options.split + "/";
  const nlohmann::ordered_json results = {{prefix + "accuracy_top1", figures.accuracy_top1},
                                          {prefix + "accuracy_top5", figures.accuracy_top5},
                                          {prefix + "loss", figures.loss}};
  write_file_atomically(invocation.run_directory / "results.json", results.dump(2) + "\n");
  if (options.predictions) {
    checkpoint::save_weights(
        *options.predictions,
        {.tensors = {{"logits", torch::cat(logits)}, {"labels", torch::cat(labels)}}, .metadata = {}});
    invocation.console.say(fmt::format("predictions: {}", printable(*options.predictions)));
  }
}

}  // namespace retort::apps
