// SPDX-License-Identifier: MIT
#include "retort/trainer/fingerprint.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::trainer {
namespace {

void collect(const config::Node& node, const std::string& path, Fingerprint& fingerprint) {
  static const std::set<std::string> ignored = {"data.root",         "data.download",       "data.url",
                                                "data.sha256",       "data.loader_threads", "teacher.table",
                                                "teacher.audit_rows"};
  // Keys that came later, at the value that leaves all as it was: a checkpoint from before goes on.
  static const std::map<std::string, std::string> neutral = {{"data.mixup_alpha", "0.0"},
                                                             {"method.label_smoothing", "0.0"}};
  if (ignored.contains(path)) return;
  if (!node.is_dict()) {
    const std::string value = config::describe(node);
    if (const auto found = neutral.find(path); found == neutral.end() || found->second != value)
      fingerprint[path] = value;
    return;
  }
  for (const auto& [key, value] : node.as_dict())
    collect(value, fmt::format("{}.{}", path, key.text()), fingerprint);
}

// By its own name, or by that of a group that it is in.
bool is_allowed(const std::string& key, const std::vector<std::string>& allowed) {
  return std::any_of(allowed.begin(), allowed.end(),
                     [&](const std::string& name) { return key == name || key.starts_with(name + "."); });
}

}  // namespace

Fingerprint fingerprint_of(const config::Node& config) {
  Fingerprint fingerprint;
  for (const char* path :
       {"model", "data", "method", "optimizer", "schedule", "teacher", "seed", "trainer.precision",
        "trainer.limit_train_batches", "trainer.weight_max_norm", "trainer.overfit_batches",
        "trainer.accumulate_grad_batches", "trainer.gradient_clip_val", "trainer.gradient_clip_algorithm",
        "trainer.on_nonfinite", "callbacks.ema_weight_averaging", "callbacks.stochastic_weight_averaging"})
    if (const config::Node* node = config.select(path)) collect(*node, path, fingerprint);
  return fingerprint;
}

std::string describe_differences(const Fingerprint& there, const Fingerprint& here,
                                 const std::vector<std::string>& allowed) {
  const auto value = [](const Fingerprint& fingerprint, const std::string& key) {
    const auto found = fingerprint.find(key);
    return found == fingerprint.end() ? std::string("absent") : printable(found->second);
  };
  std::set<std::string> keys;
  for (const auto& [key, text] : there) keys.insert(key);
  for (const auto& [key, text] : here) keys.insert(key);
  std::vector<std::string> differences;
  for (const std::string& key : keys)
    if (!is_allowed(key, allowed) && value(there, key) != value(here, key))
      differences.push_back(
          fmt::format("{} is {} there and {} here", printable(key), value(there, key), value(here, key)));
  return join(differences, "; ");
}

}  // namespace retort::trainer
