// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "retort/config/node.h"

namespace retort::config {

/// One entry of a defaults list: a config by its path (`- train`), or an option of a group (`- data: mnist`).
///
/// An entry knows nothing of where its list stands until place_in() tells it; the paths and packages below
/// mean something only then.
struct DefaultEntry {
  enum class Kind { config, group };

  Kind kind = Kind::config;
  std::string path;                    // of a config, or of a group; relative unless it starts with '/'
  std::optional<std::string> option;   // of a group; none: `group: null`
  std::vector<std::string> options;    // of a group: a list of options
  bool has_options = false;            // the list is meant, though it may be empty
  std::optional<std::string> package;  // after '@'
  std::optional<std::string> header;   // "# @package ..." of the file
  bool is_optional = false, is_override = false;
  bool is_primary = false;   // the config that was asked for
  bool is_appended = false;  // by an override: +group=option
  bool is_deleted = false;   // by an override, or an optional one that does not exist
  std::string parent_folder, parent_package;
  Source source;

  bool is_self() const { return kind == Kind::config ? path == "_self_" : option == "_self_"; }
  bool is_missing() const { return name() == "???"; }
  bool is_interpolation() const;

  void place_in(const std::string& folder, const std::string& package_of_parent);
  /// Takes what "# @package" says.
  void set_header(const std::optional<std::string>& package_header);

  /// The last part of the config's path; none for `group: null`.
  std::optional<std::string> name() const;
  std::string group_path() const;
  std::string config_path() const;
  std::string final_package(bool with_header = true) const;
  /// "data" or "data@model.source": what an override calls it.
  std::string override_key() const;
};

/// Reads the value of `defaults:`; `config` is the config's path, for messages.
std::vector<DefaultEntry> read_defaults_list(const Node& list, const std::string& config);

}  // namespace retort::config
