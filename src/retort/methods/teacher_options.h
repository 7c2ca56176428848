// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::methods {

/// How the teachers of an ensemble speak with one voice (Hinton et al., arXiv:1503.02531, section 3: either
/// mean).
enum class Combine { probability_mean, geometric_mean };

struct TeacherOptions {
  std::vector<std::string> checkpoints;  // one file a teacher
  Combine combine = Combine::probability_mean;
  std::vector<double> weights = {};  // one a teacher, positive; normalised to sum 1. Empty: equal

  /// `checkpoint` is a file or a list of files.
  static TeacherOptions from(const config::Node& node);
};

}  // namespace retort::methods
