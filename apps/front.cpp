// SPDX-License-Identifier: MIT
#include "apps/front.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include <fmt/format.h>

#include "retort/config/help.h"
#include "retort/config/info.h"
#include "retort/config/interpolator.h"
#include "retort/config/job.h"
#include "retort/config/key_hint.h"
#include "retort/config/python_text.h"
#include "retort/config/reader.h"
#include "retort/config/sweep_plan.h"
#include "retort/config/yaml_writer.h"
#include "retort/core/console.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::apps {
namespace {

std::string group_list(const config::Job& job) {
  std::string text;
  for (const std::string& group : job.groups())
    if (group != "hydra" && !group.starts_with("hydra/"))
      text += fmt::format("{}: {}\n", group, join(job.options(group), ", "));
  return text;
}

// A topic is a group, or a key.
std::string explain_topic(const config::Job& job, const std::string& topic) {
  std::string text;
  const std::vector<std::string> groups = job.groups();
  const bool is_group = std::find(groups.begin(), groups.end(), topic) != groups.end();
  if (is_group) text += fmt::format("{} is one of: {}\n", topic, join(job.options(topic), ", "));
  std::string path = topic;
  std::replace(path.begin(), path.end(), '/', '.');
  if (const config::Node* node = job.config.select(path))
    return text + config::explain_keys(*node, path, command_schema(job));
  if (is_group) return text;

  std::vector<std::string> known = groups;
  if (job.config.is_dict())
    for (const auto& [key, value] : job.config.as_dict()) known.push_back(key.text());
  std::string hint = did_you_mean(topic, known);
  if (hint.empty()) hint = config::key_hint(job.config, path);
  throw Error(ExitCode::config, fmt::format("no group and no key is named '{}'.{}", printable(topic), hint));
}

// What --cfg names; --cfg hydra leaves out the texts of help, as Hydra does.
config::Node part_of(const config::Job& job, config::CommandLine::Show show) {
  using Show = config::CommandLine::Show;
  if (show == Show::all) return config::whole_config(job);
  if (show != Show::hydra) return job.config;
  config::Node hydra = job.hydra;
  for (const char* text : {"help", "hydra_help"}) hydra.erase(text);
  return config::Node(config::Node::Dict{{"hydra", std::move(hydra)}});
}

// A configuration that is only printed may be unfinished: values missing, interpolations of what is not there
// yet.
void check_what_is_there(const Command& command, const config::Job& job) {
  if (command.check_options == nullptr) return;
  config::Node resolved;
  try {
    resolved = config::resolved_config(job);
  } catch (const Error&) {
    return;
  }
  try {
    command.check_options(resolved);
  } catch (const config::MissingValue&) {
  }
}

// `retort config -m`: the jobs of the sweep, none of them run.
std::string sweep_lines(const config::CommandLine& line) {
  std::string text;
  const auto check = [](const config::Job&) {};  // any tree will do
  const std::vector<config::JobOverrides> jobs = config::sweep_jobs(line, check);
  for (size_t i = 0; i < jobs.size(); ++i) text += fmt::format("#{} : {}\n", i, join(jobs[i], " "));
  return text;
}

}  // namespace

int print(const std::string& text) {
  const bool is_written =
      std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0;
  if (!is_written && errno != EPIPE)  // a reader that has seen enough is no error
    throw Error(ExitCode::resources, fmt::format("cannot write to stdout: {}", std::strerror(errno)));
  return 0;
}

std::string version_text() { return "retort " RETORT_VERSION "\n"; }

std::string program_help() {
  std::string text =
      "retort: knowledge distillation. Trains a teacher, distils it into a smaller student, and compares.\n\n"
      "  retort COMMAND [key=value ...] [flags]\n\n";
  size_t width = 0;
  for (const Command& command : commands()) width = std::max(width, std::string_view(command.name).size());
  for (const Command& command : commands())
    text += fmt::format("  {:<{}}  {}\n", command.name, width, command.summary);
  return text +
         "\n"
         "  retort study                                  the main job, on the embedded MNIST\n"
         "  retort train model.name=teacher seed=1        any key may be set\n"
         "  retort train -m optimizer.lr=0.1,0.01         a run for each value\n"
         "  retort COMMAND --help                         its groups and keys\n"
         "  retort COMMAND --help KEY                     what a key means\n"
         "  retort --hydra-help                           all flags\n";
}

