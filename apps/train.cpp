// SPDX-License-Identifier: MIT
#include <optional>

#include <fmt/format.h>

#include "apps/engine.h"
#include "apps/leave_report.h"
#include "retort/core/text.h"
#include "retort/data/registry.h"
#include "retort/distributed/group.h"
#include "retort/trainer/training.h"

namespace retort::apps {

void train(const Invocation& invocation) {
  auto options = trainer::TrainingOptions::from(invocation.config);
  std::optional<distributed::Group> group;
  if (invocation.place) {
    const bool has_gpus = options.trainer.accelerator == trainer::Accelerator::cuda;
    if (has_gpus)
      options.trainer.gpu = trainer::gpu_of(invocation.place->local_rank, invocation.place->local_size,
                                            trainer::CudaSupport::of_this_process());
    const std::chrono::duration<double> timeout(options.trainer.peer_timeout_seconds);
    group.emplace(distributed::Group::Options{
        .place = *invocation.place,
        .has_gpus = has_gpus,
        .timeout = std::chrono::duration_cast<std::chrono::milliseconds>(timeout),
        .last_words = [&](const std::string& line) { invocation.console.record_error(line); }});
  }
  const data::DataModule data = data::load_data(options.data, options.seed);
  std::filesystem::path report;
  const auto result =
      trainer::run_training(options, data, invocation.run_directory, invocation.console,
                            group ? &*group : nullptr, [&] { return report = leave_report(invocation); });
  if (group && !group->place().is_main()) return;

  invocation.console.say(fmt::format("test accuracy {:.2f} % ({} errors in {}), loss {:.4f}; trained in {}",
                                     100 * result.test.accuracy_top1, result.test.errors, result.test.samples,
                                     result.test.loss, human_duration(result.seconds)));
  if (!result.weights_file.empty())
    invocation.console.say(fmt::format("weights: {}", printable(result.weights_file.string())));
  if (!report.empty()) invocation.console.say(fmt::format("report: {}", printable(report.string())));
}

}  // namespace retort::apps
