// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include <torch/types.h>

#include "retort/methods/teacher.h"

namespace retort::methods {

/// A teacher whose answers are known: logits [N, V, C] of every sample of the training files, for each view
/// of it, or V = 1: the same answer for any view. The model that gave them may be of any kind.
std::unique_ptr<Teacher> make_recorded_teacher(torch::Tensor logits_NVC);

}  // namespace retort::methods
