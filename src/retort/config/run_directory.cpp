// SPDX-License-Identifier: MIT
#include "retort/config/run_directory.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/config/yaml_reader.h"
#include "retort/config/yaml_writer.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_to_make(const fs::path& folder, const std::string& why) {
  throw Error(ExitCode::resources,
              fmt::format("cannot make the run's folder {}: {}", printable(folder.string()), why));
}

Node list_of(const std::vector<std::string>& texts) {
  Node::List list;
  for (const std::string& text : texts) list.emplace_back(text);
  return Node(std::move(list));
}

// A file of .hydra/, or nothing where there is none.
std::optional<Node> read_record(const fs::path& run_directory, const char* name) {
  const fs::path file = run_directory / ".hydra" / name;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return std::nullopt;
  return read_yaml(read_file(file, YamlLimits{}.bytes, ExitCode::config), file.string());
}

}  // namespace

fs::path make_run_folder(const fs::path& folder, bool must_be_new) {
  constexpr int kMostNames = 1000;  // runs that start in one second
  std::error_code error;
  fs::create_directories(must_be_new ? folder.parent_path() : folder, error);
  if (error) fail_to_make(folder, error.message());
  if (!must_be_new) return folder;
  for (int number = 1; number <= kMostNames; ++number) {
    const fs::path name = number == 1 ? folder : fs::path(fmt::format("{}-{}", folder.string(), number));
    if (fs::create_directory(name, error)) return name;  // of several processes one sees true
    if (error) fail_to_make(name, error.message());
  }
  fail_to_make(folder, "the names after it are taken too");
}

fs::path create_run_directory(Job& job) {
  const Node mode = hydra_value(job, "mode");
  const bool is_sweep_job = mode.is_string() && mode.as_string() == "MULTIRUN";
  const fs::path folder =
      is_sweep_job
          ? make_run_folder(fs::path(hydra_folder(job, "sweep.dir")) / hydra_folder(job, "sweep.subdir"),
                            /*must_be_new=*/false)
          : make_run_folder(hydra_folder(job, "run.dir"), /*must_be_new=*/!is_given(job, "hydra.run.dir"));

  std::error_code error;
  const fs::path absolute = fs::absolute(folder, error);
  if (Node* runtime = job.hydra.find("runtime")) runtime->set("output_dir", Node(absolute.string()));

  const Node subdir = hydra_value(job, "output_subdir");
  if (!subdir.is_string()) return folder;
  const fs::path records = folder / subdir.as_string();
  fs::create_directories(records, error);
  if (error) fail_to_make(records, error.message());
  write_file_atomically(records / "config.yaml", to_yaml(job.config));
  write_file_atomically(records / "overrides.yaml", to_yaml(list_of(job.task_overrides)));
  write_file_atomically(records / "hydra.yaml", to_yaml(Node(Node::Dict{{"hydra", job.hydra}})));
  return folder;
}

std::string log_name(const Job& job) {
  const std::string name = hydra_folder(job, "job.name");
  if (name.find('/') != name.npos)
    throw Error(
        ExitCode::config,
        fmt::format("hydra.job.name='{}' is the name of the log, and cannot hold '/'", printable(name)));
  return name + ".log";
}

bool keeps_log(const Job& job) {
  const Node* choice = job.hydra.select("runtime.choices");
  choice = choice == nullptr ? nullptr : choice->find("hydra/job_logging");
  return choice == nullptr || !choice->is_string() || choice->as_string() == "default";
}

std::optional<Node> read_config(const fs::path& run_directory) {
  return read_record(run_directory, "config.yaml");
}

std::optional<Node> read_hydra_config(const fs::path& run_directory) {
  return read_record(run_directory, "hydra.yaml");
}

std::optional<std::vector<std::string>> read_task_overrides(const fs::path& run_directory) {
  const std::optional<Node> list = read_record(run_directory, "overrides.yaml");
  if (!list.has_value()) return std::nullopt;
  std::vector<std::string> overrides;
  const bool is_list = list->is_list() && std::all_of(list->as_list().begin(), list->as_list().end(),
                                                      [](const Node& item) { return item.is_string(); });
  if (!is_list)
    throw Error(ExitCode::config, fmt::format("{} is no list of overrides",
                                              printable((run_directory / ".hydra/overrides.yaml").string())));
  for (const Node& item : list->as_list()) overrides.push_back(item.as_string());
  return overrides;
}

}  // namespace retort::config
