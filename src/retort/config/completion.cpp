// SPDX-License-Identifier: MIT
#include "retort/config/completion.h"

#include <algorithm>
#include <filesystem>
#include <set>

#include <fmt/format.h>

#include "retort/config/command_line.h"
#include "retort/config/help.h"
#include "retort/config/job.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

namespace fs = std::filesystem;
using Candidates = std::vector<std::string>;

// The words of a line as a shell would cut it; a quote that is still open ends with the line. The last word
// is the one to complete, empty after a blank.
std::vector<std::string> split_words(const std::string& typed) {
  std::vector<std::string> words(1);
  char quote = '\0';
  for (size_t i = 0; i < typed.size(); ++i) {
    const char c = typed[i];
    if (quote != '\0' && c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (quote == '\0' && (c == ' ' || c == '\t')) {
      if (!words.back().empty()) words.emplace_back();
    } else if (quote != '\'' && c == '\\' && i + 1 < typed.size()) {
      words.back() += typed[++i];
    } else {
      words.back() += c;
    }
  }
  return words;
}

Candidates files(const std::string& prefix, const std::string& typed) {
  constexpr size_t kMostFiles = 1000;
  const size_t slash = typed.rfind('/');
  const std::string folder = slash == typed.npos ? "" : typed.substr(0, slash + 1);
  const std::string start = slash == typed.npos ? typed : typed.substr(slash + 1);
  Candidates result;
  std::error_code error;
  for (fs::directory_iterator entry(folder.empty() ? "." : folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(start) || (name.starts_with('.') && start.empty())) continue;
    std::error_code ignored;
    result.push_back(prefix + folder + name + (entry->is_directory(ignored) ? "/" : ""));
    if (result.size() == kMostFiles) break;
  }
  return result;
}

Candidates with_prefix(const std::string& prefix, const Candidates& names, const std::string& suffix = "") {
  Candidates result;
  for (const std::string& name : names) result.push_back(prefix + name + suffix);
  return result;
}

// "job|hydra|all" and "[all|config]" list their values; "install=SHELL|..." and "DIR" do not.
Candidates flag_values(const Flag& flag, const std::string& typed) {
  if (flag.value == "DIR") return files("", typed);
  if (flag.value == "install=SHELL|uninstall=SHELL")
    return {"install=bash",   "install=zsh",   "install=fish",
            "uninstall=bash", "uninstall=zsh", "uninstall=fish"};
  if (flag.value.find('|') == flag.value.npos) return {};
  Candidates values;
  std::string list = flag.value;
  std::erase_if(list, [](char c) { return c == '[' || c == ']'; });
  for (size_t begin = 0; begin <= list.size();) {
    const size_t bar = std::min(list.find('|', begin), list.size());
    values.push_back(list.substr(begin, bar - begin));
    begin = bar + 1;
  }
  return values;
}

const Flag* find_flag(const std::string& word) {
  for (const Flag& flag : command_line_flags())
    if (word == flag.name || word == flag.short_name) return &flag;
  return nullptr;
}

// The command line up to the word that is being completed, as far as it can be understood.
std::optional<Job> composed(const std::vector<std::string>& words) {
  for (const bool with_overrides : {true, false}) {
    try {
      CommandLine line = parse_command_line(words);
      if (line.command.empty()) return std::nullopt;
      if (!with_overrides) line.overrides.clear();
      line.multirun = true;  // sweeps are no mistake here
      return compose_job(line);
    } catch (const Error&) {
    }
  }
  return std::nullopt;
}

Candidates key_candidates(const Job& job, const std::string& sign, const std::string& key) {
  Candidates result;
  for (const std::string& group : job.groups()) result.push_back(sign + group + "=");
  for (const std::string& alias : job.composition.aliases.typed()) result.push_back(sign + alias);
  const bool is_hydra = key.starts_with("hydra.");
  const size_t dot = key.rfind('.');
  const std::string parent = dot == key.npos ? "" : key.substr(0, dot);
  const Node& root = is_hydra ? job.hydra : job.config;
  const std::string path = is_hydra ? (parent == "hydra" ? "" : parent.substr(6)) : parent;
  const Node* node = path.empty() ? &root : root.select(path);
  if (node == nullptr || !node->is_dict()) return result;
  for (const auto& [name, value] : node->as_dict()) {
    const std::string whole = sign + (parent.empty() ? "" : parent + ".") + name.text();
    const bool is_parent = value.is_dict() && !value.as_dict().empty();
    result.push_back(whole + (is_parent ? "." : "="));
  }
  if (parent.empty()) result.push_back(sign + "hydra.");
  return result;
}

Candidates value_candidates(const Job& job, const KeySchema& schema, const std::string& key,
                            const std::string& prefix, const std::string& typed) {
  const std::string group = key.substr(0, key.find('@'));
  const std::vector<std::string> groups = job.groups();
  if (std::find(groups.begin(), groups.end(), group) != groups.end())
    return with_prefix(prefix, job.options(group));

  const Node* value = key.starts_with("hydra.") ? job.hydra.select(key.substr(6)) : job.config.select(key);
  if (value == nullptr) return files(prefix, typed);
  const auto use = schema.find(key);
  if (use != schema.end() && !use->second.choices.empty()) return with_prefix(prefix, use->second.choices);
  const Candidates choices = choices_in(comment_of(*value));
  if (!choices.empty()) return with_prefix(prefix, choices);
  if (value->is_bool()) return {prefix + "true", prefix + "false"};
  const bool holds_path = value->is_string() && value->as_string().find('/') != std::string::npos;
  if (value->is_string() && (holds_path || typed.find('/') != typed.npos)) return files(prefix, typed);
  if (value->is_null()) return files(prefix, typed);
  return typed.empty() && !value->is_list() && !value->is_dict() ? Candidates{prefix + describe(*value)}
                                                                 : Candidates{};
}

Candidates candidates_for(const std::vector<std::string>& before, const std::string& word,
                          const Candidates& commands, const SchemaOf& schema_of) {
  if (!before.empty())
    if (const Flag* flag = find_flag(before.back()); flag != nullptr && !flag->value.empty())
      return flag_values(*flag, word);
  if (word.starts_with('-')) {
    Candidates names;
    for (const Flag& flag : command_line_flags()) names.push_back(flag.name);
    return names;
  }
  const std::optional<Job> job = composed(before);
  if (!job.has_value()) return commands;

  const size_t equal = word.find('=');
  const std::string sign = word.substr(0, std::min(word.find_first_not_of("+~"), word.size()));
  if (equal == word.npos) return key_candidates(*job, sign, word.substr(sign.size()));
  std::string key = job->composition.aliases.expand(word.substr(sign.size(), equal + 1 - sign.size()));
  key.pop_back();  // "="
  const size_t comma = word.rfind(',');
  const size_t value_begin = comma == word.npos || comma < equal ? equal + 1 : comma + 1;
  const KeySchema schema = schema_of(*job);
  return value_candidates(*job, schema, key, word.substr(0, value_begin), word.substr(value_begin));
}

struct Shell {
  const char* name;
  const char* install;
  const char* uninstall;
  const char* breaks;  // the shell takes what stands behind the last of these in a word for a word of its own
};

// Space is not added after a candidate that ends with '=', '.' or '/'.
constexpr Shell kShells[] = {
    {"bash",
     R"sh(_retort() {
  local IFS=$'\n'
  COMPREPLY=($("$1" --shell-completion query=bash -- "${COMP_LINE:0:COMP_POINT}" 2>/dev/null))
  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[=./] ]] && compopt -o nospace
  return 0
}
complete -F _retort retort ./retort
)sh",
     "complete -r retort ./retort; unset -f _retort\n", "=:@"},
    {"zsh",
     R"sh(_retort() {
  local -a candidates
  candidates=(${(f)"$($words[1] --shell-completion query=zsh -- "${(j: :)words[1,CURRENT]}" 2>/dev/null)"})
  compadd -Q -S '' -- $candidates
}
compdef _retort retort ./retort
)sh",
     "compdef -d retort ./retort; unfunction _retort\n", ""},
    {"fish",
     R"sh(function _retort
  set -l line (commandline --cut-at-cursor --current-process)
  set -l words (commandline --tokenize --cut-at-cursor --current-process)
  command $words[1] --shell-completion query=fish -- "$line" 2>/dev/null
end
complete --command retort --no-files --arguments '(_retort)'
)sh",
     "complete --command retort --erase; functions --erase _retort\n", ""},
};

}  // namespace

