// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"
#include "retort/core/text_table.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/wandb_log.h"
#include "retort/tracking/wandb_media.h"
#include "retort/tracking/wandb_sync.h"
#include "retort/tracking/wandb_words.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLargestLog = uint64_t{1} << 31;
// Where a run's folder is written down for whoever resumes the training.
constexpr char kStateFile[] = ".wandb.json";
// The x-axis of every curve.
constexpr char kStepMetric[] = "trainer/global_step";

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

}  // namespace

struct WandbTracker::Row {
  int64_t step = 0;
  int64_t number = 0;
  uint64_t begin = 0;     // where it stands in the log
  bool is_dirty = false;  // the log holds an earlier state of it
  JsonItems items{};
  std::vector<std::string> after{};  // the records behind it
};

WandbTracker::WandbTracker(WandbOptions options, fs::path run_directory, int64_t keep_through_step)
    : options_(std::move(options)),
      run_directory_(std::move(run_directory)),
      keep_through_step_(keep_through_step) {}

WandbTracker::~WandbTracker() = default;

std::optional<fs::path> WandbTracker::earlier_folder() const {
  constexpr uint64_t kLargestState = 65536;
  const fs::path file = run_directory_ / kStateFile;
  if (keep_through_step_ < 0 || options_.resume == WandbOptions::Resume::never || !fs::exists(file))
    return std::nullopt;
  const auto state = nlohmann::json::parse(read_file(file, kLargestState, ExitCode::checkpoint), nullptr,
                                           /*allow_exceptions=*/false);
  if (!state.is_object() || !state.contains("folder") || !state["folder"].is_string()) return std::nullopt;
  const fs::path folder = run_directory_ / state["folder"].get<std::string>();
  if (!fs::is_directory(folder)) return std::nullopt;
  return folder;
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
  std::string name = fmt::format("offline-run-{}-{}", timestamp_of(unix_time()), named.id);
  folder_ = base / name;
  make_folders(folder_ / "files");
  log_ = std::make_unique<AppendFile>(folder_ / fmt::format("run-{}.wandb", named.id), 0);
  log_->append(wandb_log_header());
  append(wandb_header_record(++number_));
  append(wandb_run_record(++number_, options_, named));
  append(wandb_environment_record(++number_, named));
  append(wandb_metric_record(++number_, kStepMetric, /*is_glob=*/false, /*step_metric=*/{}));
  append(wandb_metric_record(++number_, "*", /*is_glob=*/true, kStepMetric));
  replace_link(base / "latest-run", name);
  const fs::path written = options_.dir ? fs::absolute(folder_) : fs::path("wandb") / name;
  write_file_atomically(
      run_directory_ / kStateFile,
      fmt::format("{{\"id\":{},\"folder\":{}}}\n", json_string(named.id), json_string(written.string())));
}

bool WandbTracker::go_on(const fs::path& folder) {
  const auto log = log_in(folder);
  if (!log) return false;
  uint64_t kept = 0;
  bool has_run = false;
  for (const WandbLogRecord& record : scan_wandb_log(read_file(*log, kLargestLog, ExitCode::checkpoint))) {
    const auto info = parse_wandb_record(record.payload);
    if (!info || info->is_exit || info->history_step.value_or(-1) > keep_through_step_) break;
    kept = record.end;
    number_ = info->number;
    has_run = has_run || info->is_run;
    remember(info->items);
    if (!info->history_step) {
      if (row_) row_->after.push_back(record.payload);
      continue;
    }
    row_ = std::make_unique<Row>();
    row_->step = *info->history_step;
    row_->number = info->number;
    row_->begin = record.begin;
    row_->items = info->items;
  }
  if (!has_run) return false;
  folder_ = folder;
  log_ = std::make_unique<AppendFile>(*log, kept);
  // What W&B leaves beside a log that it has uploaded: the log goes on, and is to be uploaded again.
  for (const char* mark : {".synced", ".syncstate"}) fs::remove(fs::path(log->string() + mark));
  return true;
}

void WandbTracker::remember(const JsonItems& items) {
  for (const auto& [key, json] : items) {
    summary_[key] = json;
    double value = 0;
    const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), value);
    if (error == std::errc() && end == json.data() + json.size() && !key.starts_with('_'))
      histories_[key].push_back(value);
  }
}

void WandbTracker::append(std::string record) {
  log_->append(frame_wandb_record(record, log_->size()));
  if (row_) row_->after.push_back(std::move(record));
}

