// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <tuple>

#include <ATen/Parallel.h>
#include <torch/types.h>

namespace retort::optim {

/// Whether the kernels of update_kernel.h take these parameters.
inline bool has_update_kernel(const torch::Tensor& parameter) {
  return parameter.is_cpu() &&
         (parameter.scalar_type() == torch::kFloat || parameter.scalar_type() == torch::kDouble);
}

/// Rates and decisions of Optimizer::step() as the processor needs them.
inline double as_number(double lr) { return lr; }
inline double as_number(const torch::Tensor& lr) { return lr.item<double>(); }
inline bool is_set(const std::optional<torch::Tensor>& flag) { return flag && flag->item<float>() == 1; }

/// update(pointer to the first value of a range in each tensor ..., values in the range), the ranges on all
/// threads. Tensors are dense and laid out alike; the gradient is read alone.
template <class Value, class Update, class... States>
void for_each_range(const Update& update, const torch::Tensor& parameter, const torch::Tensor& gradient,
                    const States&... states) {
  constexpr int64_t kGrain = 1 << 15;  // fewer values are not worth another thread
  const auto open = [](const torch::Tensor& tensor) -> Value* {
    if (!tensor.defined()) return nullptr;
    tensor.unsafeGetTensorImpl()->bump_version();  // a backward pass that saved it would be told
    return tensor.mutable_data_ptr<Value>();
  };
  const auto from = [](Value* values, int64_t first) { return values == nullptr ? nullptr : values + first; };
  const Value* const g = gradient.const_data_ptr<Value>();
  std::apply(
      [&](Value* p, auto... state) {
        at::parallel_for(0, parameter.numel(), kGrain, [&](int64_t first, int64_t last) {
          update(p + first, g + first, from(state, first)..., last - first);
        });
      },
      std::tuple{open(parameter), open(states)...});
}

}  // namespace retort::optim
