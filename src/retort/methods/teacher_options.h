// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::methods {

/// How the teachers of an ensemble speak with one voice (Hinton et al., arXiv:1503.02531, section 3: either
/// mean).
enum class Combine { probability_mean, geometric_mean };

/// What a teacher's networks compute in.
enum class TeacherPrecision { as_trainer, float32, bfloat16, int8 };

struct TeacherOptions {
  std::vector<std::string> checkpoints;              // one file a teacher
  std::optional<std::string> logits = std::nullopt;  // a file of answers, instead of networks
  Combine combine = Combine::probability_mean;
  std::vector<double> weights = {};  // one a teacher, positive; normalised to sum 1. Empty: equal

  TeacherPrecision precision = TeacherPrecision::as_trainer;
  std::string table = {};   // folder of tables (table_teacher.h); empty: the networks are asked each time
  bool half_rows = true;    // rows of a table are float16; else float32
  int64_t audit_rows = 32;  // of a table, compared with the live teacher in each epoch

  /// `checkpoint` is a file or a list of files.
  static TeacherOptions from(const config::Node& node);
};

}  // namespace retort::methods
