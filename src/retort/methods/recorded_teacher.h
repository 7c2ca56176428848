// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include <torch/types.h>

#include "retort/methods/teacher.h"

namespace retort::methods {

/// A teacher whose answers are known: logits [N, V, C] of every sample of the training files, for each view
/// of it, or V = 1: the same answer for any view. The model that gave them may be of any kind. They are
/// looked up where they lie, and come back in float32.
std::unique_ptr<Teacher> make_recorded_teacher(torch::Tensor logits_NVC);
/// Several, with answers of one shape.
std::unique_ptr<Teacher> make_recorded_teachers(const std::vector<torch::Tensor>& logits_NVC);

/// Lets a teacher whose networks lie on `device` answer batches in the processor's memory.
std::unique_ptr<Teacher> make_remote_teacher(std::shared_ptr<Teacher> teacher, torch::Device device);

}  // namespace retort::methods
