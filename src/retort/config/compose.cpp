// SPDX-License-Identifier: MIT
#include "retort/config/compose.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "retort/config/config_override.h"
#include "retort/config/group_overrides.h"
#include "retort/config/hydra_config.h"
#include "retort/config/hydra_schema.h"
#include "retort/config/merge.h"
#include "retort/config/override_value.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& message) { throw Error(ExitCode::config, message); }

bool is_hydra_override(const Override& override) {
  return override.key_or_group.starts_with("hydra.") || override.key_or_group.starts_with("hydra/");
}

std::string absolute(const std::string& path) {
  std::error_code ignored;
  const fs::path whole = fs::absolute(path, ignored).lexically_normal();
  return whole.has_filename() || whole == whole.root_path() ? whole.string() : whole.parent_path().string();
}

std::vector<std::unique_ptr<ConfigSource>> base_sources(const ComposeRequest& request) {
  std::vector<std::unique_ptr<ConfigSource>> sources;
  sources.push_back(make_built_in_source("hydra", "pkg", "hydra.conf", hydra_package_configs()));
  sources.push_back(make_folder_source("main", absolute(request.config_path)));
  if (!sources.back()->is_available())
    fail(fmt::format(
        "Primary config directory not found.\nCheck that the config directory '{}' exists and is readable",
        sources.back()->path()));
  for (const std::string& folder : request.config_dirs) {
    sources.push_back(make_folder_source("command-line", absolute(folder)));
    if (!sources.back()->is_available())
      fail(fmt::format("Additional config directory '{}' not found", sources.back()->path()));
  }
  sources.push_back(make_built_in_source("schema", "structured", "", hydra_schema_configs()));
  return sources;
}

/// What hydra.searchpath of the primary config or of an override names.
std::vector<std::unique_ptr<ConfigSource>> further_sources(const Node& list, const std::string& provider) {
  const auto is_text = [](const Node& item) { return item.is_string(); };
  if (!list.is_list() || !std::all_of(list.as_list().begin(), list.as_list().end(), is_text))
    fail(fmt::format("hydra.searchpath must be a list of strings. Got: {}{}", describe(list),
                     list.source().caret()));
  constexpr size_t kMostPlaces = 100;
  if (list.as_list().size() > kMostPlaces)
    fail(fmt::format("hydra.searchpath names more than {} places{}", kMostPlaces, list.source().caret()));
  std::vector<std::unique_ptr<ConfigSource>> sources;
  for (const Node& item : list.as_list()) sources.push_back(make_source(provider, item.as_string()));
  return sources;
}

const LoadedConfig* load_primary(Repository& repository, const ComposeRequest& request) {
  const LoadedConfig* primary = request.config_name ? repository.load(*request.config_name) : nullptr;
  if (primary != nullptr && !primary->content.is_dict())
    fail(fmt::format("primary config '{}' must be a dictionary, found {}", *request.config_name,
                     kind_name(primary->content)));
  return primary;
}

void extend_search_path(Repository& repository, const LoadedConfig* primary,
                        const std::vector<Override>& overrides, std::vector<std::string>& warnings) {
  const auto is_search_path = [](const Override& override) {
    return override.key_element() == "hydra.searchpath";
  };
  const auto typed = std::find_if(overrides.begin(), overrides.end(), is_search_path);
  std::optional<Node> list;
  if (typed != overrides.end() && !typed->value.is_null())
    list = typed->value;
  else if (primary != nullptr && primary->content.select("hydra.searchpath") != nullptr)
    list = Interpolator(primary->content, nullptr, {}).resolve("hydra.searchpath");
  if (!list || list->is_null()) return;

  const bool is_typed = typed != overrides.end() && !typed->value.is_null();
  repository.insert_before_last(
      further_sources(*list, is_typed ? "hydra.searchpath in command-line" : "hydra.searchpath in main"));
  for (const auto& source : repository.sources())
    if (!source->is_available()) warnings.push_back(source->to_string() + " is not available");
}

