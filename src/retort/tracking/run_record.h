// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace retort::tracking {

/// A network of the run and what it costs.
struct NetworkRecord {
  std::string role;     // "teacher", "student"
  std::string network;  // "resnet18"
  int64_t parameters = 0, parameter_bytes = 0, forward_flops = 0;
  double latency_p50_ms = 0, latency_p99_ms = 0;  // of one picture; 0 until the training is over
};

/// The machine that this process runs on, as far as the system tells.
struct Machine {
  std::string host, os, cpu, user;
  int64_t cores = 0;
  int64_t threads = 0;  // of one operation; whoever computes says it
  uint64_t memory_bytes = 0;
};
Machine this_machine();

/// What was run: run.json in the run's folder.
struct RunRecord {
  std::string id{};                      // 8 of a-z and 0-9
  std::string role{};                    // model.name: "teacher", "student" or "distill"
  std::string network{};                 // that is trained
  std::vector<std::string> arguments{};  // of the command line, the program's name left out
  std::vector<std::string> overrides{};  // of those, what differs from the defaults
  std::vector<std::pair<std::string, std::string>> versions{};  // "retort" -> "0.1.0"
  std::string git_commit{};  // of the working directory; empty where there is none
  Machine machine{};
  double started_at = 0;  // seconds since 1970
  std::string data_set{};
  std::vector<std::string> class_names{};
  std::vector<NetworkRecord> networks{};
  nlohmann::ordered_json config{};  // resolved
  nlohmann::ordered_json defaults =
      nlohmann::ordered_json::object();  // by dotted key, of what it has otherwise
};

/// 8 characters of a-z and 0-9 from the system's randomness.
std::string new_run_id();
/// Seconds since 1970.
double unix_time();
/// The commit that HEAD of the repository around `folder` names; empty where there is none.
std::string git_commit(const std::filesystem::path& folder);

std::string to_json(const RunRecord& record);
/// Nothing where the text is not such a record.
std::optional<RunRecord> parse_run_record(std::string_view text);

}  // namespace retort::tracking
