// SPDX-License-Identifier: MIT
#include "retort/methods/hinton.h"

#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/softmax.h>
#include <c10/util/Exception.h>

#include "retort/methods/fused_hinton.h"
#include "retort/methods/hard_loss.h"
#include "retort/methods/precision.h"

namespace retort::methods {

HintonTerms hinton_loss(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                        const torch::Tensor& labels, const HintonOptions& options) {
  TORCH_CHECK(student_logits.dim() == 2 && student_logits.sizes() == teacher_logits.sizes(), "logits [N, C]",
              " of student and teacher differ: ", student_logits.sizes(), " and ", teacher_logits.sizes());
  TORCH_CHECK(labels.size(0) == student_logits.size(0) &&
                  (labels.dim() == 1 || labels.sizes() == student_logits.sizes()),
              "labels ", labels.sizes(), " for logits ", student_logits.sizes());
  const double temperature = options.temperature;
  const torch::Tensor student = at_least_float32(student_logits);
  const torch::Tensor teacher = at_least_float32(teacher_logits.detach());

  torch::Tensor distill =
      at::cross_entropy_loss(student / temperature, at::softmax(teacher / temperature, /*dim=*/1));
  if (options.scale_by_temperature_squared) distill = distill * (temperature * temperature);
  return {.hard = hard_loss(student, labels, options.label_smoothing), .distill = distill};
}

Hinton::Hinton(const HintonOptions& options, TeacherOptions teacher)
    : options_(options), teacher_(std::move(teacher)) {}

Losses Hinton::losses(const StepContext& context) {
  TORCH_CHECK(context.teacher != nullptr, "hinton: no teacher was given");
  const torch::Tensor& labels = context.batch.targets();
  if (can_fuse_hinton(context.student.logits, context.teacher->logits, labels)) {
    const auto [total, terms] =
        fused_hinton_loss(context.student.logits, context.teacher->logits, labels, options_, teacher_);
    return {.total = total, .terms = {{"loss_hard", terms.hard}, {"loss_distill", terms.distill}}};
  }
  const torch::Tensor teacher_logits =
      combine_logits(context.teacher->logits, teacher_.weights, teacher_.combine, options_.temperature);
  const HintonTerms terms = hinton_loss(context.student.logits, teacher_logits, labels, options_);
  return {.total = options_.hard_loss_weight * terms.hard + options_.distill_loss_weight * terms.distill,
          .terms = {{"loss_hard", terms.hard.detach()}, {"loss_distill", terms.distill.detach()}}};
}

}  // namespace retort::methods
