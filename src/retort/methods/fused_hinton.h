// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include "retort/methods/hinton.h"
#include "retort/methods/teacher.h"

namespace retort::methods {

/// Whether fused_hinton_loss() takes these: logits of float32 (or narrower) on the CPU, and a class a
/// picture. Float64, other devices and labels that are probabilities go through combine_logits() and
/// hinton_loss().
bool can_fuse_hinton(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                     const torch::Tensor& labels);

/// alpha H(y, softmax(z_s)) + beta T^2 H(p, softmax(z_s / T)) with p the teachers' one distribution at T:
/// what combine_logits() and hinton_loss() give, but values and gradient in a single visit to the logits,
/// rows in parallel. Student logits are [N, C], teacher logits [K, N, C], labels [N] int64 in [0, C).
/// `total` is differentiable by the student's logits (once); the terms are detached.
struct FusedHinton {
  torch::Tensor total;
  HintonTerms terms;
};
FusedHinton fused_hinton_loss(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                              const torch::Tensor& labels, const HintonOptions& options,
                              const TeacherOptions& teacher);

}  // namespace retort::methods
