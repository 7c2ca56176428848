// SPDX-License-Identifier: MIT
#include "retort/config/hydra_schema.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "retort/config/python_text.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

enum class Type { any, text, integer, boolean, run_mode, list, dict };

struct Field {
  const char* path;  // below `hydra`; `*` is any key, or any index
  Type type;
  bool is_optional = false;
};

constexpr Field kFields[] = {
    {"mode", Type::run_mode, true},
    {"searchpath", Type::list},
    {"searchpath.*", Type::text},
    {"run", Type::dict},
    {"run.dir", Type::text},
    {"sweep", Type::dict},
    {"sweep.dir", Type::text},
    {"sweep.subdir", Type::text},
    {"hydra_logging", Type::dict},
    {"hydra_logging.*", Type::any},
    {"job_logging", Type::dict},
    {"job_logging.*", Type::any},
    {"sweeper", Type::any},
    {"launcher", Type::any},
    {"callbacks", Type::dict},
    {"callbacks.*", Type::any},
    {"env", Type::any},
    {"help", Type::dict},
    {"help.app_name", Type::text},
    {"help.header", Type::text},
    {"help.footer", Type::text},
    {"help.template", Type::text},
    {"hydra_help", Type::dict},
    {"hydra_help.hydra_help", Type::text},
    {"hydra_help.template", Type::text},
    {"output_subdir", Type::text, true},
    {"overrides", Type::dict},
    {"overrides.hydra", Type::list},
    {"overrides.hydra.*", Type::text},
    {"overrides.task", Type::list},
    {"overrides.task.*", Type::text},
    {"job", Type::dict},
    {"job.name", Type::text},
    {"job.chdir", Type::boolean, true},
    {"job.override_dirname", Type::text},
    {"job.id", Type::text},
    {"job.num", Type::integer},
    {"job.config_name", Type::text, true},
    {"job.env_set", Type::dict},
    {"job.env_set.*", Type::text},
    {"job.env_copy", Type::list},
    {"job.env_copy.*", Type::text},
    {"job.config", Type::dict},
    {"job.config.override_dirname", Type::dict},
    {"job.config.override_dirname.kv_sep", Type::text},
    {"job.config.override_dirname.item_sep", Type::text},
    {"job.config.override_dirname.exclude_keys", Type::list},
    {"job.config.override_dirname.exclude_keys.*", Type::text},
    {"runtime", Type::dict},
    {"runtime.version", Type::text},
    {"runtime.version_base", Type::text},
    {"runtime.cwd", Type::text},
    {"runtime.config_sources", Type::any},
    {"runtime.output_dir", Type::text},
    {"runtime.choices", Type::dict},
    {"runtime.choices.*", Type::any},
    {"verbose", Type::any},
};

// The schemas of the two plugins; they hold only while the plugin is chosen.
constexpr Field kLauncherFields[] = {{"launcher._target_", Type::text}};
constexpr Field kSweeperFields[] = {
    {"sweeper._target_", Type::text},
    {"sweeper.max_batch_size", Type::integer, true},
    {"sweeper.params", Type::dict, true},
    {"sweeper.params.*", Type::text},
};

class Schema {
 public:
  explicit Schema(const Node& hydra) : fields_(std::begin(kFields), std::end(kFields)) {
    const auto use = [&](const char* target, std::string_view name, const auto& fields) {
      const Node* found = hydra.select(target);
      if (found != nullptr && found->is_string() && found->as_string().ends_with(name))
        fields_.insert(fields_.end(), std::begin(fields), std::end(fields));
    };
    use("launcher._target_", ".BasicLauncher", kLauncherFields);
    use("sweeper._target_", ".BasicSweeper", kSweeperFields);
  }

  const Field* find(const std::string& path) const {
    const auto found =
        std::find_if(fields_.begin(), fields_.end(), [&](const Field& field) { return path == field.path; });
    return found == fields_.end() ? nullptr : &*found;
  }

  /// Whether anything is said about what stands in the dictionary at a path.
  bool has_fields_in(const std::string& path) const {
    const std::string prefix = path.empty() ? "" : path + ".";
    return std::any_of(fields_.begin(), fields_.end(),
                       [&](const Field& f) { return std::string_view(f.path).starts_with(prefix); });
  }

  std::vector<std::string> names_in(const std::string& path) const {
    const std::string prefix = path.empty() ? "" : path + ".";
    std::vector<std::string> names;
    for (const Field& field : fields_) {
      const std::string_view whole = field.path;
      if (whole.starts_with(prefix) && whole.find('.', prefix.size()) == whole.npos)
        names.emplace_back(whole.substr(prefix.size()));
    }
    return names;
  }

