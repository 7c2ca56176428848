// SPDX-License-Identifier: MIT
#include "retort/config/job.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include <fmt/format.h>

#include "retort/config/earlier_run.h"
#include "retort/core/error.h"
#include "retort/core/shipped.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

namespace fs = std::filesystem;

bool is_hydra_override(const std::string& line) {
  const std::string_view key =
      std::string_view(line).substr(std::min(line.find_first_not_of("+~"), line.size()));
  return key.starts_with("hydra.") || key.starts_with("hydra/");
}

fs::path find_conf() {
  if (const char* folder = std::getenv("RETORT_CONF"); folder != nullptr && *folder != '\0') return folder;
  if (const auto folder = find_shipped("conf")) return *folder;
  throw Error(ExitCode::config,
              "no conf/ is found above the program; --config-path or RETORT_CONF says where it is");
}

ComposeRequest request_of(const CommandLine& line) {
  ComposeRequest request;
  request.config_path = line.config_path.has_value() ? line.config_path->string() : find_conf().string();
  if (line.config_name.has_value())
    request.config_name = line.config_name;
  else if (line.command != "config")
    request.config_name = line.command;
  if (line.config_dir.has_value()) request.config_dirs.push_back(line.config_dir->string());
  request.overrides = line.overrides;
  request.mode = line.multirun ? RunMode::multirun : RunMode::run;
  request.job_name = line.command;
  return request;
}

Job composed(const ComposeRequest& request) {
  Job job;
  job.command = request.job_name;
  job.composition = compose(request);
  job.config = job.composition.job();
  job.hydra = job.composition.hydra();
  for (const std::string& override : job.composition.overrides)
    (is_hydra_override(override) ? job.hydra_overrides : job.task_overrides).push_back(override);
  return job;
}

// An earlier run is composed from its overrides and those that are typed beside it. Where the files have
// changed since, that is said.
Job composed_again(ComposeRequest request, const fs::path& run_directory) {
  const EarlierRun earlier = read_earlier_run(run_directory);
  const std::vector<std::string> typed = std::exchange(request.overrides, earlier.overrides);
  if (earlier.config_name) request.config_name = earlier.config_name;
  Job job = composed(request);
  const bool has_changed = job.config != earlier.config;
  if (!typed.empty()) {
    request.overrides.insert(request.overrides.end(), typed.begin(), typed.end());
    job = composed(request);
  }
  if (has_changed)
    job.composition.warnings.push_back(
        fmt::format("the configuration files have changed since {} ran: the same overrides give another "
                    "configuration now than its .hydra/config.yaml",
                    run_directory.string()));
  return job;
}

void append_groups(const Repository& repository, const std::string& parent,
                   std::vector<std::string>& groups) {
  for (const std::string& name : repository.groups(parent)) {
    const std::string group = parent.empty() ? name : parent + "/" + name;
    if (!repository.options(group).empty()) groups.push_back(group);
    append_groups(repository, group, groups);
  }
}

}  // namespace

std::vector<std::string> Job::groups() const {
  std::vector<std::string> result;
  append_groups(*composition.repository, "", result);
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<std::string> Job::options(const std::string& group) const {
  return composition.repository->options(group);
}

Job compose_job(const CommandLine& line) {
  const ComposeRequest request = request_of(line);
  return line.rerun ? composed_again(request, *line.rerun) : composed(request);
}

Node whole_config(const Job& job) {
  Node::Dict dict = {{"hydra", job.hydra}};
  if (job.config.is_dict()) dict.insert(dict.end(), job.config.as_dict().begin(), job.config.as_dict().end());
  return Node(std::move(dict));
}

Node resolved_config(const Job& job) {
  const Node whole = whole_config(job);
  return Interpolator(job.config, &whole, job.composition.time).resolve();
}

Node hydra_value(const Job& job, std::string_view path) {
  const Node whole = whole_config(job);
  return Interpolator(whole, &whole, job.composition.time)
      .resolve("hydra." + std::string(path))
      .value_or(Node());
}

std::string hydra_folder(const Job& job, std::string_view path) {
  const Node value = hydra_value(job, path);
  if (value.is_int()) return std::to_string(value.as_int());
  if (value.is_string() && !value.as_string().empty()) return value.as_string();
  throw Error(ExitCode::config,
              fmt::format("hydra.{} must be the name of a folder, not {}", path, describe(value)));
}

bool is_given(const Job& job, std::string_view key) {
  const std::vector<Override> overrides = parse_overrides(job.hydra_overrides);
  return std::any_of(overrides.begin(), overrides.end(),
                     [&](const Override& override) { return override.key_or_group == key; });
}

}  // namespace retort::config
