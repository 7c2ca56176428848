// SPDX-License-Identifier: MIT
#include "retort/models/catalog.h"

#include <algorithm>

namespace retort::models {

const std::vector<CatalogEntry>& catalog() {
  static const std::vector<CatalogEntry> entries = {
      {"resnet18", {"stem"}},  {"resnet34", {"stem"}},  {"resnet50", {"stem"}},
      {"resnet101", {"stem"}}, {"resnet152", {"stem"}}, {"resnet8", {}},
      {"resnet14", {}},        {"resnet20", {}},        {"resnet32", {}},
      {"resnet44", {}},        {"resnet56", {}},        {"resnet110", {}},
      {"resnet8x4", {}},       {"resnet32x4", {}},      {"mlp", {"widths", "dropout", "input_dropout"}},
  };
  return entries;
}

const CatalogEntry* find_in_catalog(const std::string& name) {
  const auto found = std::find_if(catalog().begin(), catalog().end(),
                                  [&](const CatalogEntry& entry) { return entry.name == name; });
  return found == catalog().end() ? nullptr : &*found;
}

const std::vector<std::string>& model_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const CatalogEntry& entry : catalog()) result.push_back(entry.name);
    return result;
  }();
  return names;
}

}  // namespace retort::models
