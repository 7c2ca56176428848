// SPDX-License-Identifier: MIT
#include "retort/config/config_source.h"

#include <filesystem>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "retort/config/yaml_reader.h"
#include "retort/core/error.h"
#include "retort/core/file.h"

namespace retort::config {
namespace {

namespace fs = std::filesystem;

std::string with_extension(const std::string& config) {
  return config.ends_with(".yaml") ? config : config + ".yaml";
}

class FolderSource : public ConfigSource {
 public:
  FolderSource(const std::string& provider, const std::string& folder)
      : ConfigSource(provider, "file", folder), folder_(folder) {}

  bool is_available() const override { return is_group(""); }
  bool is_group(const std::string& path) const override {
    std::error_code ignored;
    return fs::is_directory(whole(path), ignored);
  }
  bool is_config(const std::string& path) const override {
    std::error_code ignored;
    return fs::is_regular_file(whole(with_extension(path)), ignored);
  }
  std::string read(const std::string& config) const override {
    return read_file(whole(with_extension(config)), YamlLimits{}.bytes, ExitCode::config);
  }
  std::vector<std::string> configs_in(const std::string& group) const override {
    std::vector<std::string> names;
    for (const std::string& name : entries(group))
      if (is_config((fs::path(group) / name).string())) names.push_back(name.substr(0, name.rfind('.')));
    return names;
  }
  std::vector<std::string> groups_in(const std::string& group) const override {
    std::vector<std::string> names;
    for (const std::string& name : entries(group))
      if (name != "__pycache__" && is_group((fs::path(group) / name).string())) names.push_back(name);
    return names;
  }
  // Relative to the working directory where the folder is below it, for short messages.
  std::string display_name(const std::string& config) const override {
    const fs::path file = whole(with_extension(config));
    std::error_code ignored;
    const fs::path relative = file.lexically_relative(fs::current_path(ignored));
    return relative.empty() || *relative.begin() == ".." ? file.string() : relative.string();
  }

 private:
  // "a/../b" is b, whether or not there is an a.
  fs::path whole(const std::string& path) const { return (folder_ / path).lexically_normal(); }

  std::vector<std::string> entries(const std::string& group) const {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(whole(group), ignored))
      names.push_back(entry.path().filename().string());
    return names;
  }

  fs::path folder_;
};

class BuiltInSource : public ConfigSource {
 public:
  BuiltInSource(const std::string& provider, const std::string& scheme, const std::string& path,
                std::map<std::string, std::string_view> configs)
      : ConfigSource(provider, scheme, path), configs_(std::move(configs)) {}

  bool is_available() const override { return true; }
  bool is_group(const std::string& path) const override {
    const auto first = configs_.lower_bound(path + "/");
    return path.empty() || (first != configs_.end() && first->first.starts_with(path + "/"));
  }
  bool is_config(const std::string& path) const override { return configs_.contains(path); }
  std::string read(const std::string& config) const override { return std::string(configs_.at(config)); }
  std::vector<std::string> configs_in(const std::string& group) const override {
    return children(group, false);
  }
  std::vector<std::string> groups_in(const std::string& group) const override {
    return children(group, true);
  }
  std::string display_name(const std::string& config) const override {
    return fmt::format("{}://{}/{}", scheme(), path(), config);
  }

 private:
  std::vector<std::string> children(const std::string& group, bool wants_groups) const {
    const std::string prefix = group.empty() ? "" : group + "/";
    std::set<std::string> names;
    for (const auto& [path, text] : configs_) {
      if (!path.starts_with(prefix)) continue;
      const std::string name = path.substr(prefix.size());
      const size_t slash = name.find('/');
      if ((slash != name.npos) == wants_groups) names.insert(name.substr(0, slash));
    }
    return {names.begin(), names.end()};
  }

  std::map<std::string, std::string_view> configs_;
};

/// A scheme that only Python knows, such as a package: it is on the path, and holds nothing.
class AbsentSource : public ConfigSource {
 public:
  using ConfigSource::ConfigSource;
  bool is_available() const override { return false; }
  bool is_group(const std::string&) const override { return false; }
  bool is_config(const std::string&) const override { return false; }
  std::string read(const std::string&) const override { return {}; }
  std::vector<std::string> configs_in(const std::string&) const override { return {}; }
  std::vector<std::string> groups_in(const std::string&) const override { return {}; }
  std::string display_name(const std::string& config) const override { return config; }
};

}  // namespace

std::string ConfigSource::to_string() const {
  return fmt::format("provider={}, path={}://{}", provider_, scheme_, path_);
}

std::unique_ptr<ConfigSource> make_folder_source(const std::string& provider, const std::string& folder) {
  return std::make_unique<FolderSource>(provider, folder);
}

std::unique_ptr<ConfigSource> make_built_in_source(const std::string& provider, const std::string& scheme,
                                                   const std::string& path,
                                                   std::map<std::string, std::string_view> configs) {
  return std::make_unique<BuiltInSource>(provider, scheme, path, std::move(configs));
}

std::unique_ptr<ConfigSource> make_source(const std::string& provider, const std::string& path) {
  const size_t colon = path.find("://");
  if (colon == path.npos) return make_folder_source(provider, path);
  const std::string scheme = path.substr(0, colon);
  if (scheme == "file") return make_folder_source(provider, path.substr(colon + 3));
  if (scheme != "pkg" && scheme != "structured")
    throw Error(ExitCode::config,
                fmt::format("search path '{}': no config source for '{}://'; known: file", path, scheme));
  return std::make_unique<AbsentSource>(provider, scheme, path.substr(colon + 3));
}

}  // namespace retort::config
