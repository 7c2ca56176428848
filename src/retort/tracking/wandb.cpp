// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb.h"

#include <ctime>
#include <map>
#include <optional>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text_table.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/wandb_media.h"
#include "retort/tracking/wandb_records.h"
#include "retort/tracking/wandb_run_log.h"
#include "retort/tracking/wandb_state.h"
#include "retort/tracking/wandb_sync.h"
#include "retort/tracking/wandb_words.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;

constexpr char kStateFile[] = ".wandb.json";

std::string timestamp_of(double unix_seconds) {
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm local{};
  localtime_r(&seconds, &local);
  return fmt::format("{:%Y%m%d_%H%M%S}", local);
}

std::optional<fs::path> log_in(const fs::path& folder) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().extension() == ".wandb") return entry.path();
  return std::nullopt;
}

class WandbTracker : public Tracker {
 public:
  WandbTracker(WandbOptions options, fs::path run_directory, int64_t keep_through_step);

  void start(const RunRecord& run) override;
  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  bool keeps_media() const override { return true; }
  void log_image(int64_t step, const Image& image) override;
  void log_histogram(int64_t step, const Histogram& histogram) override;
  void log_table(int64_t step, const Table& table) override;
  void log_system(int64_t step, const Metrics& metrics) override;
  void log_console(std::string_view line, bool is_error) override;
  void save_file(const fs::path& path) override;
  void summarize(const Metrics& metrics) override;
  void flush() override;
  std::string finish(int exit_code) override;

 private:
  std::optional<fs::path> earlier_folder() const;
  void begin(const RunRecord& run);
  bool go_on(const fs::path& folder);
  // Writes a file below files/ and says so in the log.
  void add_file(const std::string& path, std::string_view content, bool is_media);
  std::map<std::string, std::string> whole_summary() const;
  void write_summary();

  WandbOptions options_;
  fs::path run_directory_;
  int64_t keep_through_step_;
  fs::path folder_{};
  std::unique_ptr<WandbRunLog> log_{};
  double started_at_ = 0;
  std::map<std::string, std::string> summary_{};  // JSON by key: of the run as a whole
};

WandbTracker::WandbTracker(WandbOptions options, fs::path run_directory, int64_t keep_through_step)
    : options_(std::move(options)),
      run_directory_(std::move(run_directory)),
      keep_through_step_(keep_through_step) {}

std::optional<fs::path> WandbTracker::earlier_folder() const {
  constexpr uint64_t kLargestState = 65536;
  const fs::path file = run_directory_ / kStateFile;
  if (keep_through_step_ < 0 || options_.resume == WandbOptions::Resume::never || !fs::exists(file))
    return std::nullopt;
  const auto state = parse_wandb_state(read_file(file, kLargestState, ExitCode::checkpoint));
  if (!state || !fs::is_directory(run_directory_ / state->folder)) return std::nullopt;
  return run_directory_ / state->folder;
}

void WandbTracker::start(const RunRecord& run) {
  started_at_ = run.started_at;
  if (const auto folder = earlier_folder(); folder && go_on(*folder)) return;
  if (options_.resume == WandbOptions::Resume::must)
    throw Error(ExitCode::config, "wandb.resume=must: there is no W&B run here to go on with");
  begin(run);
}

void WandbTracker::begin(const RunRecord& run) {
  RunRecord named = run;
  if (options_.id) named.id = *options_.id;
  const fs::path base = options_.dir.value_or(run_directory_) / "wandb";
  const std::string name = fmt::format("offline-run-{}-{}", timestamp_of(unix_time()), named.id);
  folder_ = base / name;
  make_folders(folder_ / "files");
  log_ = std::make_unique<WandbRunLog>(folder_ / fmt::format("run-{}.wandb", named.id), started_at_);
  log_->append([](int64_t number) { return wandb_header_record(number); });
  log_->append([&](int64_t number) { return wandb_run_record(number, options_, named); });
  log_->append([&](int64_t number) { return wandb_environment_record(number, named); });
  log_->append([](int64_t number) {
    return wandb_metric_record(number, kWandbStepMetric, /*is_glob=*/false, /*step_metric=*/{});
  });
  log_->append(
      [](int64_t number) { return wandb_metric_record(number, "*", /*is_glob=*/true, kWandbStepMetric); });
  replace_link(base / "latest-run", name);
  const fs::path written = options_.dir ? fs::absolute(folder_) : fs::path("wandb") / name;
  write_file_atomically(run_directory_ / kStateFile,
                        to_json(WandbState{.id = named.id, .folder = written.string()}));
}

