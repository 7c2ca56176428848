// SPDX-License-Identifier: MIT
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "retort/models/model.h"

namespace retort::models {

/// What the configuration may name.
struct RegisteredModel {
  std::string name;
  std::vector<std::string> options;  // fields of Architecture that it takes beside the name
  std::shared_ptr<Model> (*make)(const Architecture& architecture, const Task& task);
};

/// Every network, in the order of help and messages.
const std::vector<RegisteredModel>& registered_models();

/// The one of that name, or nullptr.
const RegisteredModel* find_model(const std::string& name);

}  // namespace retort::models
