// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

#include "retort/core/manifest.h"
#include "retort/core/safetensors.h"

namespace retort::checkpoint {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// A safetensors file in memory.
struct Weights {
  NamedTensors tensors;
  std::map<std::string, std::string> metadata;  // "retort.architecture", "retort.data", ...; "format" is "pt"
};

/// LibTorch's word for an element type, and back; `name` is the tensor's, for messages.
torch::ScalarType scalar_type_of(Dtype dtype);
Dtype dtype_of(const torch::Tensor& tensor, const std::string& name);

/// Written atomically. Tensors may have any strides and device; they are stored contiguous, and tensors that
/// share memory are stored each for itself.
FileDigest save_weights(const std::filesystem::path& path, const Weights& weights);

/// A file that a stranger may have made: everything is checked before a tensor is allocated. Absent,
/// truncated, damaged or foreign: an Error (checkpoint) of one line. The numbers themselves are not judged:
/// they may be infinite or NaN.
Weights load_weights(const std::filesystem::path& path);
/// The same, and the file's SHA-256 must be this one.
Weights load_weights(const std::filesystem::path& path, const FileDigest& expected);

/// Adds "retort.tensors_sha256" to the metadata: load_weights() refuses a file whose tensors are not those
/// that were sealed. For a file that stands alone; those of a checkpoint have a manifest.
void seal(Weights& weights);

/// Parameters and buffers of a module by name, the live tensors.
NamedTensors state_of(const torch::nn::Module& module);

/// Parameters alone, likewise.
NamedTensors parameters_of(const torch::nn::Module& module);

/// Copies into a module of the same names and shapes; a floating-point tensor may have another precision than
/// the module's. Missing, unexpected or misshapen names are an Error (checkpoint) that lists them; nothing is
/// copied then. torchvision's num_batches_tracked may be absent on either side. `file` is for the message.
void load_into(torch::nn::Module& module, const Weights& weights, const std::filesystem::path& file);
/// The same for live tensors of any owner, an optimizer's state.
void load_into(const NamedTensors& targets, const Weights& weights, const std::filesystem::path& file);

}  // namespace retort::checkpoint
