// SPDX-License-Identifier: MIT
// MLflow's file store: mlruns/EXPERIMENT/RUN/{meta.yaml, params/, metrics/, tags/, artifacts/}.
#include <map>
#include <optional>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"
#include "retort/tracking/append_file.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/mlflow_store.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestPage = 65536;

int64_t now_ms() { return static_cast<int64_t>(unix_time() * 1000); }

// As a quoted scalar of YAML.
std::string yaml_quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    if (c == '\'') result += '\'';
    if (static_cast<unsigned char>(c) >= 0x20) result += c;
  }
  return result + "'";
}

// A number as Python's float() reads it.
std::string python_number(double value) {
  const std::string text = json_number(value);
  return text.starts_with('"') ? text.substr(1, text.size() - 2) : text;
}

// What the disk refuses may pass.
template <class Work>
auto guarded(Work work) {
  try {
    return work();
  } catch (const Error& error) {
    throw MlflowStore::Unavailable(error.what());
  } catch (const fs::filesystem_error& error) {
    throw MlflowStore::Unavailable(error.what());
  }
}

class MlflowFolder : public MlflowStore {
 public:
  explicit MlflowFolder(fs::path folder) : folder_(fs::absolute(std::move(folder))) {}

  std::string create_run(const MlflowOptions& options, const RunRecord& run) override {
    return guarded([&] {
      experiment_ = find_or_create_experiment(options.experiment_name);
      const std::string id = sha256_of(fmt::format("{} {}", run.id, run.started_at)).substr(0, 32);
      const fs::path at = folder_ / experiment_ / id;
      for (const char* part : {"params", "metrics", "tags", "artifacts"}) make_folders(at / part);
      name_ = options.run_name.value_or(fmt::format("{}-{}-{}", run.role, run.network, run.id));
      user_ = run.machine.user;
      start_ms_ = static_cast<int64_t>(run.started_at * 1000);
      write_meta(id, Status::running);
      write_file_atomically(at / "tags/mlflow.user", user_);
      write_file_atomically(at / "tags/mlflow.runName", name_);
      write_file_atomically(at / "tags/mlflow.source.name", "retort");
      write_file_atomically(at / "tags/mlflow.source.type", "LOCAL");
      if (!run.git_commit.empty())
        write_file_atomically(at / "tags/mlflow.source.git.commit", run.git_commit);
      return id;
    });
  }

  void log_params(const std::string& run_id, const MlflowParams& params) override {
    guarded([&] {
      for (const auto& [name, value] : params)
        write_file_atomically(run_folder(run_id) / "params" / name, value);
    });
  }

  void log_metrics(const std::string& run_id, const std::vector<MlflowMetric>& metrics) override {
    guarded([&] {
      std::map<std::string, std::string> lines;
      for (const MlflowMetric& metric : metrics)
        lines[metric.name] +=
            fmt::format("{} {} {}\n", metric.timestamp_ms, python_number(metric.value), metric.step);
      std::vector<std::pair<std::unique_ptr<AppendFile>, uint64_t>> grown;  // and how long they were
      try {
        for (const auto& [name, text] : lines) {
          const fs::path file = run_folder(run_id) / "metrics" / name;
          make_folders(file.parent_path());
          const uint64_t size = fs::exists(file) ? fs::file_size(file) : 0;
          grown.emplace_back(std::make_unique<AppendFile>(file, size), size);
          grown.back().first->append(text);
          grown.back().first->flush();
        }
      } catch (const Error&) {
        for (const auto& [file, size] : grown) file->cut_back(size);
        throw;
      }
    });
  }

  void log_artifact(const std::string& run_id, const std::string& name, const fs::path& file) override {
    constexpr uint64_t kLargestFile = uint64_t{1} << 32;
    const std::string content = read_file(file, kLargestFile, ExitCode::resources);
    guarded([&] {
      const fs::path copy = run_folder(run_id) / "artifacts" / name;
      make_folders(copy.parent_path());
      write_file_atomically(copy, content);
    });
  }

