// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace retort::config {

/// What was typed: `retort COMMAND [overrides and flags in any order]`. The flags are Hydra's.
struct CommandLine {
  enum class Show { nothing, job, hydra, all };
  enum class Info { nothing, all, aliases, config, defaults, defaults_tree, searchpath };

  std::string command;                 // "train"; empty when none was named
  std::vector<std::string> overrides;  // as typed; in help also bare words, the topics

  bool help = false;        // --help, -h
  bool hydra_help = false;  // --hydra-help
  bool version = false;     // --version
  bool multirun = false;    // --multirun, -m

  Show show = Show::nothing;           // --cfg, -c
  bool resolve = false;                // --resolve, with --cfg
  std::optional<std::string> package;  // --package, -p, with --cfg: the part to show
  Info info = Info::nothing;           // --info, -i

  std::optional<std::filesystem::path> config_path;  // --config-path, -cp: instead of our conf/
  std::optional<std::string> config_name;            // --config-name, -cn: instead of the command's own file
  std::optional<std::filesystem::path> config_dir;   // --config-dir, -cd: one more place to look, after conf/
  std::optional<std::filesystem::path> rerun;        // --experimental-rerun: the folder of an earlier run

  std::optional<std::string>
      shell_completion;  // --shell-completion, -sc: install=SHELL, uninstall=SHELL, query=SHELL
};

/// Reads what stands after the program's name. A flag that is not known is an Error (config) that names the
/// nearest flag, or the override that was meant: `--epochs=3` is `epochs=3`; so are flags that contradict
/// each other.
CommandLine parse_command_line(std::span<const std::string> arguments);
CommandLine parse_command_line(int argc, char** argv);

/// An Error (config) for flags that contradict each other, or mean nothing without another.
void check_combination(const CommandLine& line);

/// A flag for help and completion: its names, what follows it, and what it does.
struct Flag {
  std::string name;        // "--cfg"
  std::string short_name;  // "-c", or empty
  std::string value;       // "job|hydra|all", "DIR", or empty
  std::string help;
};
const std::vector<Flag>& command_line_flags();

}  // namespace retort::config