 private:
  std::vector<Field> fields_;
};

[[noreturn]] void fail(const Node& node, const std::string& key, const std::string& message) {
  throw Error(ExitCode::config, fmt::format("{}={}{}: {}{}", key, describe(node),
                                            node.source().in_parentheses(), message, node.source().caret()));
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

Node to_integer(const Node& node, const std::string& key) {
  if (node.is_int()) return node;
  if (node.is_bool()) return Node(node.as_bool() ? 1 : 0, node.source());
  int64_t value = 0;
  if (node.is_string()) {
    const std::string& text = node.as_string();
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error == std::errc{} && end == text.data() + text.size()) return Node(value, node.source());
  }
  fail(node, key, "expected an integer");
}

Node to_boolean(const Node& node, const std::string& key) {
  if (node.is_bool()) return node;
  if (node.is_int()) return Node(node.as_int() != 0, node.source());
  if (node.is_string()) {
    const std::string word = lower(node.as_string());
    if (word == "yes" || word == "y" || word == "on" || word == "true" || word == "1")
      return Node(true, node.source());
    if (word == "no" || word == "n" || word == "off" || word == "false" || word == "0")
      return Node(false, node.source());
  }
  fail(node, key, "expected true or false");
}

Node to_run_mode(const Node& node, const std::string& key) {
  const std::vector<std::string> names = {"RUN", "MULTIRUN"};
  std::string name = node.is_string() ? node.as_string() : "";
  if (node.is_int() && (node.as_int() == 1 || node.as_int() == 2))
    name = names[static_cast<size_t>(node.as_int() - 1)];
  constexpr std::string_view kPrefix = "RunMode.";
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  if (std::find(names.begin(), names.end(), name) == names.end())
    fail(node, key, "expected one of RUN, MULTIRUN");
  return Node(name, node.source());
}

void conform_value(Node& node, const Field& field, const std::string& key) {
  if (field.type == Type::any || node.is_missing() || node.is_interpolation()) return;
  if (node.is_null()) {
    if (!field.is_optional) fail(node, key, "null is not allowed here");
    return;
  }
  const bool is_container = node.is_dict() || node.is_list();
  switch (field.type) {
    case Type::any:
      break;
    case Type::list:
      if (!node.is_list()) fail(node, key, "expected a list");
      break;
    case Type::dict:
      if (!node.is_dict()) fail(node, key, "expected a dictionary");
      break;
    case Type::text:
      if (is_container) fail(node, key, "expected text");
      node = Node(python_str(node), node.source());
      break;
    case Type::integer:
      node = to_integer(node, key);
      break;
    case Type::boolean:
      node = to_boolean(node, key);
      break;
    case Type::run_mode:
      node = to_run_mode(node, key);
      break;
  }
}

void conform(Node& node, const std::string& path, const Schema& schema, bool allows_new_keys) {
  if (node.is_list()) {
    const Field* items = schema.find(path + ".*");
    if (items == nullptr) return;
    for (Node& item : node.as_list()) conform_value(item, *items, "hydra." + path);
    return;
  }
  if (!node.is_dict() || !schema.has_fields_in(path)) return;
  const std::string prefix = path.empty() ? "" : path + ".";
  const Field* any_key = schema.find(prefix + "*");
  for (auto& [key, value] : node.as_dict()) {
    const std::string whole = prefix + key.text();
    const Field* field = any_key != nullptr ? any_key : schema.find(whole);
    if (field == nullptr) {
      if (allows_new_keys) continue;
      fail(value, "hydra." + whole,
           fmt::format("Hydra's configuration has no such key.{}",
                       did_you_mean(key.text(), schema.names_in(path))));
    }
    conform_value(value, *field, "hydra." + whole);
    if (any_key == nullptr) conform(value, whole, schema, allows_new_keys);
  }
}

}  // namespace

void conform_to_hydra_schema(Node& hydra, bool allows_new_keys) {
  if (!hydra.is_dict()) fail(hydra, "hydra", "expected a dictionary");
  for (const Field& field : kFields)
    if (field.type != Type::any && !std::string_view(field.path).ends_with('*') &&
        hydra.select(field.path) == nullptr)
      throw Error(ExitCode::config,
                  fmt::format("hydra.{} is a key of Hydra's own and cannot be removed", field.path));
  conform(hydra, "", Schema(hydra), allows_new_keys);
}

}  // namespace retort::config
