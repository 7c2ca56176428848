// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::trainer {

/// The keys of a training's configuration that its next step depends on, with their values as text: model,
/// data, method, optimizer, schedule, teacher, seed, the averaging callbacks, and what of the trainer shapes
/// a step. Not in it: where files lie, how often something is logged, and how long to train (max_epochs,
/// max_steps), which a resume may change.
using Fingerprint = std::map<std::string, std::string>;

Fingerprint fingerprint_of(const config::Node& config);

/// "optimizer.lr is 0.1 there and 0.5 here; ..." or the empty string when nothing differs but what is
/// `allowed`: keys, or the groups that they are in.
std::string describe_differences(const Fingerprint& there, const Fingerprint& here,
                                 const std::vector<std::string>& allowed = {});

}  // namespace retort::trainer
