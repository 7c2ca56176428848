// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/key_schema.h"

namespace retort::config {

/// What may stand at the end of a command line: `typed` is all of it up to the cursor, the program first.
/// Each candidate is the whole last word. Knows commands, flags and their values, groups and their options,
/// keys, choices and booleans, and files. A line that cannot be composed yet still gets the candidates that
/// do not depend on it.
std::vector<std::string> complete(const std::string& typed, const std::vector<std::string>& commands,
                                  const SchemaOf& schema_of);

/// The value of --shell-completion answered: for install=SHELL and uninstall=SHELL the lines that a shell
/// evaluates
/// (`eval "$(retort -sc install=bash)"`); for query=SHELL the candidates, one a line, for the words given.
/// An Error (config) names the shells: bash, zsh, fish.
std::string shell_completion(const std::string& request, const std::vector<std::string>& words,
                             const std::vector<std::string>& commands, const SchemaOf& schema_of);

}  // namespace retort::config
