// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::models {

/// Which network, in words: a name of model_names() and the options that the name takes. Written into the
/// weights' file, so that a file says what it holds.
struct Architecture {
  std::string name;  // "resnet18"
  std::string stem =
      "cifar";  // resnet18 ... 152: "cifar" (3x3, no max-pool) or "imagenet" (7x7, stride 2, max-pool)
  std::vector<int64_t> widths = {};  // mlp: hidden units, layer by layer
  double dropout = 0;                // mlp: probability on hidden layers, below 1
  double input_dropout = 0;          // mlp: probability on the pixels, below 1

  /// A name alone, or a dictionary {name: ..., options}; `key` is where it stands, for messages
  /// ("model.teacher"). An unknown name, an option that the network does not take or a value out of bounds is
  /// an Error (config).
  static Architecture from(const config::Node& node, const std::string& key);

  /// The form in a file's metadata: '{"name":"mlp","widths":[800,800]}'. Options at their default are left
  /// out.
  std::string to_json() const;
  /// And back. `file` is named in messages. A text that to_json() would not write is an Error (checkpoint).
  static Architecture from_json(const std::string& text, const std::string& file);

  /// For people, short: "resnet18", "resnet18 imagenet", "mlp 800-800".
  std::string label() const;

  bool operator==(const Architecture&) const = default;
};

}  // namespace retort::models
