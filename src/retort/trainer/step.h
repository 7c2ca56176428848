// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <variant>

#include "retort/checkpoint/weights.h"
#include "retort/core/repeater.h"
#include "retort/data/batch_source.h"
#include "retort/methods/method.h"
#include "retort/models/model.h"
#include "retort/optim/optimizer.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/finite.h"
#include "retort/trainer/options.h"
#include "retort/trainer/strategy.h"

namespace retort::trainer {

/// What optimizer steps work on. Everything referred to outlives the steps.
struct StepParts {
  Strategy& strategy;
  models::Model& model;
  methods::Method& method;
  methods::Teacher* teacher = nullptr;  // nothing when the method needs none
  optim::Optimizer& optimizer;
  data::BatchSource& batches;  // entered where the next step begins
  uint64_t seed = 0;
  Repeater* repeater = nullptr;  // of steps that the host does not follow; nothing: it follows them
};

/// One step to be done.
struct StepRequest {
  int64_t epoch = 0;
  int64_t first_batch = 0;         // of that epoch
  int64_t batches = 1;             // whose gradients are added up
  int64_t first_batch_of_all = 0;  // counted from the first epoch on: draws dropout's masks
  int64_t step = 0;
  double progress = 0;  // share of the training that is done, in [0, 1)
  double lr = 0;
  bool tells = true;  // somebody wants to know its losses
};

/// A step that the gradient scaler left out: its scale was too large for float16, and is now smaller.
struct ScaledDown {};

using StepOutcome = std::variant<StepResult, NonFinite, ScaledDown>;

/// Does optimizer steps: batches, teacher, network, loss, gradients, update.
class Step {
 public:
  virtual ~Step() = default;
  /// Takes the request's batches from their source, whatever the outcome. A step that tells nothing has no
  /// losses in its result, and what it found is said by a later one.
  virtual StepOutcome run(const StepRequest& request) = 0;
  /// What the steps since the last one that told have found: sums without losses of its own, or a fault.
  virtual StepOutcome take_untold() = 0;
  /// What the next step depends on besides network and optimizer, by the name of its file in a checkpoint;
  /// the tensors are the live ones.
  virtual std::map<std::string, checkpoint::NamedTensors> state() = 0;
};

/// Steps that the host follows: it looks at each loss and at the gradients before it updates. All tell.
std::unique_ptr<Step> make_host_step(const TrainerOptions& options, const StepParts& parts);
/// Steps of one batch that parts.repeater does where its batches lie, without a look from the host: it waits
/// for the device only where a step tells. A step whose loss or gradient is not finite is left out there and
/// then, and said when the next one tells; so trainer.on_nonfinite can only be stop.
std::unique_ptr<Step> make_device_step(const TrainerOptions& options, const StepParts& parts);
/// The second where parts.repeater is given and the training allows it, else the first.
std::unique_ptr<Step> make_step(const TrainerOptions& options, const StepParts& parts);

// What both do.

/// Dropout draws from the default generators: seeding them by the batch makes it a function of (seed, batch),
/// with no state to save.
void seed_dropout(const StepParts& parts, int64_t batch_of_all);
/// The next of parts.batches.
data::Batch next_batch(const StepParts& parts);
methods::TeacherOutput ask_teacher(const StepParts& parts, const data::Batch& batch);
/// The network's answer, and its losses.
methods::Losses losses_of(const StepParts& parts, Precision precision, const data::Batch& batch,
                          const methods::TeacherOutput& teacher, double progress);

}  // namespace retort::trainer
