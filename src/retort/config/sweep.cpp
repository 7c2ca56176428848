// SPDX-License-Identifier: MIT
#include "retort/config/sweep.h"

#include <algorithm>
#include <random>
#include <unordered_map>

#include <fmt/format.h>
#include <fnmatch.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

constexpr size_t kMaxJobs = 10'000;
constexpr size_t kMaxBytes = 8 << 20;  // that the overrides of all jobs take

bool matches_any(const std::string& name, const std::vector<std::string>& patterns) {
  return std::any_of(patterns.begin(), patterns.end(), [&](const std::string& pattern) {
    return fnmatch(pattern.c_str(), name.c_str(), FNM_NOESCAPE) == 0;
  });
}

std::vector<std::string> matching_options(const Sweep& sweep, std::vector<std::string> options) {
  std::erase_if(options, [&](const std::string& option) {
    return !matches_any(option, sweep.include) || matches_any(option, sweep.exclude);
  });
  return options;
}

// The order of a shuffled sweep follows from its text, so that a broken sweep goes on with the same jobs.
void shuffle(std::vector<std::string>& values, const std::string& line) {
  uint64_t seed = 0xCBF29CE484222325;
  for (const char c : line) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3;  // FNV-1a
  std::mt19937_64 generator(seed);
  for (size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[generator() % i]);
}

// One key with all its values, as "key=value".
std::vector<std::string> alternatives(
    const Override& override,
    const std::function<std::vector<std::string>(const std::string& group)>& group_options) {
  const std::string key = override.key_element();
  if (!override.has_value) return {key + "=null"};  // `~key` as Hydra hands it to a job
  if (!override.sweep.has_value()) return {key + "=" + override.value_text};

  const Sweep& sweep = *override.sweep;
  if (sweep.kind == Sweep::Kind::interval)
    throw Error(ExitCode::config,
                fmt::format("'{}': an interval has no list of values; a sweep takes choice(), range(), "
                            "glob() or values with commas",
                            printable(override.line)));
  std::vector<std::string> values = sweep.kind == Sweep::Kind::glob
                                        ? matching_options(sweep, group_options(override.key_or_group))
                                        : sweep.values;
  if (sweep.shuffle) shuffle(values, override.line);
  for (std::string& value : values) value = key + "=" + value;
  return values;
}

size_t size_of(const std::vector<std::string>& texts) {
  size_t bytes = 0;
  for (const std::string& text : texts) bytes += sizeof(std::string) + text.size();
  return bytes;
}

}  // namespace

std::vector<JobOverrides> expand_sweep(
    const std::vector<Override>& overrides,
    const std::function<std::vector<std::string>(const std::string& group)>& group_options) {
  std::vector<std::vector<std::string>> keys;  // the alternatives of each
  std::unordered_map<std::string, size_t> places;
  for (const Override& override : overrides) {
    const auto [place, is_new] = places.emplace(override.key_element(), keys.size());
    if (is_new) keys.emplace_back();
    keys[place->second] = alternatives(override, group_options);
  }

  std::vector<JobOverrides> jobs = {{}};
  size_t bytes = 0;
  for (const std::vector<std::string>& values : keys) {
    if (jobs.size() * values.size() > kMaxJobs)
      throw Error(ExitCode::config, fmt::format("the sweep has more than {} jobs", kMaxJobs));
    bytes = bytes * values.size() + jobs.size() * size_of(values);
    if (bytes > kMaxBytes)
      throw Error(ExitCode::config, fmt::format("the overrides of the sweep's {} jobs take more than {}",
                                                jobs.size() * values.size(), human_bytes(kMaxBytes)));
    std::vector<JobOverrides> longer;
    longer.reserve(jobs.size() * values.size());
    for (const JobOverrides& job : jobs) {
      for (const std::string& value : values) {
        longer.push_back(job);
        longer.back().push_back(value);
      }
    }
    jobs = std::move(longer);
  }
  return jobs;
}

std::vector<std::string> swept_keys(const std::vector<JobOverrides>& jobs) {
  std::vector<std::string> keys;
  for (size_t i = 0; !jobs.empty() && i < jobs[0].size(); ++i) {
    const bool varies =
        std::any_of(jobs.begin(), jobs.end(), [&](const JobOverrides& job) { return job[i] != jobs[0][i]; });
    if (varies) keys.push_back(jobs[0][i].substr(0, jobs[0][i].find('=')));
  }
  return keys;
}

}  // namespace retort::config
