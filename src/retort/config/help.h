// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/config/key_schema.h"
#include "retort/config/node.h"

namespace retort::config {

/// What the configuration file says of a key in the comment behind it: meaning, unit,
/// choices. Empty where it says nothing, or where the value does not come from a file.
std::string comment_of(const Node& value);

/// The choices that a comment lists: "none, crop, crop_flip"; "what is trained: teacher, student (alone) or
/// distill"; "mean: of probabilities; geometric_mean: of logits"; "any of: csv". Empty where it lists none,
/// as in "a file, or a list of files".
std::vector<std::string> choices_in(const std::string& comment);

/// One line a leaf below `path`: key, value, what its file says of it, and in brackets what it takes.
std::string explain_keys(const Node& value, const std::string& path, const KeySchema& schema);

}  // namespace retort::config
