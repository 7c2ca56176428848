// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <torch/types.h>

#include "retort/config/node.h"
#include "retort/methods/teacher.h"
#include "retort/models/model.h"

namespace retort::methods {

/// All that a method may look at in one training step.
struct StepContext {
  const models::Output& student;
  const TeacherOutput* teacher = nullptr;  // nothing when the method needs no teacher
  const data::Batch& batch;
  double progress = 0;  // share of the training that is done, in [0, 1)
};

/// The loss of one step: `total` is what is differentiated, `terms` are logged as train/NAME.
struct Losses {
  torch::Tensor total;                                       // scalar
  std::vector<std::pair<std::string, torch::Tensor>> terms;  // scalars, detached: "loss_hard", "loss_distill"
};

/// A way to train a student. Holds options and, where the method has them, trainable adapters that never
/// leave with the student.
class Method {
 public:
  virtual ~Method() = default;
  virtual Losses losses(const StepContext& context) = 0;
  virtual bool needs_teacher() const = 0;
  /// Whether losses() depends on the context's progress. Where it does not, a step may be recorded once and
  /// repeated.
  virtual bool follows_progress() const = 0;
};

/// Cross-entropy with the labels alone: a teacher's own training, and the control.
std::unique_ptr<Method> make_supervised(double label_smoothing = 0);

/// The method that configuration `method` names; the teacher's options say how an ensemble is combined.
std::unique_ptr<Method> make_method(const config::Node& method, const TeacherOptions& teacher);

}  // namespace retort::methods
