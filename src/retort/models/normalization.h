// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <span>

#include <torch/nn/modules/batchnorm.h>
#include <torch/types.h>

#include "retort/models/layers.h"

namespace retort::models {

/// Whether fused_batch_norm() takes these: training mode, on the CPU, float32 or bfloat16, x [N, C, H, W]
/// channels last in memory, a shortcut of x's type and layout.
bool can_fuse_batch_norm(const torch::nn::BatchNorm2dImpl& bn, const torch::Tensor& x,
                         const Epilogue& epilogue);

/// epilogue(bn(x)) in training mode, as the plain modules give it: the batch's statistics normalise, running
/// statistics move. Two visits to memory forward and two backward, where the chain of operators makes up to
/// seven and eight; kept for the backward pass are x and, behind a shortcut's ReLU, the result, which the
/// next convolution keeps anyway.
torch::Tensor fused_batch_norm(torch::nn::BatchNorm2dImpl& bn, const torch::Tensor& x,
                               const Epilogue& epilogue);

/// Adds up numbers over the processes of a training, in place. Called by all of them, in the same order.
using SumOverProcesses = std::function<void(std::span<double>)>;

/// From now on fused_batch_norm(), called by this thread, normalises by the statistics of all processes'
/// batches together, forward and backward, as torch.nn.SyncBatchNorm does; with {} again by those of its own.
/// The gradients of weight and bias remain this process's part: they are averaged like any other.
void synchronize_batch_norm(SumOverProcesses sum);

/// While it lives, batch norms are this process's own: for a look that the others do not take.
class UnsynchronizedBatchNorm {
 public:
  UnsynchronizedBatchNorm();
  ~UnsynchronizedBatchNorm();
  UnsynchronizedBatchNorm(const UnsynchronizedBatchNorm&) = delete;
  UnsynchronizedBatchNorm& operator=(const UnsynchronizedBatchNorm&) = delete;

 private:
  SumOverProcesses before_;
};

}  // namespace retort::models
