// SPDX-License-Identifier: MIT
#pragma once

#include "retort/export/onnx.h"
#include "retort/models/model.h"

namespace retort::exporting {

/// The network as a graph for answering, from pictures "images" [N, C, H, W] (normalised) to "logits" [N,
/// classes]. One picture of zeros is run through it (evaluation mode, which is put back) and every operation
/// that LibTorch starts is written down, so that a network says nothing of itself; batch normalisation is
/// folded into the convolution before it. Constants bear the parameters' names. An operation that is not
/// known here is an Error (config) that names it.
OnnxGraph trace(models::Model& model, const models::Task& task);

}  // namespace retort::exporting
