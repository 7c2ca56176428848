// SPDX-License-Identifier: MIT
#include <ATen/ops/cross_entropy_loss.h>

#include "retort/methods/method.h"
#include "retort/methods/precision.h"

namespace retort::methods {
namespace {

class Supervised : public Method {
 public:
  // Logged under the name that distillation gives the same quantity, so that the curves can be compared.
  Losses losses(const StepContext& context) override {
    const torch::Tensor loss =
        at::cross_entropy_loss(at_least_float32(context.student.logits), context.batch.labels);
    return {.total = loss, .terms = {{"loss_hard", loss.detach()}}};
  }
  bool needs_teacher() const override { return false; }
};

}  // namespace

std::unique_ptr<Method> make_supervised() { return std::make_unique<Supervised>(); }

}  // namespace retort::methods
