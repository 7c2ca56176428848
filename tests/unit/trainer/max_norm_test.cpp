// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/max_norm.h"

#include <gtest/gtest.h>
#include <torch/nn/modules/linear.h>

namespace retort::trainer {
namespace {

TEST(MaxNorm, ScalesTheUnitsThatAreTooLargeAlone) {
  torch::nn::Linear layer(2, 3);
  const torch::NoGradGuard no_grad;
  layer->weight.copy_(torch::tensor({{3.0, 4.0}, {0.3, 0.4}, {0.0, -2.0}}));
  layer->bias.fill_(100);
  limit_norms(*layer, 2);
  EXPECT_TRUE(layer->weight.allclose(torch::tensor({{1.2, 1.6}, {0.3, 0.4}, {0.0, -2.0}}), /*rtol=*/1e-5));
  EXPECT_TRUE(layer->bias.eq(100).all().item<bool>());
}

}  // namespace
}  // namespace retort::trainer
