// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/engine.h"
#include "retort/core/file.h"
#include "retort/core/text.h"
#include "retort/data/registry.h"
#include "retort/trainer/training.h"

namespace retort::apps {

void train(const Invocation& invocation) {
  const auto options = trainer::TrainingOptions::from(invocation.config);
  const data::DataModule data = data::load_data(options.data, options.seed);
  const auto result = trainer::run_training(options, data, invocation.run_directory, invocation.console);

  nlohmann::ordered_json results;
  if (result.test.samples > 0) {
    results["test/accuracy_top1"] = result.test.accuracy_top1;
    results["test/accuracy_top5"] = result.test.accuracy_top5;
    results["test/loss"] = result.test.loss;
  }
  results["parameters"] = result.cost.parameters;
  results["seconds"] = result.seconds;
  if (result.validation) {
    results["val/accuracy_top1"] = result.validation->accuracy_top1;
    results["val/loss"] = result.validation->loss;
  }
  write_file_atomically(invocation.run_directory / "results.json", results.dump(2) + "\n");
  invocation.console.say(fmt::format("test accuracy {:.2f} % ({} errors in {}), loss {:.4f}; trained in {}",
                                     100 * result.test.accuracy_top1, result.test.errors, result.test.samples,
                                     result.test.loss, human_duration(result.seconds)));
  if (!result.weights_file.empty())
    invocation.console.say(fmt::format("weights: {}", printable(result.weights_file.string())));
}

}  // namespace retort::apps
