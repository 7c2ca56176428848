// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include <torch/types.h>

#include "retort/data/batch_source.h"
#include "retort/metrics/classification.h"
#include "retort/models/model.h"
#include "retort/trainer/precision.h"

namespace retort::trainer {

/// Called after each batch with the batches done and their number; false abandons the evaluation.
using EvaluationProgress = std::function<bool(int64_t done, int64_t batches)>;
/// Receives the logits [N, C] float32 and labels [N] of each batch, in the loader's order, on the processor.
using EvaluationSink = std::function<void(const torch::Tensor& logits, const torch::Tensor& labels)>;

/// Runs a network over the first `batches` batches of a loader that gives them where the network lies, in
/// evaluation mode and without gradients; the mode is put back. Nothing when abandoned.
std::optional<metrics::Classification> evaluate(models::Model& model, data::BatchSource& loader,
                                                int64_t batches, Precision precision,
                                                const EvaluationProgress& progress = {},
                                                const EvaluationSink& sink = {});

}  // namespace retort::trainer
