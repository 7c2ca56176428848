// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace retort::config {

/// One entry of the search path: a place that holds configs ("data/cifar10") in groups ("data").
class ConfigSource {
 public:
  /// `provider` is who put it on the path (main, command-line, hydra, schema), `scheme` one of file, pkg,
  /// structured.
  ConfigSource(std::string provider, std::string scheme, std::string path)
      : provider_(std::move(provider)), scheme_(std::move(scheme)), path_(std::move(path)) {}
  virtual ~ConfigSource() = default;

  virtual bool is_available() const = 0;
  virtual bool is_group(const std::string& path) const = 0;
  virtual bool is_config(const std::string& path) const = 0;
  /// The YAML text of a config that is there.
  virtual std::string read(const std::string& config) const = 0;
  /// What stands directly in a group that is there: names of configs without ".yaml", or of groups; not
  /// sorted.
  virtual std::vector<std::string> configs_in(const std::string& group) const = 0;
  virtual std::vector<std::string> groups_in(const std::string& group) const = 0;
  /// What messages call a config: "conf/data/cifar10.yaml".
  virtual std::string display_name(const std::string& config) const = 0;

  const std::string& provider() const { return provider_; }
  const std::string& scheme() const { return scheme_; }
  const std::string& path() const { return path_; }
  /// "provider=main, path=file:///home/me/conf"
  std::string to_string() const;

 private:
  std::string provider_, scheme_, path_;
};

/// A folder of .yaml files.
std::unique_ptr<ConfigSource> make_folder_source(const std::string& provider, const std::string& folder);

/// Configs that are part of the program: their path and their text.
std::unique_ptr<ConfigSource> make_built_in_source(const std::string& provider, const std::string& scheme,
                                                   const std::string& path,
                                                   std::map<std::string, std::string_view> configs);

/// A source of `hydra.searchpath`: a folder, file://folder, or a scheme that has nothing here.
std::unique_ptr<ConfigSource> make_source(const std::string& provider, const std::string& path);

}  // namespace retort::config
