// SPDX-License-Identifier: MIT
#include "retort/config/command_line.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

using Show = CommandLine::Show;
using Info = CommandLine::Info;

enum class Takes { nothing, value, optional_value };

struct KnownFlag {
  Flag flag;
  Takes takes;
  std::function<void(CommandLine&, const std::string& value)> apply;
};

template <class T>
using Choices = std::vector<std::pair<std::string, T>>;

template <class T>
T choose(const char* flag, const std::string& value, const Choices<T>& choices) {
  std::vector<std::string> names;
  for (const auto& [name, choice] : choices) {
    if (name == value) return choice;
    names.push_back(name);
  }
  throw Error(ExitCode::config, fmt::format("{} {}: not one of {}.{}", flag, printable(value),
                                            join(names, ", "), did_you_mean(value, names)));
}

const Choices<Show> kShows = {{"job", Show::job}, {"hydra", Show::hydra}, {"all", Show::all}};
const Choices<Info> kInfos = {{"all", Info::all},
                              {"aliases", Info::aliases},
                              {"config", Info::config},
                              {"defaults", Info::defaults},
                              {"defaults-tree", Info::defaults_tree},
                              {"searchpath", Info::searchpath}};

const std::vector<KnownFlag>& known_flags() {
  static const std::vector<KnownFlag> flags = {
      {{"--help", "-h", "", "the command's configuration, its groups and keys; --help KEY explains one"},
       Takes::nothing,
       [](CommandLine& line, const std::string&) { line.help = true; }},
      {{"--hydra-help", "", "", "these flags"},
       Takes::nothing,
       [](CommandLine& line, const std::string&) { line.hydra_help = true; }},
      {{"--version", "", "", "the version"},
       Takes::nothing,
       [](CommandLine& line, const std::string&) { line.version = true; }},
      {{"--cfg", "-c", "job|hydra|all", "print the configuration instead of running"},
       Takes::value,
       [](CommandLine& line, const std::string& value) { line.show = choose("--cfg", value, kShows); }},
      {{"--resolve", "", "", "with --cfg: interpolations resolved"},
       Takes::nothing,
       [](CommandLine& line, const std::string&) { line.resolve = true; }},
      {{"--package", "-p", "KEY", "with --cfg: only this part"},
       Takes::value,
       [](CommandLine& line, const std::string& value) { line.package = value; }},
      {{"--run", "-r", "", "run the job, which is the default"},
       Takes::nothing,
       [](CommandLine&, const std::string&) {}},
      {{"--multirun", "-m", "", "run a job for each combination of the swept values: -m seed=1,2,3"},
       Takes::nothing,
       [](CommandLine& line, const std::string&) { line.multirun = true; }},
      {{"--shell-completion", "-sc", "install=SHELL|uninstall=SHELL",
        "print completion for bash, zsh or fish"},
       Takes::value,
       [](CommandLine& line, const std::string& value) { line.shell_completion = value; }},
      {{"--config-path", "-cp", "DIR", "take the configuration from this folder instead of conf/"},
       Takes::value,
       [](CommandLine& line, const std::string& value) { line.config_path = value; }},
      {{"--config-name", "-cn", "NAME", "start from this file instead of the command's own"},
       Takes::value,
       [](CommandLine& line, const std::string& value) { line.config_name = value; }},
      {{"--config-dir", "-cd", "DIR", "look for configuration in this folder too"},
       Takes::value,
       [](CommandLine& line, const std::string& value) { line.config_dir = value; }},
      {{"--experimental-rerun", "", "DIR", "run again what the run in DIR ran, with what is typed beside it"},
       Takes::value,
       [](CommandLine& line, const std::string& value) { line.rerun = value; }},
      {{"--info", "-i", "[all|aliases|config|defaults|defaults-tree|searchpath]",
        "how the configuration came about"},
       Takes::optional_value,
       [](CommandLine& line, const std::string& value) {
         line.info = value.empty() ? Info::all : choose("--info", value, kInfos);
       }},
  };
  return flags;
}

[[noreturn]] void fail_unknown_flag(const std::string& argument, const std::string& name) {
  std::vector<std::string> names;
  for (const KnownFlag& known : known_flags()) names.push_back(known.flag.name);
  std::string hint = did_you_mean(name, names);
  const size_t dashes = argument.find_first_not_of('-');
  // `--epochs=3` and `--epochs 3` are how other programs spell `epochs=3`.
  if (hint.empty() && argument.starts_with("--") && dashes != argument.npos)
    hint = fmt::format(" Did you mean '{}{}'?", printable(argument.substr(dashes)),
                       argument.find('=') == argument.npos ? "=VALUE" : "");
  throw Error(ExitCode::config,
              fmt::format("unknown flag {}.{} All flags: --hydra-help", printable(name), hint));
}

