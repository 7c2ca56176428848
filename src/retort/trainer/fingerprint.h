// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>

#include "retort/config/node.h"

namespace retort::trainer {

/// The keys of a training's configuration that its next step depends on, with their values as text: model,
/// data, method, optimizer, schedule, teacher, seed, trainer.precision, trainer.limit_train_batches,
/// trainer.weight_max_norm. Not in it: where files lie, how often something is logged, and how long to train
/// (max_epochs, max_steps), which a resume may change.
using Fingerprint = std::map<std::string, std::string>;

Fingerprint fingerprint_of(const config::Node& config);

/// "optimizer.lr is 0.1 there and 0.5 here; ..." or the empty string when nothing differs.
std::string describe_differences(const Fingerprint& there, const Fingerprint& here);

}  // namespace retort::trainer
