// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "retort/optim/optimizer_options.h"

namespace retort::optim {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// Updates parameters from their gradients with torch.optim's arithmetic.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  /// One update at this learning rate; parameters without a gradient stay as they are, and so does their
  /// state.
  virtual void step(double lr) = 0;
  /// The same at a rate that lies where the parameters do, a float32 scalar; left out, state and all, where
  /// `skip` is 1, another one. The host looks at neither, so that it need not wait for a device.
  virtual void step(const torch::Tensor& lr, const torch::Tensor& skip) = 0;
  /// Everything that the next step depends on besides parameters, named after them ("conv1.weight.momentum");
  /// the tensors are the live ones: copying into them restores the state. Of the same names and shapes before
  /// the first step as after.
  virtual NamedTensors state() = 0;
  /// Forgets all gradients (undefined, not zero).
  void zero_grad();

 protected:
  /// Parameters are dense, of one dtype and one device.
  explicit Optimizer(NamedTensors parameters);
  /// The gradient of one parameter, laid out in memory as the parameter is; undefined when there is none.
  static torch::Tensor gradient_of(const torch::Tensor& parameter);

  NamedTensors parameters_;
};

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options, NamedTensors parameters);

}  // namespace retort::optim
