// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <torch/nn/module.h>
#include <torch/types.h>

namespace retort::checkpoint {

using NamedTensors = std::vector<std::pair<std::string, torch::Tensor>>;

/// A safetensors file in memory.
struct Weights {
  NamedTensors tensors;
  std::map<std::string, std::string> metadata;  // "retort.architecture", "retort.data", ...; "format" is "pt"
};

/// Written atomically; tensors of any layout, stored contiguous.
void save_weights(const std::filesystem::path& path, const Weights& weights);

/// A file that a stranger may have made: everything is checked before a tensor is allocated. Absent,
/// truncated, damaged or foreign: an Error (checkpoint) of one line.
Weights load_weights(const std::filesystem::path& path);

/// Parameters and buffers of a module by name, the live tensors.
NamedTensors state_of(const torch::nn::Module& module);

/// Copies into a module of the same names and shapes. Missing, unexpected or misshapen names are an Error
/// (checkpoint) that lists them; nothing is copied then. torchvision's num_batches_tracked may be absent.
void load_into(torch::nn::Module& module, const Weights& weights, const std::filesystem::path& file);

}  // namespace retort::checkpoint
