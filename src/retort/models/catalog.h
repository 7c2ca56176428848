// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

namespace retort::models {

/// A network that the configuration may name.
struct CatalogEntry {
  std::string name;
  std::vector<std::string> options;  // fields of Architecture that it takes beside the name
};

/// Every network, in the order of help and messages; registry.cpp makes them.
const std::vector<CatalogEntry>& catalog();

/// The one of that name, or nullptr.
const CatalogEntry* find_in_catalog(const std::string& name);

/// Names for the configuration: resnet18, ..., resnet8x4, mlp.
const std::vector<std::string>& model_names();

}  // namespace retort::models
