// SPDX-License-Identifier: MIT
#include "retort/trainer/evaluation.h"

#include <c10/core/InferenceMode.h>

#include "retort/trainer/autocast.h"
#include "retort/trainer/placement.h"

namespace retort::trainer {

std::optional<metrics::Classification> evaluate(models::Model& model, data::BatchSource& loader,
                                                int64_t batches, Precision precision,
                                                const EvaluationProgress& progress,
                                                const EvaluationSink& sink) {
  const c10::InferenceMode inference;
  const AutocastScope autocast(precision, device_of(model).type());
  const bool was_training = model.is_training();
  model.eval();
  metrics::ClassificationMeter meter;
  bool is_abandoned = false;
  loader.start_epoch(0);
  for (int64_t done = 0; done < batches && !is_abandoned; ++done) {
    const auto batch = loader.next();
    if (!batch) break;
    const torch::Tensor logits = model.forward(batch->images.to(storage_dtype(precision))).logits;
    meter.update(logits, batch->labels);
    if (sink) sink(logits.to(torch::kFloat32).cpu(), batch->labels.cpu());
    is_abandoned = progress && !progress(done + 1, batches);
  }
  model.train(was_training);
  if (is_abandoned) return std::nullopt;
  return meter.compute();
}

}  // namespace retort::trainer
