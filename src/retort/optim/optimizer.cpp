// SPDX-License-Identifier: MIT
#include "retort/optim/optimizer.h"

#include <ATen/ops/empty_like.h>
#include <c10/util/Exception.h>

#include "retort/optim/adamw.h"
#include "retort/optim/sgd.h"

namespace retort::optim {
namespace {

template <class T>
std::unique_ptr<Optimizer> make(const OptimizerOptions& options, NamedTensors parameters) {
  return std::make_unique<T>(options, std::move(parameters));
}

struct Entry {
  std::string name;
  std::unique_ptr<Optimizer> (*make)(const OptimizerOptions&, NamedTensors);
};

const std::vector<Entry>& optimizers() {
  static const std::vector<Entry> table = {
      {"sgd", make<Sgd>},
      {"adamw", make<AdamW>},
  };
  return table;
}

// Dimensions of size 1 do not move anything in memory, whatever their stride says.
bool same_layout(const torch::Tensor& a, const torch::Tensor& b) {
  for (int64_t d = 0; d < a.dim(); ++d) {
    if (a.size(d) > 1 && a.stride(d) != b.stride(d)) return false;
  }
  return true;
}

}  // namespace

Optimizer::Optimizer(NamedTensors parameters) : parameters_(std::move(parameters)) {
  for (const auto& [name, parameter] : parameters_) {
    const auto& first = parameters_.front().second;
    TORCH_CHECK(parameter.is_non_overlapping_and_dense(), "optimizer: ", name, " is not dense");
    TORCH_CHECK(parameter.dtype() == first.dtype() && parameter.device() == first.device(),
                "optimizer: ", name, " differs in dtype or device from ", parameters_.front().first);
  }
}

// The fused kernels walk raw memory: strides that differ would mix up elements without a word.
torch::Tensor Optimizer::gradient_of(const torch::Tensor& parameter) {
  const torch::Tensor& gradient = parameter.grad();
  if (!gradient.defined() || gradient.strides() == parameter.strides()) return gradient;
  if (!same_layout(gradient, parameter)) return at::empty_like(parameter).copy_(gradient);
  return gradient.as_strided(parameter.sizes(), parameter.strides());
}

void Optimizer::zero_grad() {
  for (auto& [name, parameter] : parameters_) parameter.mutable_grad().reset();
}

std::unique_ptr<Optimizer> make_optimizer(const OptimizerOptions& options, NamedTensors parameters) {
  for (const Entry& entry : optimizers()) {
    if (entry.name == options.name) return entry.make(options, std::move(parameters));
  }
  TORCH_CHECK(false, "optimizer: no such name: ", options.name);
}

}  // namespace retort::optim
