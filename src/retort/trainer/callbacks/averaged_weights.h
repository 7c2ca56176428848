// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/checkpoint/store.h"
#include "retort/models/model.h"

namespace retort::trainer {

/// An average of a network's weights over time, beside the network that is trained. In a checkpoint the
/// average is model.safetensors, since it is what one takes away, and the network itself
/// training_model.safetensors.
class AveragedWeights {
 public:
  /// Starts as a copy.
  explicit AveragedWeights(models::Model& model);

  /// average <- average + share * (network - average); whole numbers, and buffers where they are not
  /// averaged, are copied.
  void update(models::Model& model, double share, bool averages_buffers);
  /// The network has the average, and this the network's own, until called again.
  void swap(models::Model& model);

  void save(checkpoint::Checkpoint& checkpoint) const;
  /// A checkpoint that was made without an average starts it from the network.
  void load(models::Model& model, const checkpoint::Checkpoint& checkpoint);

 private:
  checkpoint::NamedTensors average_;
};

}  // namespace retort::trainer
