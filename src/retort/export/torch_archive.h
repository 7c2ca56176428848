// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "retort/core/safetensors.h"

namespace retort::exporting {

/// A tensor to be written: contiguous, row-major.
struct ArchivedTensor {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<int64_t> shape;
  std::span<const std::byte> bytes;
};

/// Writes a state_dict as torch.save would (docs/formats.md): a dictionary of tensors alone, which
/// torch.load(weights_only=True) takes. Atomically. At most 4 GiB; more is an Error (resources).
void write_torch_archive(const std::filesystem::path& path, const std::vector<ArchivedTensor>& tensors);

}  // namespace retort::exporting
