// SPDX-License-Identifier: MIT
#pragma once

#include <torch/types.h>

#include "retort/methods/hinton.h"
#include "retort/methods/hinton_rows.h"
#include "retort/methods/teacher.h"

namespace retort::methods {

/// Does the rows of a loss in the memory of a device, after what that was asked before; waits for nothing.
using RunHintonRows = void (*)(const HintonRows& rows);
/// From now on logits on devices of this type go through `run`; nullptr takes it back. The processor has a
/// kernel of its own (hinton_kernel.h).
void set_hinton_rows(torch::DeviceType device, RunHintonRows run);

/// Whether fused_hinton_loss() takes these: logits of float32 (or narrower) on the CPU or a device with
/// set_hinton_rows(), and a class a picture. Float64, other devices and labels that are probabilities go
/// through combine_logits() and hinton_loss().
bool can_fuse_hinton(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                     const torch::Tensor& labels);

/// alpha H(y, softmax(z_s)) + beta T^2 H(p, softmax(z_s / T)) with p the teachers' one distribution at T:
/// what combine_logits() and hinton_loss() give, but values and gradient in a single visit to the logits,
/// rows in parallel. Student logits are [N, C], teacher logits [K, N, C], labels [N] int64 in [0, C); one
/// that is not is refused on the CPU, and makes the loss NaN on a device that nobody waits for. `total` is
/// differentiable by the student's logits (once); the terms are detached.
struct FusedHinton {
  torch::Tensor total;
  HintonTerms terms;
};
FusedHinton fused_hinton_loss(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                              const torch::Tensor& labels, const HintonOptions& options,
                              const TeacherOptions& teacher);

}  // namespace retort::methods
