// SPDX-License-Identifier: MIT
#include "retort/models/cifar_resnet.h"

namespace retort::models {
namespace {

std::vector<int64_t> stage_depths(int64_t depth) {
  TORCH_CHECK(depth >= 8 && (depth - 2) % 6 == 0, "a residual network for CIFAR has depth 6n + 2, not ",
              depth);
  return std::vector<int64_t>(3, (depth - 2) / 6);
}

}  // namespace

ResNetOptions cifar_resnet_options(int64_t depth) {
  return {.stem_width = 16, .widths = {16, 32, 64}, .depths = stage_depths(depth)};
}

ResNetOptions cifar_resnet_x4_options(int64_t depth) {
  return {.stem_width = 32, .widths = {64, 128, 256}, .depths = stage_depths(depth)};
}

}  // namespace retort::models