  void set_status(const std::string& run_id, Status status) override {
    guarded([&] { write_meta(run_id, status); });
  }

 private:
  // The folder of a run that an earlier process began.
  fs::path run_folder(const std::string& run_id) {
    if (experiment_.empty())
      for (const auto& entry : fs::directory_iterator(folder_))
        if (fs::exists(entry.path() / run_id)) experiment_ = entry.path().filename().string();
    return folder_ / experiment_ / run_id;
  }

  std::string find_or_create_experiment(const std::string& name) {
    make_folders(folder_);
    int64_t next = 1;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      const fs::path meta = entry.path() / "meta.yaml";
      if (!fs::exists(meta)) continue;
      const std::string id = entry.path().filename().string();
      if (read_file(meta, kLargestPage, ExitCode::resources)
              .find(fmt::format("\nname: {}\n", yaml_quoted(name))) != std::string::npos)
        return id;
      if (id.size() < 10 && id.find_first_not_of("0123456789") == std::string::npos)
        next = std::max<int64_t>(next, std::stoll(id) + 1);
    }
    const std::string id = fmt::format("{}", next);
    make_folders(folder_ / id);
    write_file_atomically(
        folder_ / id / "meta.yaml",
        fmt::format("artifact_location: {}\ncreation_time: {}\nexperiment_id: '{}'\n"
                    "last_update_time: {}\nlifecycle_stage: active\nname: {}\n",
                    yaml_quoted((folder_ / id).string()), now_ms(), id, now_ms(), yaml_quoted(name)));
    return id;
  }

  void write_meta(const std::string& id, Status status) {
    constexpr int kNumbers[] = {1, 3, 4, 5};  // of MLflow's RunStatus
    const fs::path at = run_folder(id);
    if (!start_ms_) read_meta(at / "meta.yaml");
    write_file_atomically(
        at / "meta.yaml",
        fmt::format("artifact_uri: {}\nend_time: {}\nentry_point_name: ''\nexperiment_id: '{}'\n"
                    "lifecycle_stage: active\nrun_id: {}\nrun_name: {}\nsource_name: ''\nsource_type: 4\n"
                    "source_version: ''\nstart_time: {}\nstatus: {}\ntags: []\nuser_id: {}\n",
                    yaml_quoted((at / "artifacts").string()),
                    status == Status::running ? "null" : fmt::format("{}", now_ms()), experiment_, id,
                    yaml_quoted(name_), start_ms_.value_or(0), kNumbers[static_cast<int>(status)],
                    yaml_quoted(user_)));
  }

  // What this store wrote when the run began.
  void read_meta(const fs::path& file) {
    const std::string text = read_file(file, kLargestPage, ExitCode::resources);
    const auto value = [&](const std::string& key) {
      const size_t start = text.find(fmt::format("\n{}: ", key));
      if (start == std::string::npos) return std::string();
      const size_t begin = start + key.size() + 3;
      return text.substr(begin, text.find('\n', begin) - begin);
    };
    const auto unquoted = [](const std::string& scalar) {
      return scalar.size() >= 2 && scalar.front() == '\'' ? scalar.substr(1, scalar.size() - 2) : scalar;
    };
    name_ = unquoted(value("run_name"));
    user_ = unquoted(value("user_id"));
    const std::string start = value("start_time");
    if (!start.empty() && start.size() < 19 && start.find_first_not_of("0123456789") == std::string::npos)
      start_ms_ = std::stoll(start);
  }

  fs::path folder_;
  std::string experiment_, name_, user_;
  std::optional<int64_t> start_ms_;  // nothing until the run is made or its meta.yaml read
};

}  // namespace

std::unique_ptr<MlflowStore> make_mlflow_folder(const fs::path& folder) {
  return std::make_unique<MlflowFolder>(folder);
}

}  // namespace retort::tracking