// A row is in the log from its first figure on. When more of its step comes, it is written anew in its place.
void WandbTracker::write_row() {
  if (!row_ || !row_->is_dirty) return;
  log_->cut_back(row_->begin);
  log_->append(frame_wandb_record(wandb_history_record(row_->number, row_->step, row_->items), log_->size()));
  for (const std::string& record : row_->after) log_->append(frame_wandb_record(record, log_->size()));
  row_->is_dirty = false;
}

WandbTracker::Row& WandbTracker::row_of(int64_t step) {
  if (row_ && row_->step == step) return *row_;
  write_row();
  const double now = unix_time();
  row_ = std::make_unique<Row>();
  row_->step = step;
  row_->number = ++number_;
  row_->begin = log_->size();
  row_->is_dirty = true;
  row_->items = {{"_step", fmt::format("{}", step)},
                 {"_timestamp", json_number(now)},
                 {"_runtime", json_number(now - started_at_)},
                 {kStepMetric, fmt::format("{}", step)}};
  remember(row_->items);
  return *row_;
}

void WandbTracker::put_in_row(int64_t step, const std::string& key, std::string json) {
  Row& row = row_of(step);
  remember({{key, json}});
  const auto found =
      std::find_if(row.items.begin(), row.items.end(), [&](const auto& item) { return item.first == key; });
  if (found == row.items.end()) {
    row.items.emplace_back(key, std::move(json));
  } else {
    found->second = std::move(json);
  }
  row.is_dirty = true;
}

void WandbTracker::log(int64_t step, int64_t epoch, const Metrics& metrics) {
  const bool is_new = !row_ || row_->step != step;
  put_in_row(step, "epoch", fmt::format("{}", epoch));
  for (const auto& [name, value] : metrics) put_in_row(step, name, json_number(value));
  if (is_new) write_row();
}

void WandbTracker::log_histogram(int64_t step, const Histogram& histogram) {
  put_in_row(step, histogram.name, wandb_histogram(histogram));
}

void WandbTracker::log_image(int64_t step, const Image& image) {
  const WandbMedia media = wandb_image(step, image);
  add_file(media.path, media.content, /*is_media=*/true);
  put_in_row(step, image.name, media.json);
}

void WandbTracker::log_table(int64_t step, const Table& table) {
  const WandbMedia media = wandb_table(step, table);
  add_file(media.path, media.content, /*is_media=*/true);
  put_in_row(step, table.name, media.json);
}

void WandbTracker::add_file(const std::string& path, std::string_view content, bool is_media) {
  const fs::path file = folder_ / "files" / path;
  make_folders(file.parent_path());
  write_file_atomically(file, content);
  append(wandb_file_record(++number_, path, is_media));
}

void WandbTracker::save_file(const fs::path& path) {
  constexpr uint64_t kLargestFile = uint64_t{1} << 28;
  add_file(path.filename().string(), read_file(path, kLargestFile, ExitCode::resources), /*is_media=*/false);
}

void WandbTracker::log_system(int64_t, const Metrics& metrics) {
  JsonItems items;
  for (const auto& [name, value] : metrics) items.emplace_back(name, json_number(value));
  append(wandb_stats_record(++number_, items));
}

void WandbTracker::log_console(std::string_view line, bool is_error) {
  append(wandb_output_record(++number_, line, is_error));
}

void WandbTracker::summarize(const Metrics& metrics) {
  for (const auto& [name, value] : metrics) summary_[name] = json_number(value);
}

void WandbTracker::write_summary() {
  JsonItems items(summary_.begin(), summary_.end());
  items.emplace_back("_wandb",
                     fmt::format(R"({{"runtime":{}}})", static_cast<int64_t>(unix_time() - started_at_)));
  append(wandb_summary_record(++number_, items));
}

void WandbTracker::flush() {
  write_row();
  write_summary();
  log_->flush();
}

std::string WandbTracker::finish(int exit_code) {
  write_row();
  write_summary();
  append(wandb_exit_record(++number_, exit_code, unix_time() - started_at_));
  log_->flush();
  std::string words;
  if (!options_.silent) words = wandb_closing_words(histories_, exit_code, locale_is_utf8());
  if (!options_.silent && options_.mode != WandbOptions::Mode::online)
    words += fmt::format("wandb: You can sync this run to the cloud by running:\nwandb: wandb sync {}\n",
                         printable(folder_.string()));
  if (options_.mode == WandbOptions::Mode::online) words += sync_wandb_run(folder_);
  return words;
}

}  // namespace retort::tracking
