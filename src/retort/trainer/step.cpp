// SPDX-License-Identifier: MIT
#include "retort/trainer/step.h"

#include <utility>

#include <c10/util/Exception.h>
#include <torch/utils.h>

#include "retort/core/random.h"
#include "retort/trainer/autocast.h"

namespace retort::trainer {

void seed_dropout(const StepParts& parts, int64_t batch_of_all) {
  torch::manual_seed(
      derived_seed(parts.seed, RandomStream::dropout,
                   static_cast<uint64_t>(batch_of_all * parts.strategy.size() + parts.strategy.rank())));
}

data::Batch next_batch(const StepParts& parts) {
  auto batch = parts.batches.next();
  TORCH_CHECK(batch.has_value(), "the training data ended before the epoch");
  return std::move(*batch);
}

methods::TeacherOutput ask_teacher(const StepParts& parts, const data::Batch& batch) {
  return parts.teacher != nullptr ? parts.teacher->answer(batch) : methods::TeacherOutput{};
}

methods::Losses losses_of(const StepParts& parts, Precision precision, const data::Batch& batch,
                          const methods::TeacherOutput& teacher, double progress) {
  const AutocastScope autocast(precision, batch.images.device().type());
  // Where autocast rounds, pictures that are narrow already stay so.
  const models::Output student =
      parts.model.forward(is_mixed(precision) ? batch.images : batch.images.to(storage_dtype(precision)));
  return parts.method.losses({.student = student,
                              .teacher = parts.teacher != nullptr ? &teacher : nullptr,
                              .batch = batch,
                              .progress = progress});
}

std::unique_ptr<Step> make_step(const TrainerOptions& options, const StepParts& parts) {
  const bool is_followed = parts.repeater == nullptr || parts.strategy.size() > 1 ||
                           options.accumulate_grad_batches > 1 || options.detect_anomaly ||
                           options.on_nonfinite != NonFinitePolicy::stop || parts.method.follows_progress();
  return is_followed ? make_host_step(options, parts) : make_device_step(options, parts);
}

}  // namespace retort::trainer
