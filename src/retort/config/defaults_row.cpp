// SPDX-License-Identifier: MIT
#include "retort/config/defaults_row.h"

#include <set>
#include <utility>

#include <fmt/format.h>

#include "retort/core/error.h"

namespace retort::config {
namespace {

void add_rows(const DefaultsTree& tree, const DefaultsTree* parent, const DefaultsTree* grandparent,
              std::vector<DefaultsRow>& rows) {
  if (!tree.is_leaf) {
    for (const DefaultsTree& child : tree.children) add_rows(child, &tree, parent, rows);
    return;
  }
  const DefaultEntry& entry = tree.entry;
  if (tree.is_root || entry.is_deleted || entry.is_missing() || !entry.name()) return;
  DefaultsRow row;
  const auto path_of = [](const DefaultsTree* node) -> std::optional<std::string> {
    if (node == nullptr) return std::nullopt;
    return node->is_root ? "<root>" : node->entry.config_path();
  };
  row.is_self = entry.is_self();
  const DefaultEntry& merged = row.is_self ? parent->entry : entry;
  row.config_path = merged.config_path();
  row.package = merged.final_package();
  row.parent = path_of(row.is_self ? grandparent : parent);
  row.is_primary = merged.is_primary;
  row.source = entry.source;
  if (!row.is_self && entry.kind == DefaultEntry::Kind::group) row.override_key = entry.override_key();
  if (row.config_path != "_dummy_empty_config_") rows.push_back(std::move(row));
}

}  // namespace

std::vector<DefaultsRow> flatten(const DefaultsTree& tree) {
  std::vector<DefaultsRow> rows;
  add_rows(tree, nullptr, nullptr, rows);
  std::set<std::string> keys;
  for (const DefaultsRow& row : rows) {
    if (!row.override_key || keys.insert(*row.override_key).second) continue;
    throw Error(
        ExitCode::config,
        fmt::format("{}{} appears more than once in the final defaults list; to choose another option "
                    "write {}=OPTION, without '+'{}",
                    *row.override_key, row.source.in_parentheses(), *row.override_key, row.source.caret()));
  }
  return rows;
}

}  // namespace retort::config
