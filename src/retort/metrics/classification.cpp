// SPDX-License-Identifier: MIT
#include "retort/metrics/classification.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/stack.h>
#include <c10/core/ScalarType.h>
#include <c10/util/Exception.h>

namespace retort::metrics {
namespace {

// How many classes [N] stand before the label's. "Not at most" rather than "greater": NaN compares false.
torch::Tensor ranks(const torch::Tensor& logits, const torch::Tensor& labels_N1) {
  const torch::Tensor own = logits.gather(1, labels_N1);
  const torch::Tensor classes = at::arange(logits.size(1), labels_N1.options());
  return (logits.le(own).logical_not_() | (logits.eq(own) & classes.lt(labels_N1))).sum(1);
}

}  // namespace

void ClassificationMeter::update(const torch::Tensor& logits, const torch::Tensor& labels) {
  TORCH_CHECK(logits.dim() == 2 && labels.dim() == 1 && logits.size(0) == labels.size(0), "logits ",
              logits.sizes(), " and labels ", labels.sizes(), " are not [N, C] and [N]");
  const at::NoGradGuard no_grad;
  const torch::Tensor wide = logits.to(c10::promoteTypes(logits.scalar_type(), torch::kFloat));
  const torch::Tensor labels_N1 = labels.unsqueeze(1);
  const torch::Tensor log_likelihoods = at::log_softmax(wide, 1).gather(1, labels_N1);
  const torch::Tensor rank = ranks(wide, labels_N1);
  // One tensor, so that the device is waited for once; counts below 2^53 are exact in double.
  const torch::Tensor sums =
      at::stack({log_likelihoods.sum(torch::kDouble), (rank == 0).sum().to(torch::kDouble),
                 (rank < 5).sum().to(torch::kDouble)})
          .cpu();
  const double* values = sums.const_data_ptr<double>();
  loss_sum_ -= values[0];
  top1_ += static_cast<int64_t>(values[1]);
  top5_ += static_cast<int64_t>(values[2]);
  samples_ += labels.size(0);
}

Classification ClassificationMeter::compute() const {
  if (samples_ == 0) return {};
  const auto samples = static_cast<double>(samples_);
  return {.loss = loss_sum_ / samples,
          .accuracy_top1 = static_cast<double>(top1_) / samples,
          .accuracy_top5 = static_cast<double>(top5_) / samples,
          .errors = samples_ - top1_,
          .samples = samples_};
}

}  // namespace retort::metrics
