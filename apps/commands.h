// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::apps {

/// A word after `retort`.
struct Command {
  std::string name;
  std::string summary;  // one line of help
  // Of a command that needs tensors: conf/NAME.yaml is composed, its keys are checked as the engine will read
  // them, then retort-engine does the work. Null where the front does all by itself.
  void (*check_options)(const config::Node& config);
  // Of a command that looks at what runs left: takes what stands behind it, gives what is to be printed.
  std::string (*answer)(const std::vector<std::string>& arguments) = nullptr;
  std::string usage{};  // of such a command, for its help
  // Of a command that several processes can do together: how many of them are to be started, or 0.
  int (*ranks)(const config::Node& config) = nullptr;
};

/// Every command, in the order of help.
const std::vector<Command>& commands();

std::vector<std::string> command_names();

/// The command of that name; an Error (config) offers the nearest one.
const Command& find_command(const std::string& name);

}  // namespace retort::apps
