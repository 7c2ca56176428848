// SPDX-License-Identifier: MIT
#include "retort/tracking/options.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::tracking {

const std::vector<std::string>& tracker_names() {
  static const std::vector<std::string> names = {"csv"};
  return names;
}

std::vector<std::string> read_names(config::Reader& root) {
  const std::vector<std::string>& known = tracker_names();
  std::vector<std::string> names = root.texts("tracker");
  for (auto name = names.begin(); name != names.end(); ++name) {
    if (std::find(known.begin(), known.end(), *name) == known.end())
      root.fail("tracker", fmt::format("no tracker is called '{}'; there are: {}.{}", printable(*name),
                                       join(known, ", "), did_you_mean(*name, known)));
    if (std::find(names.begin(), name, *name) != name)
      root.fail("tracker", fmt::format("'{}' stands twice in the list", *name));
  }
  return names;
}

}  // namespace retort::tracking
