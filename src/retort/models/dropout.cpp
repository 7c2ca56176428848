// SPDX-License-Identifier: MIT
#include "retort/models/dropout.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <mutex>

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Parallel.h>
#include <c10/util/BFloat16.h>

#include "retort/models/dropout_kernel.h"

namespace retort::models {
namespace {

DropoutMask draw_mask(double probability) {
  at::Generator generator = at::detail::getDefaultCPUGenerator();
  const std::lock_guard lock(generator.mutex());
  const uint64_t key = at::check_generator<at::CPUGeneratorImpl>(generator)->random64();
  const double words = std::ldexp(1 - probability, 32);
  return {.key = {static_cast<uint32_t>(key), static_cast<uint32_t>(key >> 32)},
          .threshold = words >= std::numeric_limits<uint32_t>::max() ? std::numeric_limits<uint32_t>::max()
                                                                     : static_cast<uint32_t>(words)};
}

template <class Value>
void fill(const torch::Tensor& tensor, const DropoutMask& mask, Value kept) {
  auto* const values = static_cast<Value*>(tensor.mutable_data_ptr());
  const int64_t count = tensor.numel(), blocks = (count + DropoutMask::kBlock - 1) / DropoutMask::kBlock;
  at::parallel_for(0, blocks, /*grain_size=*/16, [&](int64_t begin, int64_t end) {
    const int64_t first = begin * DropoutMask::kBlock;
    mask.write(values + first, first, std::min(count, end * DropoutMask::kBlock) - first, kept);
  });
}

}  // namespace

torch::Tensor dropout(const torch::Tensor& x, double probability) {
  const bool is_wide = x.scalar_type() == torch::kFloat;
  if (!x.device().is_cpu() || (!is_wide && x.scalar_type() != torch::kBFloat16))
    return torch::dropout(x, probability, /*train=*/true);
  const torch::Tensor mask = torch::empty(x.sizes(), x.options());
  const auto kept = static_cast<float>(1 / (1 - probability));
  if (is_wide)
    fill(mask, draw_mask(probability), kept);
  else
    fill(mask, draw_mask(probability), c10::BFloat16(kept).x);
  return x * mask;
}

}  // namespace retort::models
