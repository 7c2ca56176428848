// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include <torch/types.h>

#include "retort/export/onnx.h"
#include "retort/models/int8.h"

namespace retort::exporting {

/// By the values' names.
using ValueRanges = std::map<std::string, models::ValueRange>;

/// The range of every value of a graph over batches of pictures [N, C, H, W] float32, normalised. Values that
/// are not finite are an Error (numeric).
ValueRanges calibrate(const OnnxGraph& graph, const std::vector<torch::Tensor>& batches);

/// The graph in int8, in the form that runtimes know as QDQ: weights symmetric int8 with a scale for each
/// output channel, biases int32, what enters a convolution, a product or a sum uint8 with one scale and zero
/// point. `ranges` has all those values.
OnnxGraph quantize(const OnnxGraph& graph, const ValueRanges& ranges);

/// The graph with its constants stored in bfloat16: half the file. Runtimes compute in float32 all the same,
/// since none convolves bfloat16 on a CPU.
OnnxGraph store_in_bfloat16(const OnnxGraph& graph);

}  // namespace retort::exporting
