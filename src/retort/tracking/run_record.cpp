// SPDX-License-Identifier: MIT
#include "retort/tracking/run_record.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "retort/tracking/json_record.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string first_line(const fs::path& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// The value of the first line "key : value" in one of /proc's files.
std::string proc_value(const fs::path& path, std::string_view key) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    const size_t colon = line.find(':');
    if (!line.starts_with(key) || colon == std::string::npos) continue;
    const size_t start = line.find_first_not_of(" \t", colon + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return {};
}

bool is_consistent(const RunRecord& record) {
  constexpr double kLastSecond = 1e12;
  const auto is_count = [](double value) { return value >= 0 && value < 1e18; };
  return record.config.is_object() && record.defaults.is_object() && record.machine.cores >= 0 &&
         record.machine.threads >= 0 && record.started_at >= 0 && record.started_at < kLastSecond &&
         std::all_of(record.networks.begin(), record.networks.end(), [&](const NetworkRecord& network) {
           return is_count(static_cast<double>(network.parameters)) &&
                  is_count(static_cast<double>(network.parameter_bytes)) &&
                  is_count(static_cast<double>(network.forward_flops)) && is_count(network.latency_p50_ms) &&
                  is_count(network.latency_p99_ms);
         });
}

bool is_commit(const std::string& text) {
  return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

Machine this_machine() {
  Machine machine{.host = {}, .os = {}, .cpu = proc_value("/proc/cpuinfo", "model name"), .user = {}};
  utsname names{};
  if (uname(&names) == 0) {
    machine.host = names.nodename;
    machine.os = fmt::format("{} {}", names.sysname, names.release);
  }
  if (const passwd* entry = getpwuid(geteuid())) machine.user = entry->pw_name;
  machine.cores = sysconf(_SC_NPROCESSORS_ONLN);
  machine.memory_bytes =
      static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  return machine;
}

std::string new_run_id() {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::random_device device;
  std::uniform_int_distribution<size_t> index(0, kAlphabet.size() - 1);
  std::string id;
  for (int i = 0; i < 8; ++i) id += kAlphabet[index(device)];
  return id;
}

double unix_time() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string git_commit(const fs::path& folder) {
  std::error_code ignored;
  fs::path git;
  for (fs::path at = fs::absolute(folder, ignored); at != at.parent_path() && git.empty();
       at = at.parent_path())
    if (fs::exists(at / ".git/HEAD", ignored)) git = at / ".git";
  if (git.empty()) return {};
  std::string head = first_line(git / "HEAD");
  constexpr std::string_view kReference = "ref: ";
  if (!head.starts_with(kReference)) return is_commit(head) ? head : "";
  const std::string name = head.substr(kReference.size());
  if (name.find("..") != std::string::npos) return {};
  const std::string loose = first_line(git / name);
  if (is_commit(loose)) return loose;
  std::ifstream packed(git / "packed-refs");
  for (std::string line; std::getline(packed, line);)
    if (line.size() > 41 && line.substr(41) == name && is_commit(line.substr(0, 40)))
      return line.substr(0, 40);
  return {};
}

std::string to_json(const RunRecord& record) {
  Json networks = Json::array();
  for (const NetworkRecord& network : record.networks)
    networks.push_back({{"role", network.role},
                        {"network", network.network},
                        {"parameters", network.parameters},
                        {"parameter_bytes", network.parameter_bytes},
                        {"forward_flops", network.forward_flops},
                        {"latency_p50_ms", network.latency_p50_ms},
                        {"latency_p99_ms", network.latency_p99_ms}});
  const Json json = {{"id", record.id},
                     {"role", record.role},
                     {"network", record.network},
                     {"arguments", record.arguments},
                     {"overrides", record.overrides},
                     {"versions", record.versions},
                     {"git_commit", record.git_commit},
                     {"machine",
                      {{"host", record.machine.host},
                       {"os", record.machine.os},
                       {"cpu", record.machine.cpu},
                       {"user", record.machine.user},
                       {"cores", record.machine.cores},
                       {"threads", record.machine.threads},
                       {"memory_bytes", record.machine.memory_bytes}}},
                     {"started_at", record.started_at},
                     {"data_set", record.data_set},
                     {"class_names", record.class_names},
                     {"networks", std::move(networks)},
                     {"config", record.config},
                     {"defaults", record.defaults}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<RunRecord> parse_run_record(std::string_view text) {
  constexpr int kMaxDepth = 32;
  return parse_json_record(text, kMaxDepth, [](const Json& json) -> std::optional<RunRecord> {
    const Json& machine = json.at("machine");
    RunRecord record{.id = json.at("id"),
                     .role = json.at("role"),
                     .network = json.at("network"),
                     .arguments = json.at("arguments"),
                     .overrides = json.at("overrides"),
                     .versions = json.at("versions"),
                     .git_commit = json.at("git_commit"),
                     .machine = {.host = machine.at("host"),
                                 .os = machine.at("os"),
                                 .cpu = machine.at("cpu"),
                                 .user = machine.at("user"),
                                 .cores = machine.at("cores"),
                                 .threads = machine.value("threads", int64_t{0}),
                                 .memory_bytes = machine.at("memory_bytes")},
                     .started_at = json.at("started_at"),
                     .data_set = json.at("data_set"),
                     .class_names = json.at("class_names"),
                     .networks = {},
                     .config = json.at("config"),
                     .defaults = json.value("defaults", Json::object())};
    for (const Json& network : json.at("networks"))
      record.networks.push_back({.role = network.at("role"),
                                 .network = network.at("network"),
                                 .parameters = network.at("parameters"),
                                 .parameter_bytes = network.at("parameter_bytes"),
                                 .forward_flops = network.at("forward_flops"),
                                 .latency_p50_ms = network.value("latency_p50_ms", 0.0),
                                 .latency_p99_ms = network.value("latency_p99_ms", 0.0)});
    if (!is_consistent(record)) return std::nullopt;
    return record;
  });
}

}  // namespace retort::tracking