void check_sweeps(const std::vector<Override>& overrides, RunMode mode) {
  for (const Override& override : overrides) {
    if (!override.sweep) continue;
    if (mode == RunMode::multirun) {
      if (is_hydra_override(override))
        fail(fmt::format("Sweeping over Hydra's configuration is not supported: '{}'{}", override.line,
                         override.value_source().caret()));
    } else if (override.sweep->kind == Sweep::Kind::choice &&
               override.line.find("choice(") == std::string::npos) {
      const std::string key = override.key_element();
      const std::string value = override.line.substr(override.value_position);
      fail(
          fmt::format("Ambiguous value for argument '{}'\n1. To use it as a list: {}=[{}]\n2. To use it as "
                      "text: \"{}={}\"\n3. To sweep over it, add --multirun to your command line{}",
                      override.line, key, value, key, to_override_text({Text{value, '\''}}),
                      override.value_source().caret()));
    } else {
      fail(fmt::format("Sweep parameters '{}' requires --multirun{}", override.line,
                       override.value_source().caret()));
    }
  }
}

/// `content` under the keys of a package.
Node in_package(const Node& content, const std::string& package) {
  const std::vector<std::string> keys = package.empty() ? std::vector<std::string>{} : split_path(package);
  Node result = content;
  for (auto key = keys.rbegin(); key != keys.rend(); ++key)
    result = Node(Node::Dict{{*key, std::move(result)}}, content.source());
  return result;
}

/// Merges one config after another.
class Merger {
 public:
  Merger(Repository& repository, Interpolator::Time now)
      : repository_(repository), interpolator_(root_, &root_, now) {}
  Merger(const Merger&) = delete;
  Merger& operator=(const Merger&) = delete;

  void add(const DefaultsRow& row) {
    const LoadedConfig& loaded = *repository_.load(row.config_path);
    check_limits(size_ += size_of(loaded.content));
    Node content = in_package(loaded.content, row.package);
    const bool is_schema = row.config_path == "hydra/config";
    if (!row.is_primary && !is_schema)
      for (const char* key : {"hydra.searchpath", "hydra.aliases"})
        if (const Node* value = content.select(key))
          fail(fmt::format("In '{}' ({}): {} can only be set in the primary config", row.config_path,
                           value->source().to_string(), key));
    // What the aliases mean was settled before; Hydra 1.3 knows no such key.
    if (Node* hydra = row.is_primary ? content.find("hydra") : nullptr; hydra != nullptr && hydra->is_dict())
      hydra->erase("aliases");
    try {
      merge_into(root_, content,
                 [this](const Node& interpolation, const std::vector<std::string>& parent) -> const Node* {
                   const Node* found = interpolator_.container_behind(interpolation, parent);
                   if (found != nullptr) check_limits(size_ += size_of(*found));
                   return found;
                 });
      has_schema_ = has_schema_ || is_schema;
      if (has_schema_)
        conform_to_hydra_schema(root_.put("hydra", *root_.find("hydra")), /*allows_new_keys=*/false);
    } catch (const Error& error) {
      fail(fmt::format("In '{}': {}", row.config_path, error.what()));
    }
  }

  Node take() { return std::move(root_); }

 private:
  Repository& repository_;
  Node root_{Node::Dict{}};
  Interpolator interpolator_;
  NodeSize size_;  // of what was merged, and what was copied from behind interpolations
  bool has_schema_ = false;
};

/// The overrides as one name for a folder: sorted, without those of excluded keys.
std::string override_dirname(const std::vector<Override>& overrides, const Node& job) {
  const Node& options = *job.select("config.override_dirname");
  std::vector<std::string> excluded;
  for (const Node& key : options.find("exclude_keys")->as_list()) excluded.push_back(key.as_string());
  std::vector<std::string> lines;
  for (const Override& override : overrides)
    if (!is_hydra_override(override) &&
        std::find(excluded.begin(), excluded.end(), override.key_or_group) == excluded.end())
      lines.push_back(override.line);
  std::sort(lines.begin(), lines.end());
  std::string result;
  for (const char c : join(lines, options.find("item_sep")->as_string())) {
    if (c == '=')
      result += options.find("kv_sep")->as_string();
    else
      result += c;
  }
  return result;
}

Node source_list(const Repository& repository) {
  Node::List list;
  for (const auto& source : repository.sources())
    list.emplace_back(Node::Dict{{"path", Node(source->path())},
                                 {"schema", Node(source->scheme())},
                                 {"provider", Node(source->provider())}});
  return Node(std::move(list));
}