bool WandbTracker::go_on(const fs::path& folder) {
  const auto file = log_in(folder);
  if (!file) return false;
  log_ = WandbRunLog::go_on(*file, keep_through_step_, started_at_);
  if (!log_) return false;
  folder_ = folder;
  // What W&B leaves beside a log that it has uploaded: the log goes on, and is to be uploaded again.
  for (const char* mark : {".synced", ".syncstate"}) fs::remove(fs::path(file->string() + mark));
  return true;
}

void WandbTracker::log(int64_t step, int64_t epoch, const Metrics& metrics) {
  JsonItems items = {{"epoch", fmt::format("{}", epoch)}};
  for (const auto& [name, value] : metrics) items.emplace_back(name, json_number(value));
  log_->put(step, items);
}

void WandbTracker::log_histogram(int64_t step, const Histogram& histogram) {
  log_->put(step, {{histogram.name, wandb_histogram(histogram)}});
}

void WandbTracker::log_image(int64_t step, const Image& image) {
  const WandbMedia media = wandb_image(step, image);
  add_file(media.path, media.content, /*is_media=*/true);
  log_->put(step, {{image.name, media.json}});
}

void WandbTracker::log_table(int64_t step, const Table& table) {
  const WandbMedia media = wandb_table(step, table);
  add_file(media.path, media.content, /*is_media=*/true);
  log_->put(step, {{table.name, media.json}});
}

void WandbTracker::add_file(const std::string& path, std::string_view content, bool is_media) {
  const fs::path file = folder_ / "files" / path;
  make_folders(file.parent_path());
  write_file_atomically(file, content);
  log_->append([&](int64_t number) { return wandb_file_record(number, path, is_media); });
}

void WandbTracker::save_file(const fs::path& path) {
  constexpr uint64_t kLargestFile = uint64_t{1} << 28;
  add_file(path.filename().string(), read_file(path, kLargestFile, ExitCode::resources), /*is_media=*/false);
}

void WandbTracker::log_system(int64_t, const Metrics& metrics) {
  JsonItems items;
  for (const auto& [name, value] : metrics) items.emplace_back(name, json_number(value));
  log_->append([&](int64_t number) { return wandb_stats_record(number, items); });
}

void WandbTracker::log_console(std::string_view line, bool is_error) {
  log_->append([&](int64_t number) { return wandb_output_record(number, line, is_error); });
}

void WandbTracker::summarize(const Metrics& metrics) {
  for (const auto& [name, value] : metrics) summary_[name] = json_number(value);
}

// What was said of the run as a whole, and the last of each metric.
std::map<std::string, std::string> WandbTracker::whole_summary() const {
  std::map<std::string, std::string> summary = summary_;
  summary.insert(log_->summary().begin(), log_->summary().end());
  return summary;
}

void WandbTracker::write_summary() {
  const std::map<std::string, std::string> summary = whole_summary();
  JsonItems items(summary.begin(), summary.end());
  items.emplace_back("_wandb",
                     fmt::format(R"({{"runtime":{}}})", static_cast<int64_t>(unix_time() - started_at_)));
  log_->append([&](int64_t number) { return wandb_summary_record(number, items); });
}

void WandbTracker::flush() {
  log_->settle();
  write_summary();
  log_->flush();
}

std::string WandbTracker::finish(int exit_code) {
  log_->settle();
  write_summary();
  log_->append(
      [&](int64_t number) { return wandb_exit_record(number, exit_code, unix_time() - started_at_); });
  log_->flush();
  std::string words;
  if (!options_.silent)
    words = wandb_closing_words(log_->histories(), whole_summary(), exit_code, shows_unicode());
  if (!options_.silent && options_.mode != WandbOptions::Mode::online)
    words += fmt::format("wandb: You can sync this run to the cloud by running:\nwandb: {}\n",
                         wandb_sync_command(folder_));
  if (options_.mode == WandbOptions::Mode::online) words += sync_wandb_run(folder_);
  return words;
}

}  // namespace

std::unique_ptr<Tracker> make_wandb_tracker(WandbOptions options, fs::path run_directory,
                                            int64_t keep_through_step) {
  return std::make_unique<WandbTracker>(std::move(options), std::move(run_directory), keep_through_step);
}

}  // namespace retort::tracking
