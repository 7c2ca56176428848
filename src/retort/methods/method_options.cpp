// SPDX-License-Identifier: MIT
#include "retort/methods/method_options.h"

#include "retort/config/reader.h"
#include "retort/methods/hinton_options.h"

namespace retort::methods {
namespace {

template <class Options>
void check(const config::Node& method) {
  Options::from(method);
}

struct Entry {
  std::string name;
  void (*check)(const config::Node&);
};

const std::vector<Entry>& methods() {
  static const std::vector<Entry> table = {
      {"hinton", check<HintonOptions>},
  };
  return table;
}

}  // namespace

const std::vector<std::string>& method_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> all;
    for (const Entry& entry : methods()) all.push_back(entry.name);
    return all;
  }();
  return names;
}

void check_method_options(const config::Node& method) {
  const std::string name = config::Reader(method, "method").choice("name", method_names());
  for (const Entry& entry : methods())
    if (entry.name == name) entry.check(method);
}

double label_smoothing_of(const config::Node& method) {
  return config::Reader(method, "method")
      .optional_number("label_smoothing", {.at_least = 0, .at_most = 1})
      .value_or(0);
}

}  // namespace retort::methods
