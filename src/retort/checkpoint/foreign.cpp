// SPDX-License-Identifier: MIT
#include "retort/checkpoint/foreign.h"

#include <algorithm>
#include <cstring>
#include <span>

#include "retort/checkpoint/name_match.h"
#include "retort/checkpoint/torch_file.h"
#include "retort/core/input_file.h"

namespace retort::checkpoint {
namespace {

std::string start_of(const std::filesystem::path& path) {
  const InputFile file(path, ExitCode::checkpoint);
  std::string start(std::min<uint64_t>(file.size(), kSafetensorsSniffBytes), '\0');
  file.read(0, std::as_writable_bytes(std::span(start)));
  return start;
}

Shapes shapes_of(const NamedTensors& tensors) {
  Shapes shapes;
  for (const auto& [name, tensor] : tensors) shapes.emplace(name, tensor.sizes().vec());
  return shapes;
}

}  // namespace

Weights load_foreign_weights(const std::filesystem::path& path) {
  if (!is_torch_file(start_of(path))) return load_weights(path);
  TorchFile file(path);
  Weights weights;
  for (const StoredTensor& stored : file.tensors()) {
    const std::vector<std::byte> bytes = file.read(stored);
    // Booleans through a comparison: any byte but 0 and 1 in a C++ bool is undefined behaviour.
    const bool is_boolean = stored.dtype == Dtype::boolean;
    torch::Tensor tensor =
        torch::empty(stored.shape, is_boolean ? torch::kUInt8 : scalar_type_of(stored.dtype));
    if (!bytes.empty()) std::memcpy(tensor.data_ptr(), bytes.data(), bytes.size());
    if (is_boolean) tensor = tensor.ne(0);
    weights.tensors.emplace_back(stored.name, std::move(tensor));
  }
  return weights;
}

Weights under_names_of(const torch::nn::Module& network, const Weights& weights,
                       const std::filesystem::path& file) {
  const NameMatch match =
      match_names(shapes_of(weights.tensors), shapes_of(state_of(network)), file.string());
  Weights renamed{{}, weights.metadata};
  for (const auto& [name, tensor] : weights.tensors)
    if (const auto found = match.names.find(name); found != match.names.end())
      renamed.tensors.emplace_back(found->second, tensor);
  return renamed;
}

}  // namespace retort::checkpoint
