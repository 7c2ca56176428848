// SPDX-License-Identifier: MIT
#include "retort/tracking/run_record.h"

#include <chrono>
#include <fstream>
#include <random>

#include <fmt/format.h>
#include <pwd.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/core/json.h"

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
                        {"forward_flops", network.forward_flops}});
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
                       {"memory_bytes", record.machine.memory_bytes}}},
                     {"started_at", record.started_at},
                     {"data_set", record.data_set},
                     {"class_names", record.class_names},
                     {"networks", std::move(networks)},
                     {"config", record.config}};
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<RunRecord> parse_run_record(std::string_view text) {
  constexpr int kMaxDepth = 32;
  try {
    parse_json(text, kMaxDepth, ExitCode::data, "run.json");  // sound, and not too deep to copy
    const Json json = Json::parse(text);
    RunRecord record;
    json.at("id").get_to(record.id);
    json.at("role").get_to(record.role);
    json.at("network").get_to(record.network);
    json.at("arguments").get_to(record.arguments);
    json.at("overrides").get_to(record.overrides);
    json.at("versions").get_to(record.versions);
    json.at("git_commit").get_to(record.git_commit);
    const Json& machine = json.at("machine");
    machine.at("host").get_to(record.machine.host);
    machine.at("os").get_to(record.machine.os);
    machine.at("cpu").get_to(record.machine.cpu);
    machine.at("user").get_to(record.machine.user);
    machine.at("cores").get_to(record.machine.cores);
    machine.at("memory_bytes").get_to(record.machine.memory_bytes);
    json.at("started_at").get_to(record.started_at);
    json.at("data_set").get_to(record.data_set);
    json.at("class_names").get_to(record.class_names);
    for (const Json& network : json.at("networks"))
      record.networks.push_back({.role = network.at("role"),
                                 .network = network.at("network"),
                                 .parameters = network.at("parameters"),
                                 .parameter_bytes = network.at("parameter_bytes"),
                                 .forward_flops = network.at("forward_flops")});
    record.config = json.at("config");
    return record;
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace retort::tracking