std::vector<std::string> complete(const std::string& typed, const std::vector<std::string>& commands,
                                  const SchemaOf& schema_of) {
  std::vector<std::string> words = split_words(typed);
  const std::string word = words.size() > 1 ? words.back() : "";
  const std::vector<std::string> before(words.begin() + std::min<std::ptrdiff_t>(1, std::ssize(words)),
                                        words.end() - (words.size() > 1 ? 1 : 0));
  const Candidates all = candidates_for(before, word, commands, schema_of);
  std::set<std::string> fitting;
  for (const std::string& candidate : all)
    if (candidate.starts_with(word)) fitting.insert(printable(candidate, candidate.size() * 4));
  return {fitting.begin(), fitting.end()};
}

std::string shell_completion(const std::string& request, const std::vector<std::string>& words,
                             const std::vector<std::string>& commands, const SchemaOf& schema_of) {
  const size_t equal = std::min(request.find('='), request.size());
  const std::string verb = request.substr(0, equal);
  const std::string shell_name = equal < request.size() ? request.substr(equal + 1) : "";
  const auto shell = std::find_if(std::begin(kShells), std::end(kShells),
                                  [&](const Shell& known) { return shell_name == known.name; });
  if ((verb != "install" && verb != "uninstall" && verb != "query") || shell == std::end(kShells))
    throw Error(ExitCode::config,
                fmt::format("--shell-completion {}: write install=SHELL, uninstall=SHELL or query=SHELL, "
                            "where SHELL is bash, zsh or fish",
                            printable(request)));
  if (verb == "install") return shell->install;
  if (verb == "uninstall") return shell->uninstall;

  const std::string typed = join(words, " ");
  const std::string word = split_words(typed).back();
  const size_t last_break = word.find_last_of(shell->breaks);
  std::string lines;
  for (const std::string& candidate : complete(typed, commands, schema_of))
    lines += candidate.substr(last_break == word.npos ? 0 : last_break + 1) + "\n";
  return lines;
}

}  // namespace retort::config
