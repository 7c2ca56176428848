// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include <torch/nn/module.h>

#include "retort/checkpoint/weights.h"

namespace retort::checkpoint {

/// The weights in a file that another program may have written: safetensors, or torch.save's (torch_file.h:
/// .pt, .pth, Lightning's .ckpt). Nothing in it is run. An Error (checkpoint) of one line otherwise.
Weights load_foreign_weights(const std::filesystem::path& path);

/// The same weights under the names of the network's state (name_match.h); what belongs to other parts of a
/// checkpoint is left out. `file` is for messages.
Weights under_names_of(const torch::nn::Module& network, const Weights& weights,
                       const std::filesystem::path& file);

}  // namespace retort::checkpoint
