// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace retort::apps {

/// A word after `retort`.
struct Command {
  std::string name;
  std::string summary;  // one line of help
  bool runs_in_engine;  // needs tensors: conf/NAME.yaml is composed, then retort-engine does the work
  // Of a command that looks at what runs left: takes what stands behind it, gives what is to be printed.
  std::string (*answer)(const std::vector<std::string>& arguments) = nullptr;
  std::string usage{};  // of such a command, for its help
};

/// Every command, in the order of help.
const std::vector<Command>& commands();

std::vector<std::string> command_names();

/// The command of that name; an Error (config) offers the nearest one.
const Command& find_command(const std::string& name);

}  // namespace retort::apps
