// SPDX-License-Identifier: MIT
#include "retort/models/inference.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/ops/cat.h>
#include <c10/core/impl/LocalDispatchKeySet.h>

#include "retort/models/folded_layers.h"
#include "retort/models/packed_layers.h"
#include "retort/models/quantized_layers.h"

namespace retort::models {
namespace {

// How many pictures at a time. On two threads ResNet-50 is as quick with 16 as with 128, in a third of the
// memory; more threads want more, and a GPU all of them. Weights of linear layers are used once a picture:
// the more, the better.
int64_t pictures_at_a_time(Model& network) {
  for (const torch::Tensor& parameter : network.parameters())
    if (parameter.dim() == 4 && parameter.is_cpu()) return std::max(16, 8 * at::get_num_threads());
  return std::numeric_limits<int64_t>::max();
}

torch::Tensor answer(Model& network, Layers& layers, const torch::Tensor& images, torch::Dtype dtype) {
  TORCH_CHECK(!network.is_training(), "a network that answers was put back into training mode");
  // No inference mode: its tensors could not be saved for a student's backward pass.
  const torch::NoGradGuard no_grad;
  const c10::impl::ExcludeDispatchKeyGuard no_autocast(c10::autocast_dispatch_keyset);
  const int64_t all = images.size(0), most = pictures_at_a_time(network);
  std::vector<torch::Tensor> logits;
  int64_t first = 0;
  do {
    const torch::Tensor part = images.narrow(0, first, std::min(most, all - first));
    logits.push_back(network.run(layers, part.to(dtype).contiguous(torch::MemoryFormat::ChannelsLast))
                         .logits.to(torch::kFloat32));
    first += part.size(0);
  } while (first < all);
  return logits.size() == 1 ? logits.front() : at::cat(logits);
}

std::unique_ptr<Layers> layers_for(torch::Device device, torch::Dtype dtype) {
  if (device.is_cpu()) return std::make_unique<PackedLayers>(dtype);
  return std::make_unique<FoldedLayers>(dtype);
}

}  // namespace

InferenceModel::InferenceModel(std::shared_ptr<Model> network, std::unique_ptr<Layers> layers,
                               torch::Dtype images)
    : network_(std::move(network)), layers_(std::move(layers)), images_dtype_(images) {
  network_->eval();
  for (torch::Tensor& parameter : network_->parameters()) parameter.requires_grad_(false);
}

InferenceModel::InferenceModel(std::shared_ptr<Model> network, torch::Dtype dtype)
    : InferenceModel(network, layers_for(network->parameters().at(0).device(), dtype), dtype) {
  TORCH_CHECK(dtype == torch::kFloat32 || dtype == torch::kBFloat16,
              "a network answers in float32 or bfloat16, not in ", dtype);
}

InferenceModel::~InferenceModel() = default;
InferenceModel::InferenceModel(InferenceModel&&) noexcept = default;
InferenceModel& InferenceModel::operator=(InferenceModel&&) noexcept = default;

InferenceModel InferenceModel::in_int8(std::shared_ptr<Model> network,
                                       const std::vector<torch::Tensor>& pictures) {
  network->eval();
  CalibrationLayers calibration;
  for (const torch::Tensor& batch : pictures) {
    answer(*network, calibration, batch, torch::kFloat32);
    calibration.end_batch();
  }
  return InferenceModel(std::move(network), std::make_unique<QuantizedLayers>(calibration.take_ranges()),
                        torch::kFloat32);
}

torch::Tensor InferenceModel::forward(const torch::Tensor& images) {
  return answer(*network_, *layers_, images, images_dtype_);
}

bool has_fast_bfloat16() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512bf16");
#else
  return false;
#endif
}

bool has_fast_int8() {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512vnni");
#else
  return false;
#endif
}

}  // namespace retort::models
