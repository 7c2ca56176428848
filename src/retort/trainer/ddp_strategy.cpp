// SPDX-License-Identifier: MIT
#include "retort/trainer/ddp_strategy.h"

#include "retort/models/normalization.h"

namespace retort::trainer {

DdpStrategy::DdpStrategy(distributed::Group& group, models::Model& model, bool sync_batchnorm)
    : group_(group), gradients_(group, model.parameters()) {
  share_buffers(model);
  if (sync_batchnorm)
    models::synchronize_batch_norm([&group](std::span<double> values) { group.sum(values); });
}

DdpStrategy::~DdpStrategy() { models::synchronize_batch_norm({}); }

bool DdpStrategy::any(bool here) {
  double votes = here ? 1 : 0;
  group_.sum({&votes, 1});
  return votes > 0;
}

void DdpStrategy::backward(const torch::Tensor& loss, bool is_last) {
  if (is_last)
    gradients_.backward(loss);
  else
    loss.backward();
}

}  // namespace retort::trainer
