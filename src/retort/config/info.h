// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "retort/config/command_line.h"
#include "retort/config/job.h"

namespace retort::config {

/// What --info tells, in the tables of Hydra: where configurations are looked for, the defaults list in the
/// order of merging, the tree that it comes from, and the configuration.
std::string info_text(const Job& job, CommandLine::Info topic);

}  // namespace retort::config