std::string flags_help() {
  std::string text = "== Flags ==\n";
  for (const config::Flag& flag : config::command_line_flags()) {
    const std::string names = flag.name + (flag.short_name.empty() ? "" : "," + flag.short_name);
    text += fmt::format("{} : {}\n", flag.value.empty() ? names : names + " " + flag.value, flag.help);
  }
  return text +
         "\n"
         "== Overrides ==\n"
         "key=value            change a value          group=option      choose another file of a group\n"
         "+key=value           add one                 group@package=o   the same, placed elsewhere\n"
         "++key=value          change or add           ~group            drop a group\n"
         "~key, ~key=value     drop a value\n"
         "key=[1,2] key={a: 1} key='text with = and ,' key=${other.key} key=null\n"
         "With -m: key=1,2,3  key=choice(a,b)  key=range(1,10)  group=glob(*)\n";
}

std::string shown_config(const Command& command, const config::CommandLine& line) {
  using Show = config::CommandLine::Show;
  if (line.show == Show::nothing && line.multirun) return sweep_lines(line);
  config::CommandLine single = line;
  single.multirun = false;
  const config::Job job = config::compose_job(single);
  warn_of(job);
  check_what_is_there(command, job);
  const config::Node shown = part_of(job, line.show);
  const config::Node whole = config::whole_config(job);
  config::Interpolator interpolator(shown, &whole, job.composition.time);
  if (!line.package.has_value() || *line.package == "_global_")
    return config::to_yaml(line.resolve ? interpolator.resolve() : shown);

  // Only the part is resolved: what it does not need may be broken.
  const config::Node* selected = interpolator.select(*line.package);
  if (selected == nullptr || selected->is_null() || selected->is_missing())
    throw Error(ExitCode::config, fmt::format("package '{}' not found in config.{}", printable(*line.package),
                                              config::key_hint(shown, *line.package)));
  const config::Node part = line.resolve ? *interpolator.resolve(*line.package) : *selected;
  if (!part.is_dict() && !part.is_list()) return config::python_str(part) + "\n";
  return fmt::format("# @package {}\n{}", *line.package, config::to_yaml(part));
}

std::string info_text(const config::CommandLine& line) {
  return config::info_text(config::compose_job(line), line.info);
}

void warn_of(const config::Job& job) {
  for (const std::string& warning : job.composition.warnings)
    write_stderr(fmt::format("warning: {}\n", printable(warning)));
}

void prepare_process(const config::Job& job) {
  if (const config::Node chdir = config::hydra_value(job, "job.chdir"); chdir.is_bool() && chdir.as_bool())
    throw Error(ExitCode::config,
                "hydra.job.chdir=true: the working directory of a run does not change here; its folder is "
                "hydra.run.dir");
  const config::Node env_set = config::hydra_value(job, "job.env_set");
  if (!env_set.is_dict()) return;
  for (const auto& [name, value] : env_set.as_dict())
    setenv(name.text().c_str(), config::python_str(value).c_str(), /*overwrite=*/1);
}

config::KeySchema command_schema(const config::Job& job) {
  const config::KeyRecorder recorder;
  try {
    check_config(find_command(job.command), job);
  } catch (const Error&) {  // what was read before the mistake is known all the same
  }
  return recorder.keys();
}

void check_config(const Command& command, const config::Job& job) {
  if (command.check_options == nullptr) return;
  command.check_options(config::resolved_config(job));
}

std::string command_help(const Command& command, const config::CommandLine& line) {
  const auto is_topic = [](const std::string& word) {
    return word.find('=') == word.npos && !word.starts_with('~');
  };
  config::CommandLine composed = line;
  std::erase_if(composed.overrides, is_topic);
  const config::Job job = config::compose_job(composed);

  std::string topics;
  for (const std::string& word : line.overrides)
    if (is_topic(word)) topics += explain_topic(job, word);
  if (!topics.empty()) return topics;

  const config::OverrideAliases& aliases = job.composition.aliases;
  return fmt::format(
      "retort {}: {}\n\n"
      "{}"
      "== Configuration groups ==\n"
      "Compose your configuration from those groups (group=option)\n\n{}\n"
      "== Config ==\n"
      "Override anything in the config (foo.bar=value)\n\n{}\n"
      "retort {} --help KEY explains a key or a group; retort --hydra-help lists the flags.\n",
      command.name, command.summary,
      aliases.empty() ? "" : fmt::format("== Override aliases ==\n\n{}\n", aliases.to_text()),
      group_list(job), config::to_yaml(line.resolve ? config::resolved_config(job) : job.config),
      command.name);
}

std::string runs_help(const Command& command) {
  return fmt::format("retort {}: {}\n\n{}", command.name, command.summary, command.usage);
}

}  // namespace retort::apps
