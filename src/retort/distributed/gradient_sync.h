// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include <torch/types.h>

#include "retort/distributed/group.h"

namespace retort::distributed {

/// Averages the gradients of all ranks while the backward pass still runs, bucket after bucket: LibTorch's
/// c10d::Reducer, the engine of Python's DistributedDataParallel. Gradients are undefined before the first
/// backward pass of a step. Every parameter must receive a gradient.
///
///     first.backward();         // accumulated here
///     sync.backward(last);      // these and the earlier ones are averaged
class GradientSync {
 public:
  /// The parameters are made equal first: rank 0's.
  GradientSync(Group& group, const std::vector<torch::Tensor>& parameters);
  ~GradientSync();
  GradientSync(const GradientSync&) = delete;
  GradientSync& operator=(const GradientSync&) = delete;

  void backward(const torch::Tensor& loss);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace retort::distributed
