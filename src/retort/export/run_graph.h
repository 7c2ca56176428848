// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <string>

#include <torch/types.h>

#include "retort/export/onnx.h"

namespace retort::exporting {

/// A constant as LibTorch has it: a copy.
torch::Tensor to_tensor(const OnnxTensor& constant);

/// Called with each value that an operation gives, by its name.
using ValueObserver = std::function<void(const std::string& value, const torch::Tensor& tensor)>;

/// Runs a graph of trace() or quantize() on images [N, C, H, W] float32 as the standard says of each operator
/// (https://onnx.ai/onnx/operators, set 17), one plain operation after the other, and gives the logits [N,
/// classes] float32: what a runtime answers, to rounding. A value is freed after its last use.
torch::Tensor run_graph(const OnnxGraph& graph, const torch::Tensor& images,
                        const ValueObserver& observe = {});

}  // namespace retort::exporting
