// SPDX-License-Identifier: MIT
#include "retort/tracking/tensorboard.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <protozero/pbf_writer.hpp>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/tracking/append_file.h"
#include "retort/tracking/event_fields.h"
#include "retort/tracking/event_file.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/run_record.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;
using namespace event_fields;
using protozero::pbf_writer;

// What hparams' table shows of a run, beside its options.
constexpr const char* kOutcomes[] = {"test/accuracy_top1", "test/loss", "val/accuracy_top1", "val/loss",
                                     "train/loss_epoch"};

std::optional<fs::path> newest_event_file(const fs::path& folder) {
  std::optional<fs::path> newest;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored))
    if (entry.path().filename().string().find("tfevents") != std::string::npos &&
        (!newest || entry.path() > *newest))
      newest = entry.path();
  return newest;
}

// The bytes of the events through a step. What stands behind a run's end is of a run that went further.
uint64_t bytes_through(const fs::path& file, int64_t step) {
  constexpr uint64_t kLargestFile = uint64_t{1} << 31;
  uint64_t bytes = 0;
  for (const EventRecord& record : scan_events(read_file(file, kLargestFile, ExitCode::checkpoint))) {
    if (record.step > step || record.closes_run) break;
    bytes = record.end;
  }
  return bytes;
}

void add_scalar(std::string& summary, std::string_view tag, double value) {
  pbf_writer writer(summary);
  pbf_writer item(writer, kSummaryValue);
  item.add_string(kValueTag, tag.data(), tag.size());
  item.add_float(kSimpleValue, static_cast<float>(value));
}

// A value that is nothing but what a plugin keeps with it.
void add_plugin_value(std::string& summary, const char* tag, const char* plugin, const std::string& content,
                      const std::string& tensor = {}) {
  pbf_writer writer(summary);
  pbf_writer item(writer, kSummaryValue);
  item.add_string(kValueTag, tag);
  if (!tensor.empty()) item.add_message(kTensor, tensor);
  pbf_writer metadata(item, kMetadata);
  pbf_writer data(metadata, kPluginData);
  data.add_string(kPluginName, plugin);
  if (!content.empty()) data.add_string(kPluginContent, content);
}

int32_t hparam_type(const nlohmann::ordered_json& value) {
  if (value.is_boolean()) return kTypeBool;
  return value.is_number() ? kTypeFloat : kTypeString;
}

