// SPDX-License-Identifier: MIT
#include "retort/trainer/recorded_logits.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "retort/checkpoint/weights.h"
#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/trainer/teachers.h"

namespace retort::trainer {

torch::Tensor load_recorded_logits(const TrainingOptions& options, const data::DataModule& data,
                                   Console& console) {
  const std::string& file = *options.teacher.logits;
  if (options.data.mixup_alpha > 0)
    throw Error(ExitCode::config, fmt::format("data.mixup_alpha: {} (teacher.logits) has no answers for mixed "
                                              "pictures; 0 mixes none",
                                              printable(file)));
  const checkpoint::Weights weights = checkpoint::load_weights(file);
  const auto found = std::find_if(weights.tensors.begin(), weights.tensors.end(),
                                  [](const auto& tensor) { return tensor.first == "logits"; });
  const auto refuse = [&](const std::string& cause) {
    throw Error(ExitCode::checkpoint, fmt::format("{} (teacher.logits): {}", printable(file), cause));
  };
  if (found == weights.tensors.end()) refuse("it has no tensor 'logits'");
  torch::Tensor logits = found->second;
  const int64_t samples = data.train.size(), classes = data.train.num_classes();
  const int64_t views = options.data.augmentation.num_views();
  if (logits.dim() == 2) logits = logits.unsqueeze(1);
  const bool fits = logits.is_floating_point() && logits.dim() == 3 && logits.size(0) == samples &&
                    (logits.size(1) == 1 || logits.size(1) == views) && logits.size(2) == classes;
  if (!fits)
    refuse(
        fmt::format("its logits are [{}]; expected [{}, {}] or [{}, {}, {}] (samples, views, classes) of a "
                    "floating-point kind",
                    fmt::join(found->second.sizes(), ", "), samples, classes, samples, views, classes));
  logits = logits.to(torch::kFloat32).contiguous();
  if (!logits.isfinite().all().item<bool>()) refuse("its logits are not all finite");

  const int64_t view = logits.size(1) == 1 ? 0 : options.data.augmentation.identity_view();
  const torch::Tensor labels = torch::tensor(data.train.labels);
  const double accuracy =
      logits.select(1, view).argmax(1).eq(labels).to(torch::kDouble).mean().item<double>();
  console.say(fmt::format("teacher's answers from {}: accuracy {:.2f} % on the training pictures",
                          printable(file), 100 * accuracy));
  warn_near_chance(accuracy, static_cast<double>(samples), classes, printable(file), console);
  if (logits.size(1) == 1 && views > 1)
    console.warn(
        fmt::format("{} has one answer a picture: every view of it (data.augmentation) is taught the same",
                    printable(file)));
  return logits;
}

}  // namespace retort::trainer
