// SPDX-License-Identifier: MIT
#include "retort/config/defaults_tree.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <fmt/format.h>

#include "retort/config/interpolator.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

constexpr size_t kDeepest = 50;        // configs that ask for one another
constexpr size_t kMostEntries = 5000;  // in all defaults lists together

[[noreturn]] void fail(const std::string& message) { throw Error(ExitCode::config, message); }

// An option that is near, or one of an inner group whose own name is: "mnist/hinton" for "hinton".
std::string option_hint(const std::string& name, const std::vector<std::string>& options) {
  if (std::string hint = did_you_mean(name, options); !hint.empty()) return hint;
  std::vector<std::string> names;
  for (const std::string& option : options) names.push_back(option.substr(option.rfind('/') + 1));
  const std::optional<size_t> nearest = find_nearest(name, names);
  return nearest ? fmt::format(" Did you mean '{}'?", options[*nearest]) : "";
}

class TreeBuilder {
 public:
  TreeBuilder(Repository& repository, GroupOverrides& overrides, bool skips_missing)
      : repository_(repository), overrides_(overrides), skips_missing_(skips_missing) {}

  DefaultsTree build(const std::optional<std::string>& config_name) {
    DefaultEntry hydra, primary;
    hydra.path = "hydra/config";
    primary.path = config_name.value_or("_dummy_empty_config_");
    primary.is_primary = true;

    // The primary config first: it may override groups of hydra/config.
    DefaultsTree primary_tree = expand(primary, nullptr, /*is_interpolated=*/false);
    DefaultsTree hydra_tree = expand(hydra, nullptr, /*is_interpolated=*/false);
    DefaultsTree root;
    root.is_root = true;
    root.is_leaf = false;
    root.children = {std::move(hydra_tree), std::move(primary_tree)};
    return root;
  }

 private:
  DefaultsTree expand(DefaultEntry entry, const DefaultEntry* parent, bool is_interpolated) {
    DefaultsTree tree;
    tree.entry = std::move(entry);
    DefaultEntry& own = tree.entry;
    if (own.is_primary && !repository_.is_config(own.config_path())) fail_not_found(own, parent);

    const LoadedConfig* loaded = own.is_missing() ? nullptr : repository_.load(own.config_path());
    if (loaded != nullptr) own.set_header(loaded->package);
    if (overrides_.deletes(own)) {
      own.is_deleted = true;
      return tree;
    }
    overrides_.note_choice(own);
    if (!own.name()) return tree;
    if (own.config_path().ends_with("???")) {
      if (!skips_missing_) fail_missing(own);
      return tree;
    }
    if (loaded == nullptr) {
      if (!own.is_optional) fail_not_found(own, parent);
      own.is_deleted = true;
      return tree;
    }
    expand_list(tree, *loaded, is_interpolated);
    return tree;
  }

