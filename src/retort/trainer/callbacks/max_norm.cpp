// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/max_norm.h"

#include <ATen/core/grad_mode.h>

#include "retort/trainer/trainer.h"

namespace retort::trainer {

void limit_norms(torch::nn::Module& network, double max_norm) {
  const at::NoGradGuard no_grad;
  for (torch::Tensor& weight : network.parameters())
    if (weight.dim() > 1) weight.renorm_(/*p=*/2, /*dim=*/0, max_norm);
}

void MaxNorm::on_train_batch_end(Trainer& trainer, const StepResult&) {
  limit_norms(trainer.model(), max_norm_);
}

}  // namespace retort::trainer
