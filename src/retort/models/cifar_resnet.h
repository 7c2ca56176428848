// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/models/resnet.h"

namespace retort::models {

/// The narrow networks for CIFAR of He et al., Deep Residual Learning (arXiv:1512.03385), section 4.2: three
/// stages of 16, 32 and 64 channels, (depth - 2) / 6 basic blocks each, with projections where the shape
/// changes. Depth is 6n + 2: 8, 14, 20, 32, 44, 56, 110. The distillation literature's resnet20 and others.
ResNetOptions cifar_resnet_options(int64_t depth);

/// Four times wider after a stem of 32: the literature's resnet8x4 and resnet32x4.
ResNetOptions cifar_resnet_x4_options(int64_t depth);

}  // namespace retort::models
