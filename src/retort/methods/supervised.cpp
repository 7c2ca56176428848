// SPDX-License-Identifier: MIT
#include "retort/methods/hard_loss.h"
#include "retort/methods/method.h"
#include "retort/methods/precision.h"

namespace retort::methods {
namespace {

class Supervised : public Method {
 public:
  explicit Supervised(double label_smoothing) : label_smoothing_(label_smoothing) {}

  // Logged under the name that distillation gives the same quantity, so that the curves can be compared.
  Losses losses(const StepContext& context) override {
    const torch::Tensor loss =
        hard_loss(at_least_float32(context.student.logits), context.batch.targets(), label_smoothing_);
    return {.total = loss, .terms = {{"loss_hard", loss.detach()}}};
  }
  bool needs_teacher() const override { return false; }
  bool follows_progress() const override { return false; }

 private:
  double label_smoothing_;
};

}  // namespace

std::unique_ptr<Method> make_supervised(double label_smoothing) {
  return std::make_unique<Supervised>(label_smoothing);
}

}  // namespace retort::methods
