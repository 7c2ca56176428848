// SPDX-License-Identifier: MIT
#include "retort/distributed/place.h"

#include <charconv>
#include <cstdlib>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::distributed {
namespace {

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

int64_t number(const char* name, int64_t at_least, int64_t at_most) {
  const std::string text = variable(name).value_or("");
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < at_least || value > at_most)
    throw Error(ExitCode::config,
                fmt::format("the environment's {}='{}': expected a number from {} to {}, as torchrun sets it",
                            name, printable(text), at_least, at_most));
  return value;
}

std::optional<int64_t> optional_number(const char* name, int64_t at_least, int64_t at_most) {
  if (!variable(name)) return std::nullopt;
  return number(name, at_least, at_most);
}

}  // namespace

std::optional<Place> place_from_environment() {
  constexpr int64_t kMostProcesses = 1 << 16, kMostAttempts = 1 << 30, kMostFiles = 1 << 20;
  if (!variable("RANK") || !variable("WORLD_SIZE")) return std::nullopt;
  Place place;
  place.size = static_cast<int>(number("WORLD_SIZE", 1, kMostProcesses));
  place.rank = static_cast<int>(number("RANK", 0, place.size - 1));
  if (place.size == 1) return std::nullopt;
  place.local_rank = static_cast<int>(optional_number("LOCAL_RANK", 0, place.size - 1).value_or(place.rank));
  place.master_address = variable("MASTER_ADDR").value_or(place.master_address);
  place.master_port = static_cast<uint16_t>(number("MASTER_PORT", 1, 65535));
  place.local_size = static_cast<int>(optional_number("LOCAL_WORLD_SIZE", 1, place.size).value_or(1));
  place.has_agent_store = variable("TORCHELASTIC_USE_AGENT_STORE") == "True";
  place.attempt = optional_number("TORCHELASTIC_RESTART_COUNT", 0, kMostAttempts).value_or(0);
  if (const auto file = optional_number("RETORT_LISTEN_FD", 3, kMostFiles))
    place.listen_fd = static_cast<int>(*file);
  return place;
}

}  // namespace retort::distributed
