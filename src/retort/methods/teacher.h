// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <vector>

#include <torch/types.h>

#include "retort/data/batch_source.h"
#include "retort/methods/teacher_options.h"
#include "retort/models/inference.h"

namespace retort::methods {

/// What K teachers said of a batch.
struct TeacherOutput {
  torch::Tensor logits;  // [K, N, C]
};

/// Logits z [N, C] with softmax(z / T) equal to the ensemble's distribution at temperature T:
/// probability_mean: T log sum_k w_k softmax(z_k / T); geometric_mean: sum_k w_k z_k. One teacher's logits
/// come back as they are. Teacher logits are [K, N, C]; weights sum to 1, and none at all are equal ones.
/// Computed in float32 at least.
torch::Tensor combine_logits(const torch::Tensor& teacher_logits, const std::vector<double>& weights,
                             Combine combine, double temperature);

/// Anything that answers a batch: a network, an ensemble, later a table. Frozen: no gradients, evaluation
/// mode.
class Teacher {
 public:
  virtual ~Teacher() = default;
  virtual TeacherOutput answer(const data::Batch& batch) = 0;
  virtual int64_t size() const = 0;  // K
};

/// K networks, each run on the batch.
std::unique_ptr<Teacher> make_network_teacher(std::vector<models::InferenceModel> networks);

}  // namespace retort::methods
