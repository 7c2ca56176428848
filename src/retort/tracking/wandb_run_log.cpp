// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_run_log.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "retort/core/file.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/run_record.h"
#include "retort/tracking/wandb_log.h"

namespace retort::tracking {

WandbRunLog::WandbRunLog(const std::filesystem::path& file, uint64_t keep_bytes, double started_at)
    : file_(file, keep_bytes), started_at_(started_at) {}

WandbRunLog::WandbRunLog(const std::filesystem::path& file, double started_at)
    : WandbRunLog(file, /*keep_bytes=*/0, started_at) {
  file_.append(wandb_log_header());
}

std::unique_ptr<WandbRunLog> WandbRunLog::go_on(const std::filesystem::path& file, int64_t keep_through_step,
                                                double started_at) {
  constexpr uint64_t kLargestLog = uint64_t{1} << 31;
  const auto records = scan_wandb_log(read_file(file, kLargestLog, ExitCode::checkpoint));
  std::vector<WandbRecordInfo> kept;
  for (const WandbLogRecord& record : records) {
    auto info = parse_wandb_record(record.payload);
    if (!info || info->is_exit || info->history_step.value_or(-1) > keep_through_step) break;
    kept.push_back(std::move(*info));
  }
  if (std::none_of(kept.begin(), kept.end(), [](const auto& info) { return info.is_run; })) return nullptr;
  std::unique_ptr<WandbRunLog> log(new WandbRunLog(file, records[kept.size() - 1].end, started_at));
  log->number_ = kept.back().number;
  for (size_t i = 0; i < kept.size(); ++i) {
    for (const auto& [key, json] : kept[i].items) log->summary_[key] = json;
    if (kept[i].history_step) {
      log->remember(kept[i].items);
      log->row_ = std::make_unique<Row>(Row{.step = *kept[i].history_step,
                                            .number = kept[i].number,
                                            .begin = records[i].begin,
                                            .items = kept[i].items});
    } else if (log->row_) {
      log->row_->after.push_back(records[i].payload);
    }
  }
  return log;
}

void WandbRunLog::write(const std::string& record) { file_.append(frame_wandb_record(record, file_.size())); }

void WandbRunLog::append(const std::function<std::string(int64_t number)>& make) {
  const std::string record = make(++number_);
  write(record);
  if (row_) row_->after.push_back(record);
}

void WandbRunLog::put(int64_t step, const JsonItems& items) {
  const bool is_new = !row_ || row_->step != step;
  if (is_new) {
    settle();
    const double now = unix_time();
    row_ = std::make_unique<Row>(Row{.step = step,
                                     .number = ++number_,
                                     .begin = file_.size(),
                                     .items = {{"_step", fmt::format("{}", step)},
                                               {"_timestamp", json_number(now)},
                                               {"_runtime", json_number(now - started_at_)},
                                               {kWandbStepMetric, fmt::format("{}", step)}}});
    remember(row_->items);
  }
  remember(items);
  for (const auto& [key, json] : items) {
    const auto found = std::find_if(row_->items.begin(), row_->items.end(),
                                    [&key = key](const auto& item) { return item.first == key; });
    if (found == row_->items.end()) {
      row_->items.emplace_back(key, json);
    } else {
      found->second = json;
    }
  }
  row_->is_dirty = true;
  if (is_new) settle();
}

void WandbRunLog::settle() {
  if (!row_ || !row_->is_dirty) return;
  file_.cut_back(row_->begin);
  write(wandb_history_record(row_->number, row_->step, row_->items));
  for (const std::string& record : row_->after) write(record);
  row_->is_dirty = false;
}

void WandbRunLog::flush() {
  settle();
  file_.flush();
}

void WandbRunLog::remember(const JsonItems& items) {
  for (const auto& [key, json] : items) {
    summary_[key] = json;
    double value = 0;
    const auto [end, error] = std::from_chars(json.data(), json.data() + json.size(), value);
    if (error == std::errc() && end == json.data() + json.size() && !key.starts_with('_'))
      histories_[key].push_back(value);
  }
}

}  // namespace retort::tracking
