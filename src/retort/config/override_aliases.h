// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "retort/config/node.h"

namespace retort::config {

/// Short names for overrides, as Hydra 1.4 has them: `hydra.aliases` of the primary config.
///
///     hydra:
///       aliases:
///         lr: optimizer.lr            # lr=0.1 is optimizer.lr=0.1
///         quick: trainer.max_epochs=1 # quick alone is the whole override
///         "net,n": model              # two names
class OverrideAliases {
 public:
  OverrideAliases() = default;
  /// Those of a primary config, which stand as written: an Error (config) for interpolations, for what is no
  /// override, for a name given twice and for one that leads to another.
  static OverrideAliases from(const Node& primary);

  /// The override that is meant; itself where its key is no alias. An Error (config) where the alias of a key
  /// was given no value. Expanding twice changes nothing more.
  std::string expand(const std::string& override) const;

  bool empty() const { return aliases_.empty(); }
  /// How each begins on the command line: "lr=", "quick".
  std::vector<std::string> typed() const;
  /// A line each: "lr=VALUE -> optimizer.lr=VALUE".
  std::string to_text() const;

 private:
  const std::string* find(std::string_view name) const;

  std::vector<std::pair<std::string, std::string>> aliases_;  // name and target, in the order written
  std::unordered_map<std::string, size_t> places_;            // of the names
};

}  // namespace retort::config
