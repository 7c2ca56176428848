// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "apps/commands.h"
#include "retort/config/command_line.h"
#include "retort/config/job.h"
#include "retort/config/key_schema.h"

namespace retort::apps {

/// Writes to stdout and returns 0. A full disk is an Error (resources).
int print(const std::string& text);

// What the front answers by itself, as text.

std::string version_text();
/// `retort` and `retort --help`: what this is, and the commands.
std::string program_help();
/// `--hydra-help`: the flags and the grammar of overrides.
std::string flags_help();
/// `retort COMMAND --help`: groups, options and the composed configuration; with bare words (`--help
/// optimizer`) what each key below them means.
std::string command_help(const Command& command, const config::CommandLine& line);
/// `--cfg ...`, and the command `config`: the composed configuration as YAML; with -m the jobs of the sweep,
/// one a line.
std::string shown_config(const Command& command, const config::CommandLine& line);
/// `--info ...`
std::string info_text(const config::CommandLine& line);
/// Prints what the composition warns of: a folder of the search path that is absent, a key that is
/// deprecated.
void warn_of(const config::Job& job);
/// What Hydra's settings want of the process: hydra.job.env_set goes into the environment. An Error (config)
/// for one that is not followed here: hydra.job.chdir.
void prepare_process(const config::Job& job);
/// What the keys of a command take, as far as its options can be read.
config::KeySchema command_schema(const config::Job& job);
/// Resolves what was composed and reads every key as the engine will, so that mistakes are found before it is
/// loaded.
void check_config(const Command& command, const config::Job& job);

}  // namespace retort::apps
