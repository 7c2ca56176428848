// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_records.h"

#include <cmath>

#include <protozero/pbf_reader.hpp>
#include <protozero/pbf_writer.hpp>

#include "retort/tracking/json_text.h"
#include "retort/tracking/wandb_options.h"

namespace retort::tracking {
namespace {

using protozero::pbf_wire_type;
using protozero::pbf_writer;
using protozero::tag_and_type;

// Of messages and of text.
constexpr pbf_wire_type kMessage = pbf_wire_type::length_delimited;

// Fields of wandb_internal.Record and the messages in it (docs/tracking.md).
namespace field {
constexpr uint32_t kNumber = 1, kHistory = 2, kSummary = 3, kFiles = 6, kStats = 7, kMetric = 12,
                   kOutputRaw = 13, kRun = 17, kExit = 18, kHeader = 21, kEnvironment = 26;
constexpr uint32_t kItemKey = 1, kItemJson = 16;  // of history, summary, config
constexpr uint32_t kHistoryItem = 1, kHistoryStep = 2, kStepNumber = 1;
constexpr uint32_t kUpdate = 1;               // of summary and config
constexpr uint32_t kSeconds = 1, kNanos = 2;  // of a timestamp
}  // namespace field

// One Record: fill() writes the message under `kind`.
template <class Fill>
std::string record(int64_t number, uint32_t kind, Fill fill) {
  std::string bytes;
  pbf_writer writer(bytes);
  writer.add_int64(field::kNumber, number);
  {
    pbf_writer message(writer, kind);
    fill(message);
  }
  return bytes;
}

void add_text(pbf_writer& message, uint32_t tag, std::string_view text) {
  if (!text.empty()) message.add_string(tag, text.data(), text.size());
}

void add_timestamp(pbf_writer& message, uint32_t tag, double unix_seconds) {
  pbf_writer timestamp(message, tag);
  const double whole = std::floor(unix_seconds);
  timestamp.add_int64(field::kSeconds, static_cast<int64_t>(whole));
  timestamp.add_int32(field::kNanos, static_cast<int32_t>((unix_seconds - whole) * 1e9));
}

void add_items(pbf_writer& message, uint32_t tag, const JsonItems& items) {
  for (const auto& [key, json] : items) {
    pbf_writer item(message, tag);
    item.add_string(field::kItemKey, key);
    item.add_string(field::kItemJson, json);
  }
}

std::pair<std::string, std::string> parse_item(protozero::pbf_reader item) {
  std::pair<std::string, std::string> result;
  while (item.next()) {
    switch (item.tag_and_type()) {
      case tag_and_type(field::kItemKey, kMessage):
        result.first = item.get_string();
        break;
      case tag_and_type(field::kItemJson, kMessage):
        result.second = item.get_string();
        break;
      default:
        item.skip();
    }
  }
  return result;
}

void parse_history(protozero::pbf_reader history, WandbRecordInfo& info) {
  info.history_step = 0;
  while (history.next()) {
    switch (history.tag_and_type()) {
      case tag_and_type(field::kHistoryItem, kMessage):
        info.items.push_back(parse_item(history.get_message()));
        break;
      case tag_and_type(field::kHistoryStep, kMessage): {
        protozero::pbf_reader step = history.get_message();
        while (step.next(field::kStepNumber, pbf_wire_type::varint)) info.history_step = step.get_int64();
        break;
      }
      default:
        history.skip();
    }
  }
}

void parse_summary(protozero::pbf_reader summary, WandbRecordInfo& info) {
  while (summary.next(field::kUpdate, kMessage)) info.items.push_back(parse_item(summary.get_message()));
}

}  // namespace

std::string wandb_header_record(int64_t number) {
  constexpr uint32_t kVersionInfo = 1, kProducer = 1, kMinConsumer = 2;
  return record(number, field::kHeader, [](pbf_writer& header) {
    pbf_writer version(header, kVersionInfo);
    version.add_string(kProducer, "0.31.0");  // whose schema this is
    version.add_string(kMinConsumer, "0.70.0");
  });
}

std::string wandb_run_record(int64_t number, const WandbOptions& options, const RunRecord& run) {
  constexpr uint32_t kId = 1, kEntity = 2, kProject = 3, kConfig = 4, kGroup = 6, kJobType = 7, kName = 8,
                     kNotes = 9, kTag = 10, kHost = 13, kStartTime = 17, kGit = 21, kGitCommit = 2;
  return record(number, field::kRun, [&](pbf_writer& message) {
    add_text(message, kId, run.id);
    add_text(message, kEntity, options.entity.value_or(""));
    add_text(message, kProject, options.project);
    JsonItems config;
    for (const auto& [key, value] : run.config.items())
      config.emplace_back(key, value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    {
      pbf_writer writer(message, kConfig);
      add_items(writer, field::kUpdate, config);
    }
    add_text(message, kGroup, options.group.value_or(""));
    add_text(message, kJobType, options.job_type.value_or(run.role));
    add_text(message, kName, options.name.value_or(run.role + "-" + run.network + "-" + run.id));
    add_text(message, kNotes, options.notes.value_or(""));
    for (const std::string& tag : options.tags) add_text(message, kTag, tag);
    add_text(message, kHost, run.machine.host);
    add_timestamp(message, kStartTime, run.started_at);
    if (!run.git_commit.empty()) {
      pbf_writer git(message, kGit);
      add_text(git, kGitCommit, run.git_commit);
    }
  });
}

std::string wandb_environment_record(int64_t number, const RunRecord& run) {
  constexpr uint32_t kOs = 1, kStartedAt = 3, kArgument = 5, kProgram = 6, kHost = 11, kUser = 12, kCpus = 16,
                     kLogicalCpus = 17, kMemory = 21, kMemoryTotal = 1;
  return record(number, field::kEnvironment, [&](pbf_writer& message) {
    add_text(message, kOs, run.machine.os);
    add_timestamp(message, kStartedAt, run.started_at);
    for (const std::string& argument : run.arguments) message.add_string(kArgument, argument);
    add_text(message, kProgram, "retort");
    add_text(message, kHost, run.machine.host);
    add_text(message, kUser, run.machine.user);
    message.add_uint32(kCpus, static_cast<uint32_t>(run.machine.cores));
    message.add_uint32(kLogicalCpus, static_cast<uint32_t>(run.machine.cores));
    pbf_writer memory(message, kMemory);
    memory.add_uint64(kMemoryTotal, run.machine.memory_bytes);
  });
}

std::string wandb_metric_record(int64_t number, std::string_view name, bool is_glob,
                                std::string_view step_metric) {
  constexpr uint32_t kName = 1, kGlob = 2, kStepMetric = 4, kOptions = 6, kStepSync = 1, kDefined = 3;
  return record(number, field::kMetric, [&](pbf_writer& message) {
    add_text(message, is_glob ? kGlob : kName, name);
    add_text(message, kStepMetric, step_metric);
    pbf_writer options(message, kOptions);
    if (!step_metric.empty()) options.add_bool(kStepSync, true);
    options.add_bool(kDefined, true);
  });
}

std::string wandb_history_record(int64_t number, int64_t step, const JsonItems& items) {
  return record(number, field::kHistory, [&](pbf_writer& message) {
    add_items(message, field::kHistoryItem, items);
    pbf_writer writer(message, field::kHistoryStep);
    writer.add_int64(field::kStepNumber, step);
  });
}

std::string wandb_summary_record(int64_t number, const JsonItems& items) {
  return record(number, field::kSummary,
                [&](pbf_writer& message) { add_items(message, field::kUpdate, items); });
}

std::string wandb_stats_record(int64_t number, const JsonItems& items) {
  constexpr uint32_t kTimestamp = 2, kItem = 3;
  return record(number, field::kStats, [&](pbf_writer& message) {
    add_timestamp(message, kTimestamp, unix_time());
    add_items(message, kItem, items);
  });
}

std::string wandb_output_record(int64_t number, std::string_view line, bool is_error) {
  constexpr uint32_t kType = 1, kTimestamp = 2, kLine = 3;
  constexpr int32_t kStderr = 0, kStdout = 1;
  return record(number, field::kOutputRaw, [&](pbf_writer& message) {
    message.add_int32(kType, is_error ? kStderr : kStdout);
    add_timestamp(message, kTimestamp, unix_time());
    message.add_string(kLine, std::string(line) + "\n");
  });
}

std::string wandb_file_record(int64_t number, std::string_view path, bool is_media) {
  constexpr uint32_t kFile = 1, kPath = 1, kPolicy = 2, kType = 3;
  constexpr int32_t kNow = 0, kEnd = 1, kOther = 0, kMedia = 2;
  return record(number, field::kFiles, [&](pbf_writer& message) {
    pbf_writer file(message, kFile);
    add_text(file, kPath, path);
    file.add_int32(kPolicy, is_media ? kNow : kEnd);
    file.add_int32(kType, is_media ? kMedia : kOther);
  });
}

std::string wandb_exit_record(int64_t number, int exit_code, double runtime_seconds) {
  constexpr uint32_t kExitCode = 1, kRuntime = 2;
  return record(number, field::kExit, [&](pbf_writer& message) {
    message.add_int32(kExitCode, exit_code);
    message.add_int32(kRuntime, static_cast<int32_t>(runtime_seconds));
  });
}

std::optional<WandbRecordInfo> parse_wandb_record(std::string_view bytes) {
  WandbRecordInfo info;
  try {
    protozero::pbf_reader reader(bytes.data(), bytes.size());
    while (reader.next()) {
      switch (reader.tag_and_type()) {
        case tag_and_type(field::kNumber, pbf_wire_type::varint):
          info.number = reader.get_int64();
          break;
        case tag_and_type(field::kHistory, kMessage):
          parse_history(reader.get_message(), info);
          break;
        case tag_and_type(field::kSummary, kMessage):
          parse_summary(reader.get_message(), info);
          break;
        case tag_and_type(field::kExit, kMessage):
          info.is_exit = true;
          reader.skip();
          break;
        case tag_and_type(field::kRun, kMessage):
          info.is_run = true;
          reader.skip();
          break;
        default:
          reader.skip();
      }
    }
  } catch (const protozero::exception&) {
    return std::nullopt;
  }
  return info;
}

}  // namespace retort::tracking
