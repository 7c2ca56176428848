// SPDX-License-Identifier: MIT
#include "retort/trainer/fingerprint.h"

#include <set>
#include <vector>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::trainer {
namespace {

void collect(const config::Node& node, const std::string& path, Fingerprint& fingerprint) {
  static const std::set<std::string> ignored = {"data.root",         "data.download",       "data.url",
                                                "data.sha256",       "data.loader_threads", "teacher.table",
                                                "teacher.audit_rows"};
  if (ignored.contains(path)) return;
  if (!node.is_dict()) {
    fingerprint[path] = config::describe(node);
    return;
  }
  for (const auto& [key, value] : node.as_dict())
    collect(value, fmt::format("{}.{}", path, key.text()), fingerprint);
}

}  // namespace

Fingerprint fingerprint_of(const config::Node& config) {
  Fingerprint fingerprint;
  for (const char* path : {"model", "data", "method", "optimizer", "schedule", "teacher", "seed",
                           "trainer.precision", "trainer.limit_train_batches", "trainer.weight_max_norm"})
    if (const config::Node* node = config.select(path)) collect(*node, path, fingerprint);
  return fingerprint;
}

std::string describe_differences(const Fingerprint& there, const Fingerprint& here) {
  const auto value = [](const Fingerprint& fingerprint, const std::string& key) {
    const auto found = fingerprint.find(key);
    return found == fingerprint.end() ? std::string("absent") : printable(found->second);
  };
  std::set<std::string> keys;
  for (const auto& [key, text] : there) keys.insert(key);
  for (const auto& [key, text] : here) keys.insert(key);
  std::vector<std::string> differences;
  for (const std::string& key : keys)
    if (value(there, key) != value(here, key))
      differences.push_back(
          fmt::format("{} is {} there and {} here", printable(key), value(there, key), value(here, key)));
  return join(differences, "; ");
}

}  // namespace retort::trainer
