// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "retort/config/config_source.h"
#include "retort/config/defaults_list.h"
#include "retort/config/node.h"
#include "retort/config/node_size.h"

namespace retort::config {

/// A config as its file says, without its defaults list.
struct LoadedConfig {
  Node content;                        // a dictionary, or a list
  std::vector<DefaultEntry> defaults;  // not placed yet
  std::optional<std::string> package;  // "# @package ..."
  std::string display_name;
};

/// The most that a configuration of many files may hold.
struct ConfigLimits {
  size_t values = 50'000;
  size_t bytes = 2 << 20;  // of texts and keys
};

/// An Error (config) where a size is beyond the limits.
void check_limits(const NodeSize& size);

/// The search path and what was read from it. A config comes from the first source that has it, and is read
/// once.
class Repository {
 public:
  explicit Repository(std::vector<std::unique_ptr<ConfigSource>> sources) : sources_(std::move(sources)) {}

  /// Puts sources before the last one, which holds the schema. What was read stays.
  void insert_before_last(std::vector<std::unique_ptr<ConfigSource>> sources);

  /// The config at a path ("data/cifar10"), or nullptr. An Error (config) for what no config may hold, and
  /// where all that were read hold too much.
  const LoadedConfig* load(const std::string& config);
  bool is_config(const std::string& path) const;
  bool is_group(const std::string& path) const;
  /// The configs of a group, sorted; those of all sources.
  std::vector<std::string> options(const std::string& group) const;
  /// The groups in a group, sorted.
  std::vector<std::string> groups(const std::string& group) const;

  const std::vector<std::unique_ptr<ConfigSource>>& sources() const { return sources_; }
  /// One line a source, for messages.
  std::string search_path_text() const;

 private:
  std::vector<std::unique_ptr<ConfigSource>> sources_;
  std::map<std::string, std::optional<LoadedConfig>> loaded_;
  NodeSize size_;  // of these
};

}  // namespace retort::config