// A long flag may be cut short as far as it stays unambiguous.
const KnownFlag& find_flag(const std::string& argument, const std::string& name) {
  std::vector<const KnownFlag*> matches;
  for (const KnownFlag& known : known_flags()) {
    if (name == known.flag.name || name == known.flag.short_name) return known;
    if (name.size() > 2 && name.starts_with("--") && known.flag.name.starts_with(name))
      matches.push_back(&known);
  }
  if (matches.size() == 1) return *matches[0];
  if (matches.empty()) fail_unknown_flag(argument, name);
  std::vector<std::string> names;
  for (const KnownFlag* match : matches) names.push_back(match->flag.name);
  throw Error(ExitCode::config, fmt::format("{} may be any of {}", printable(name), join(names, ", ")));
}

bool is_info(const std::string& word) {
  return std::any_of(kInfos.begin(), kInfos.end(), [&](const auto& info) { return info.first == word; });
}

// "-pdata" is "-p data": the value may be glued to a short flag that takes one.
std::string unglued(const std::string& argument) {
  const KnownFlag* longest = nullptr;
  for (const KnownFlag& known : known_flags()) {
    const std::string& name = known.flag.short_name;
    if (argument == name || argument == known.flag.name) return argument;
    const bool fits = !name.empty() && known.takes != Takes::nothing && argument.starts_with(name);
    if (fits && (longest == nullptr || name.size() > longest->flag.short_name.size())) longest = &known;
  }
  if (longest == nullptr) return argument;
  const size_t length = longest->flag.short_name.size();
  return longest->flag.short_name + "=" + argument.substr(length + (argument[length] == '=' ? 1 : 0));
}

bool is_flag(const std::string& argument) { return argument.size() > 1 && argument[0] == '-'; }

}  // namespace

CommandLine parse_command_line(std::span<const std::string> arguments) {
  CommandLine line;
  bool has_command = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string argument = is_flag(arguments[i]) ? unglued(arguments[i]) : arguments[i];
    if (argument == "--" && line.shell_completion.has_value()) {  // what follows is a line to complete
      line.overrides.assign(arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    }
    if (argument == "--") continue;
    if (!is_flag(argument)) {
      if (!has_command && argument.find('=') == argument.npos)
        line.command = argument;
      else
        line.overrides.push_back(argument);
      has_command = has_command || !line.command.empty();
      continue;
    }
    const size_t equal = argument.find('=');
    const std::string name = argument.substr(0, equal);
    const KnownFlag& known = find_flag(argument, name);
    std::string value = equal == argument.npos ? "" : argument.substr(equal + 1);
    if (known.takes == Takes::nothing && equal != argument.npos)
      throw Error(ExitCode::config, fmt::format("{} takes no value", known.flag.name));
    const bool has_next = equal == argument.npos && i + 1 < arguments.size() && !is_flag(arguments[i + 1]);
    // The value of --info may be left out: what follows is one when it is a word after the command, or a
    // known choice.
    const bool may_take_next = has_next && arguments[i + 1].find('=') == std::string::npos &&
                               (has_command || is_info(arguments[i + 1]));
    const bool takes_next =
        known.takes == Takes::value || (known.takes == Takes::optional_value && may_take_next);
    if (takes_next && equal == argument.npos) {
      if (!has_next)
        throw Error(ExitCode::config, fmt::format("{} needs {}", known.flag.name, known.flag.value));
      value = arguments[++i];
    }
    known.apply(line, value);
  }
  return line;
}

void check_combination(const CommandLine& line) {
  std::vector<std::string> actions;  // one says what is done; other flags say how
  const auto note = [&](bool is_given, const char* flag) {
    if (is_given) actions.emplace_back(flag);
  };
  note(line.version, "--version");
  note(line.hydra_help, "--hydra-help");
  note(line.help, "--help");
  note(line.show != Show::nothing, "--cfg");
  note(line.info != Info::nothing, "--info");
  note(line.shell_completion.has_value(), "--shell-completion");
  // `retort config -m` prints the jobs of a sweep.
  note(line.multirun && line.command != "config", "--multirun");
  const auto fail = [](const std::string& message) { throw Error(ExitCode::config, message); };
  if (actions.size() > 1) fail(fmt::format("{} and {} cannot be given together", actions[0], actions[1]));

  const bool shows = line.show != Show::nothing || line.command == "config";
  if (line.resolve && !shows && !line.help) fail("--resolve goes with --cfg or --help");
  if (line.package && !shows) fail("--package goes with --cfg");
  if (line.rerun && line.multirun)
    fail("--experimental-rerun runs one run again; it cannot be given together with --multirun");
  if (line.rerun && line.config_name)
    fail("--experimental-rerun takes the config's name from the run; it cannot be given with --config-name");
}

CommandLine parse_command_line(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
  return parse_command_line(arguments);
}

const std::vector<Flag>& command_line_flags() {
  static const std::vector<Flag> flags = [] {
    std::vector<Flag> result;
    for (const KnownFlag& known : known_flags()) result.push_back(known.flag);
    return result;
  }();
  return flags;
}

}  // namespace retort::config
