// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/models/model.h"

namespace retort::models {

/// What a network costs.
struct Cost {
  int64_t parameters = 0;       // elements, frozen ones too; buffers not
  int64_t parameter_bytes = 0;  // of parameters and buffers as stored
  int64_t forward_flops = 0;    // of one picture: 2 a multiply-add, of convolutions and linear layers
};

/// Runs one picture of zeros through the network (evaluation mode, no gradients; the mode is put back).
Cost measure_cost(Model& model, const Task& task);

/// A network and the part that it plays.
struct SummaryRow {
  std::string role;     // "teacher"
  std::string network;  // Architecture::label()
  Cost cost;
};

/// The networks side by side, for a terminal of 80 columns; lines end in '\n' except the last. With several
/// rows the last is the student, and a line says how much more all the others cost together.
///
///     network            architecture  parameters      size  FLOPs/picture
///     ────────────────────────────────────────────────────────────────────
///     teacher            resnet50         23.52 M  89.9 MiB         2.60 G
///     student            resnet18         11.17 M  42.7 MiB         1.11 G
///     teacher / student                      2.1x      2.1x           2.3x
std::string summary_table(const std::vector<SummaryRow>& rows, bool is_unicode);

}  // namespace retort::models
