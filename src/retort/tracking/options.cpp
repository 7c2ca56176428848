// SPDX-License-Identifier: MIT
#include "retort/tracking/options.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::tracking {
namespace {

std::vector<std::string> read_names(config::Reader& root) {
  root.ignore("tracker");
  if (!root.has("tracker")) return {};
  const config::Node& node = root.node("tracker");
  if (!node.is_dict()) return root.texts("tracker");
  std::vector<std::string> names;
  for (const auto& [name, is_on] : node.as_dict()) {
    if (!is_on.is_bool())
      root.fail("tracker", fmt::format("tracker.{} is true or false", printable(name.text())));
    if (is_on.as_bool()) names.push_back(name.text());
  }
  return names;
}

}  // namespace

const std::vector<std::string>& tracker_names() {
  static const std::vector<std::string> names = {"csv", "tensorboard", "wandb", "mlflow"};
  return names;
}

TrackerOptions TrackerOptions::from(config::Reader& root) {
  TrackerOptions options{.names = read_names(root)};
  for (auto name = options.names.begin(); name != options.names.end(); ++name) {
    const auto& known = tracker_names();
    if (std::find(known.begin(), known.end(), *name) == known.end())
      root.fail("tracker", fmt::format("no tracker is called '{}'; there are: {}.{}", printable(*name),
                                       join(known, ", "), did_you_mean(*name, known)));
    if (std::find(options.names.begin(), name, *name) != name)
      root.fail("tracker", fmt::format("'{}' stands twice in the list", *name));
  }
  if (root.has("wandb")) options.wandb = WandbOptions::from(root.node("wandb"));
  if (root.has("mlflow")) options.mlflow = MlflowOptions::from(root.node("mlflow"));
  for (const char* key : {"wandb", "mlflow"}) root.ignore(key);
  return options;
}

}  // namespace retort::tracking
