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
#include "retort/tracking/mlflow_meta.h"
#include "retort/tracking/mlflow_store.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestPage = 65536;
constexpr char kMeta[] = "meta.yaml";

int64_t now_ms() { return static_cast<int64_t>(unix_time() * 1000); }

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
      const MlflowRunMeta meta{
          .id = id,
          .experiment_id = experiment_,
          .name = options.run_name.value_or(fmt::format("{}-{}-{}", run.role, run.network, run.id)),
          .user = run.machine.user,
          .artifact_uri = (at / "artifacts").string(),
          .start_ms = static_cast<int64_t>(run.started_at * 1000)};
      write_file_atomically(at / kMeta, to_yaml(meta));
      write_file_atomically(at / "tags/mlflow.user", meta.user);
      write_file_atomically(at / "tags/mlflow.runName", meta.name);
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
    guarded([&] {
      constexpr int kNumbers[] = {1, 3, 4, 5};  // of MLflow's RunStatus
      const fs::path file = run_folder(run_id) / kMeta;
      auto meta = parse_mlflow_run_meta(read_file(file, kLargestPage, ExitCode::resources));
      if (!meta) throw Refused(fmt::format("{} is not as MLflow writes it", printable(file.string())));
      meta->status = kNumbers[static_cast<int>(status)];
      meta->end_ms = status == Status::running ? std::nullopt : std::optional(now_ms());
      write_file_atomically(file, to_yaml(*meta));
    });
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
      const fs::path file = entry.path() / kMeta;
      if (!fs::exists(file)) continue;
      const std::string id = entry.path().filename().string();
      const auto meta = parse_mlflow_experiment_meta(read_file(file, kLargestPage, ExitCode::resources));
      if (meta && meta->name == name) return id;
      if (id.size() < 10 && id.find_first_not_of("0123456789") == std::string::npos)
        next = std::max<int64_t>(next, std::stoll(id) + 1);
    }
    const std::string id = fmt::format("{}", next);
    make_folders(folder_ / id);
    write_file_atomically(
        folder_ / id / kMeta,
        to_yaml(MlflowExperimentMeta{
            .id = id, .name = name, .artifact_location = (folder_ / id).string(), .created_ms = now_ms()}));
    return id;
  }

  fs::path folder_;
  std::string experiment_;  // its id; empty until it is known
};

}  // namespace

std::unique_ptr<MlflowStore> make_mlflow_folder(const fs::path& folder) {
  return std::make_unique<MlflowFolder>(folder);
}

}  // namespace retort::tracking