  // Hydra goes through the lists from their end: what stands later decides the options of what stands before.
  void expand_list(DefaultsTree& tree, const LoadedConfig& loaded, bool is_interpolated) {
    const DefaultEntry& own = tree.entry;
    check_depth(own);
    std::vector<DefaultEntry> entries = loaded.defaults;
    bool self_is_implied = false;
    if (!entries.empty() || (own.is_primary && !overrides_.appended().empty()))
      self_is_implied = add_self_where_missing(entries, own);
    if (own.is_primary)
      entries.insert(entries.end(), overrides_.appended().begin(), overrides_.appended().end());
    note_overrides(entries, own, is_interpolated);

    std::vector<DefaultsTree>& children = tree.children;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
      if (entry->is_self()) {
        children.push_back({.entry = *entry});
      } else if (!entry->is_override) {
        expand_entry(children, *entry, own, is_interpolated);
      }
    }
    expand_interpolations(children, entries, own, self_is_implied);
    std::reverse(children.begin(), children.end());
    tree.is_leaf = children.empty();
    ancestors_.pop_back();
  }

  void check_depth(const DefaultEntry& own) {
    const std::string path = own.config_path();
    const bool is_cycle = std::find(ancestors_.begin(), ancestors_.end(), path) != ancestors_.end();
    ancestors_.push_back(path);
    if (is_cycle && ancestors_.size() > kDeepest)
      fail(fmt::format("'{}' asks for itself in its defaults list: {}", path,
                       join(std::span(ancestors_).last(std::min<size_t>(ancestors_.size(), 4)), " -> ")));
    if (ancestors_.size() > kDeepest)
      fail(fmt::format("defaults lists lead to one another more than {} times", kDeepest));
  }

  // True when there was none. A list of overrides alone needs none: the config is merged as a whole.
  static bool add_self_where_missing(std::vector<DefaultEntry>& entries, const DefaultEntry& own) {
    const auto selves =
        std::count_if(entries.begin(), entries.end(), [](const auto& entry) { return entry.is_self(); });
    if (selves > 1) fail(fmt::format("Duplicate _self_ defined in {}", own.config_path()));
    const bool has_other =
        std::any_of(entries.begin(), entries.end(), [](const auto& e) { return !e.is_override; });
    if ((selves == 0 && has_other) || entries.empty()) {
      DefaultEntry self;
      self.path = "_self_";
      entries.push_back(self);
    }
    return selves == 0;
  }

  void note_overrides(std::vector<DefaultEntry>& entries, const DefaultEntry& own, bool is_interpolated) {
    const DefaultEntry* last_override = nullptr;
    for (DefaultEntry& entry : entries) {
      if (++entry_count_ > kMostEntries)
        fail(fmt::format("the defaults lists have more than {} entries", kMostEntries));
      if (entry.is_self()) continue;
      entry.place_in(own.group_path(), own.final_package());
      if (last_override != nullptr && !entry.is_override && !entry.is_appended)
        fail(fmt::format(
            "In {}: Override '{} : {}' is defined before '{}: {}'{}. Overrides must be at the end of the "
            "defaults "
            "list",
            own.config_path(), last_override->override_key(), last_override->option.value_or("null"),
            entry.override_key(), entry.name().value_or("null"), entry.source.in_parentheses()));
      if (!entry.is_override) continue;
      last_override = &entry;
      if (is_interpolated)
        fail(fmt::format(
            "{}: Default List Overrides are not allowed in the subtree of an interpolated config group "
            "(override {}={}){}",
            own.config_path(), entry.override_key(), entry.option.value_or("null"),
            entry.source.in_parentheses()));
      overrides_.add(entry, own.config_path());
    }
  }

  void expand_entry(std::vector<DefaultsTree>& children, DefaultEntry& entry, const DefaultEntry& own,
                    bool is_interpolated) {
    overrides_.apply(entry);
    if (entry.kind == DefaultEntry::Kind::group && entry.has_options) {
      for (auto option = entry.options.rbegin(); option != entry.options.rend(); ++option) {
        if (option->find("${") != option->npos)
          fail(fmt::format("In '{}': Defaults List interpolation is not supported in options list items{}",
                           own.config_path(), entry.source.in_parentheses()));
        DefaultEntry item;
        item.path = entry.path + "/" + *option;
        item.package = entry.package;
        item.is_optional = entry.is_optional;
        item.source = entry.source;
        item.place_in(own.group_path(), own.final_package());
        children.push_back(expand(std::move(item), &own, is_interpolated));
      }
    } else if (entry.is_interpolation()) {
      children.push_back({.entry = entry});
    } else {
      children.push_back(expand(entry, &own, is_interpolated));
    }
  }

  // Options that depend on other options, now that those are known.
  void expand_interpolations(std::vector<DefaultsTree>& children, const std::vector<DefaultEntry>& entries,
                             const DefaultEntry& own, bool self_is_implied) {
    const auto is_open = [](const DefaultsTree& child) {
      return child.is_leaf && child.entry.is_interpolation();
    };
    if (std::none_of(children.begin(), children.end(), is_open)) return;
    const Node known = known_choices(entries, self_is_implied);
    Interpolator interpolator(known, nullptr, {});
    for (DefaultsTree& child : children) {
      if (!is_open(child)) continue;
      DefaultEntry entry = child.entry;
      resolve(entry, known, interpolator);
      entry.place_in(own.group_path(), own.final_package());
      child = expand(std::move(entry), &own, /*is_interpolated=*/true);
    }
  }

  Node known_choices(const std::vector<DefaultEntry>& entries, bool self_is_implied) const {
    Node::Dict known;
    for (const auto& [key, option] : overrides_.choices())
      if (key != "defaults") known.emplace_back(key, option ? Node(*option) : Node());
    Node::List defaults;
    for (const DefaultEntry& entry : entries) {
      if (self_is_implied && entry.is_self()) continue;
      if (entry.kind == DefaultEntry::Kind::config)
        defaults.emplace_back(entry.config_path());
      else
        defaults.emplace_back(
            Node::Dict{{entry.override_key(), entry.option ? Node(*entry.option) : Node()}});
    }
    known.emplace_back("defaults", Node(std::move(defaults)));
    return Node(std::move(known));
  }

  // "${defaults.0.group}", of Hydra 1.0.
  static bool is_legacy_interpolation(std::string_view text) {
    constexpr std::string_view kStart = "${defaults.";
    return text.size() > kStart.size() + 1 && text.starts_with(kStart) &&
           std::isdigit(static_cast<unsigned char>(text[kStart.size()])) && text[kStart.size() + 1] == '.';
  }

  static void resolve(DefaultEntry& entry, const Node& known, Interpolator& interpolator) {
    const bool is_group = entry.kind == DefaultEntry::Kind::group;
    const std::string text = is_group ? *entry.option : entry.config_path();
    if (is_group && is_legacy_interpolation(text))
      fail(fmt::format(
          "Defaults list element '{}={}'{} is using a deprecated interpolation form; write ${{GROUP}}",
          entry.override_key(), text, entry.source.in_parentheses()));
    std::string resolved;
    try {
      const Node found = interpolator.resolve(Node(text, entry.source));
      if (!found.is_string()) fail("it is no text");
      resolved = found.as_string();
    } catch (const Error& error) {
      std::vector<std::string> keys;
      for (const auto& [key, value] : known.as_dict())
        if (key.text() != "defaults") keys.push_back(key.text());
      fail(fmt::format("Error resolving interpolation '{}'{}{}", text, entry.source.in_parentheses(),
                       keys.empty() ? "" : ", possible interpolation keys: " + join(keys, ", ")) +
           entry.source.caret());
    }
    if (is_group)
      entry.option = resolved;
    else
      entry.path = resolved;
  }

  [[noreturn]] void fail_missing(const DefaultEntry& entry) const {
    if (entry.kind == DefaultEntry::Kind::config)
      fail(fmt::format("Missing ConfigDefault is not supported: {}{}", entry.config_path(),
                       entry.source.in_parentheses()));
    const std::string key = entry.override_key();
    fail(fmt::format("You must specify '{}', e.g, {}=<OPTION>{}\nAvailable options:{}", key, key,
                     entry.source.in_parentheses(), option_lines(entry.group_path())) +
         entry.source.caret());
  }

  // Where a group holds none itself, those of the groups in it: "mnist/hinton".
  std::vector<std::string> options_of(const std::string& group) const {
    std::vector<std::string> options = repository_.options(group);
    if (!options.empty()) return options;
    for (const std::string& inner : repository_.groups(group))
      for (const std::string& option : options_of(group.empty() ? inner : group + "/" + inner))
        options.push_back(inner + "/" + option);
    return options;
  }

  std::string option_lines(const std::string& group) const {
    std::string lines;
    for (const std::string& option : options_of(group)) lines += "\n\t" + option;
    return lines;
  }

  [[noreturn]] void fail_not_found(const DefaultEntry& entry, const DefaultEntry* parent) const {
    const std::string path = entry.config_path();
    std::string message;
    if (entry.is_primary) {
      const std::string group = entry.group_path();
      message = fmt::format("Cannot find primary config '{}'. Check that it's in your config search path.{}",
                            path, did_you_mean(entry.name().value_or(""), repository_.options(group)));
    } else {
      const std::string from = parent == nullptr ? ""
                                                 : fmt::format("In '{}'{}: ", parent->config_path(),
                                                               entry.source.in_parentheses());
      const std::string group = entry.group_path();
      const std::vector<std::string> options = options_of(group);
      message = fmt::format("{}Could not {} '{}'.{}", from,
                            entry.kind == DefaultEntry::Kind::group ? "find" : "load", path,
                            option_hint(entry.name().value_or(""), options));
      if (!options.empty())
        message += fmt::format("\nAvailable options in '{}':{}", group, option_lines(group));
    }
    fail(message + "\nConfig search path:" + repository_.search_path_text() + entry.source.caret());
  }

  Repository& repository_;
  GroupOverrides& overrides_;
  bool skips_missing_;
  std::vector<std::string> ancestors_;  // config paths, outermost first
  size_t entry_count_ = 0;
};

}  // namespace

DefaultsTree build_defaults_tree(Repository& repository, const std::optional<std::string>& config_name,
                                 GroupOverrides& overrides, bool skips_missing) {
  return TreeBuilder(repository, overrides, skips_missing).build(config_name);
}

}  // namespace retort::config