/// What only the run itself knows.
void fill_in_hydra(Node& hydra, const ComposeRequest& request, const std::vector<Override>& overrides,
                   const GroupOverrides& groups, const Repository& repository) {
  for (const Override& override : overrides)
    hydra.select(is_hydra_override(override) ? "overrides.hydra" : "overrides.task")
        ->as_list()
        .emplace_back(override.line);

  Node& runtime = *hydra.find("runtime");
  for (const auto& [key, option] : groups.choices())
    runtime.find("choices")->put(key, option ? Node(*option) : Node());
  runtime.put("version", Node(kHydraVersion));
  runtime.put("version_base", Node(kHydraVersionBase));
  std::error_code ignored;
  runtime.put("cwd", Node(fs::current_path(ignored).string()));
  runtime.put("config_sources", source_list(repository));

  Node& job = *hydra.find("job");
  for (const Node& name : job.find("env_copy")->as_list()) {
    const char* value = std::getenv(name.as_string().c_str());
    if (value == nullptr)
      fail(fmt::format("hydra.job.env_copy: environment variable '{}' not found",
                       printable(name.as_string())));
    job.find("env_set")->put(name.as_string(), Node(value));
  }
  if (job.find("name")->is_missing()) job.put("name", Node(request.job_name));
  job.put("override_dirname", Node(override_dirname(overrides, job)));
  job.put("config_name", request.config_name ? Node(*request.config_name) : Node());
}

void check_hydra_override(const Override& override) {
  const std::string& key = override.key_or_group;
  const auto refuse = [&](const std::string& why) {
    fail(fmt::format("override '{}': {}{}", override.line, why, override.key_source().caret()));
  };
  if (key == "hydra.aliases" || key.starts_with("hydra.aliases."))
    refuse("hydra.aliases can only be set in the primary config");
  const bool is_key_of_hydra = key == "hydra" || (key.starts_with("hydra.") && key.find('.', 6) == key.npos);
  if (override.kind == Override::Kind::remove && is_key_of_hydra)
    refuse("Hydra's own configuration cannot be removed");
}

// Composes what the overrides, aliases expanded, ask for.
void compose_expanded(const ComposeRequest& request, const LoadedConfig* primary, Composition& result) {
  Repository& repository = *result.repository;
  const std::vector<Override> overrides = parse_overrides(result.overrides);
  extend_search_path(repository, primary, overrides, result.warnings);
  check_sweeps(overrides, request.mode);

  GroupOverrides groups(repository, overrides);
  result.tree =
      build_defaults_tree(repository, request.config_name, groups, request.mode == RunMode::multirun);
  result.defaults = flatten(result.tree);
  groups.check_all_used();

  Merger merger(repository, result.time);
  for (const DefaultsRow& row : result.defaults) merger.add(row);
  result.root = merger.take();
  result.config_overrides = groups.config_overrides();
  Interpolator interpolator(result.root, &result.root, result.time);
  for (const Override& override : result.config_overrides) {
    check_hydra_override(override);
    apply_override(result.root, override, interpolator);
    if (is_hydra_override(override))
      conform_to_hydra_schema(*result.root.find("hydra"), /*allows_new_keys=*/true);
  }
  fill_in_hydra(*result.root.find("hydra"), request, overrides, groups, repository);
}

// For the end of a message about an override that was typed otherwise.
std::string expansions(const std::vector<std::string>& typed, const std::vector<std::string>& expanded) {
  std::string text;
  for (size_t i = 0; i < typed.size(); ++i)
    if (typed[i] != expanded[i])
      text += fmt::format("\n'{}' stands for '{}'", printable(typed[i]), printable(expanded[i]));
  return text;
}

}  // namespace

Composition compose(const ComposeRequest& request) {
  Composition result;
  result.time = std::chrono::system_clock::now();
  result.repository = std::make_shared<Repository>(base_sources(request));
  const LoadedConfig* primary = load_primary(*result.repository, request);
  if (primary != nullptr && primary->package.value_or("_global_") == "_global_")
    result.aliases = OverrideAliases::from(primary->content);
  for (const std::string& override : request.overrides)
    result.overrides.push_back(result.aliases.expand(override));
  try {
    compose_expanded(request, primary, result);
  } catch (const Error& error) {
    throw Error(error.code(), error.what() + expansions(request.overrides, result.overrides));
  }
  return result;
}

Node Composition::job() const {
  Node job = root;
  job.erase("hydra");
  return job;
}

const Node& Composition::hydra() const { return *root.find("hydra"); }

Node Composition::resolved_job() const {
  const Node own = job();
  return Interpolator(own, &root, time).resolve();
}

Node Composition::resolved_hydra() const { return *Interpolator(root, &root, time).resolve("hydra"); }

}  // namespace retort::config