std::string text_of(const nlohmann::ordered_json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

std::string hparam_value(const nlohmann::ordered_json& value) {
  std::string message;
  pbf_writer writer(message);
  switch (hparam_type(value)) {
    case kTypeBool:
      writer.add_bool(kBoolValue, value.get<bool>());
      break;
    case kTypeFloat:
      writer.add_double(kNumberValue, value.get<double>());
      break;
    default:
      writer.add_string(kStringValue, text_of(value));
  }
  return message;
}

// HParamsPluginData with one of its parts.
std::string hparams_content(uint32_t field, const std::string& part) {
  std::string content;
  pbf_writer(content).add_message(field, part);
  return content;
}

std::string experiment(const nlohmann::ordered_json& config) {
  std::string message;
  pbf_writer writer(message);
  for (const auto& [key, value] : leaves(config)) {
    pbf_writer info(writer, kHparamInfos);
    info.add_string(kInfoName, key);
    info.add_int32(kInfoType, hparam_type(value));
  }
  for (const char* tag : kOutcomes) {
    pbf_writer info(writer, kMetricInfos);
    pbf_writer name(info, kInfoName);
    name.add_string(kMetricTag, tag);
  }
  return message;
}

std::string session_start(const RunRecord& run) {
  std::string message;
  pbf_writer writer(message);
  for (const auto& [key, value] : leaves(run.config)) {
    pbf_writer entry(writer, kHparams);
    entry.add_string(kMapKey, key);
    entry.add_message(kMapValue, hparam_value(value));
  }
  writer.add_string(kGroupName, run.id);
  writer.add_double(kStartTime, run.started_at);
  return message;
}

std::string session_end(int exit_code) {
  std::string message;
  pbf_writer writer(message);
  writer.add_int32(kStatus, exit_code == 0 ? kSuccess : kFailure);
  writer.add_double(kEndTime, unix_time());
  return message;
}

std::string string_tensor(const std::string& text) {
  std::string message;
  pbf_writer writer(message);
  writer.add_int32(kTensorDtype, kDtypeString);
  {
    pbf_writer shape(writer, kTensorShape);
    pbf_writer dim(shape, kShapeDim);
    dim.add_int64(kDimSize, 1);
  }
  writer.add_bytes(kTensorStrings, text);
  return message;
}

// A Markdown table: TensorBoard shows text as Markdown.
std::string config_text(const nlohmann::ordered_json& config) {
  std::string text = "| key | value |\n|---|---|\n";
  for (const auto& [key, value] : leaves(config)) {
    std::string cell = text_of(value);
    std::replace(cell.begin(), cell.end(), '|', '/');
    text += fmt::format("| {} | {} |\n", key, cell);
  }
  return text;
}

class TensorboardTracker : public Tracker {
 public:
  TensorboardTracker(const fs::path& folder, int64_t keep_through_step);

  void start(const RunRecord& run) override;
  void log(int64_t step, int64_t epoch, const Metrics& metrics) override;
  bool keeps_media() const override { return true; }
  void log_image(int64_t step, const Image& image) override;
  void log_histogram(int64_t step, const Histogram& histogram) override;
  void log_system(int64_t step, const Metrics& metrics) override;
  void summarize(const Metrics& metrics) override;
  void flush() override { file_->flush(); }
  std::string finish(int exit_code) override;

 private:
  void write_summary(int64_t step, std::string_view summary);
  void write_scalars(int64_t step, const Metrics& metrics);

  std::unique_ptr<AppendFile> file_;
  bool is_new_ = false;
  int64_t last_step_ = 0;
  Metrics summary_;
};

TensorboardTracker::TensorboardTracker(const fs::path& folder, int64_t keep_through_step) {
  make_folders(folder);
  const auto newest = newest_event_file(folder);
  const uint64_t kept = newest && keep_through_step >= 0 ? bytes_through(*newest, keep_through_step) : 0;
  if (kept > 0) {
    file_ = std::make_unique<AppendFile>(*newest, kept);
    return;
  }
  for (auto old = newest; old; old = newest_event_file(folder)) fs::remove(*old);
  is_new_ = true;
  file_ = std::make_unique<AppendFile>(
      folder / fmt::format("events.out.tfevents.{}.{}.{}.0", static_cast<int64_t>(unix_time()),
                           this_machine().host, getpid()),
      0);
  std::string event;
  pbf_writer writer(event);
  writer.add_double(kWallTime, unix_time());
  writer.add_string(kFileVersion, "brain.Event:2");
  file_->append(to_tf_record(event));
}

void TensorboardTracker::start(const RunRecord& run) {
  if (!is_new_) return;
  std::string summary;
  add_plugin_value(summary, kExperimentTag, "hparams", hparams_content(kExperiment, experiment(run.config)));
  add_plugin_value(summary, kSessionStartTag, "hparams", hparams_content(kSessionStart, session_start(run)));
  add_plugin_value(summary, "config/text_summary", "text", {}, string_tensor(config_text(run.config)));
  write_summary(0, summary);
}

void TensorboardTracker::write_summary(int64_t step, std::string_view summary) {
  std::string event;
  pbf_writer writer(event);
  writer.add_double(kWallTime, unix_time());
  writer.add_int64(kStep, step);
  writer.add_message(kSummary, summary.data(), summary.size());
  file_->append(to_tf_record(event));
  last_step_ = std::max(last_step_, step);
}

void TensorboardTracker::write_scalars(int64_t step, const Metrics& metrics) {
  std::string summary;
  for (const auto& [name, value] : metrics) add_scalar(summary, name, value);
  write_summary(step, summary);
}

void TensorboardTracker::log(int64_t step, int64_t epoch, const Metrics& metrics) {
  Metrics all = metrics;
  all.emplace_back("epoch", static_cast<double>(epoch));
  write_scalars(step, all);
}

void TensorboardTracker::log_system(int64_t step, const Metrics& metrics) {
  Metrics named;
  for (const auto& [name, value] : metrics) named.emplace_back("system/" + name, value);
  write_scalars(step, named);
}

void TensorboardTracker::log_image(int64_t step, const Image& image) {
  constexpr int32_t kRgb = 3;
  std::string summary;
  {
    pbf_writer writer(summary);
    pbf_writer item(writer, kSummaryValue);
    item.add_string(kValueTag, image.name);
    pbf_writer picture(item, kImage);
    picture.add_int32(kImageHeight, static_cast<int32_t>(image.height));
    picture.add_int32(kImageWidth, static_cast<int32_t>(image.width));
    picture.add_int32(kImageColorspace, kRgb);
    picture.add_bytes(kImageBytes, image.png);
  }
  write_summary(step, summary);
}

void TensorboardTracker::log_histogram(int64_t step, const Histogram& histogram) {
  double count = 0;
  for (const int64_t bucket : histogram.counts) count += static_cast<double>(bucket);
  std::string summary;
  {
    pbf_writer writer(summary);
    pbf_writer item(writer, kSummaryValue);
    item.add_string(kValueTag, histogram.name);
    pbf_writer message(item, kHistogram);
    message.add_double(kHistogramMin, histogram.edges.front());
    message.add_double(kHistogramMax, histogram.edges.back());
    message.add_double(kHistogramNum, count);
    message.add_double(kHistogramSum, histogram.sum);
    message.add_double(kHistogramSumSquares, histogram.sum_of_squares);
    // A bucket is named by its upper limit.
    message.add_packed_double(kHistogramLimits, histogram.edges.begin() + 1, histogram.edges.end());
    message.add_packed_double(kHistogramCounts, histogram.counts.begin(), histogram.counts.end());
  }
  write_summary(step, summary);
}

void TensorboardTracker::summarize(const Metrics& metrics) {
  summary_.insert(summary_.end(), metrics.begin(), metrics.end());
}

std::string TensorboardTracker::finish(int exit_code) {
  std::string summary;
  add_plugin_value(summary, kSessionEndTag, "hparams", hparams_content(kSessionEnd, session_end(exit_code)));
  write_summary(last_step_, summary);
  if (!summary_.empty()) write_scalars(last_step_, summary_);
  file_->flush();
  return {};
}

}  // namespace

std::unique_ptr<Tracker> make_tensorboard_tracker(const fs::path& folder, int64_t keep_through_step) {
  return std::make_unique<TensorboardTracker>(folder, keep_through_step);
}

}  // namespace retort::tracking
