// SPDX-License-Identifier: MIT
#pragma once

#include "retort/config/node.h"

namespace retort::methods {

/// Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network (arXiv:1503.02531), section 2.
struct HintonOptions {
  double temperature = 4.0;          // tau: softens both distributions
  double hard_loss_weight = 0.1;     // alpha: cross-entropy with the labels
  double distill_loss_weight = 0.9;  // beta: cross-entropy with the teacher's distribution
  double label_smoothing = 0.0;      // of the hard term: so much of a label is shared out to all classes
  // tau^2 on the soft term: its gradient keeps its size as tau grows
  bool scale_by_temperature_squared = true;

  /// temperature above 0; weights at least 0 and not both 0; label_smoothing in [0, 1].
  static HintonOptions from(const config::Node& node);
};

}  // namespace retort::methods
