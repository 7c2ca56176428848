// SPDX-License-Identifier: MIT
#include "retort/config/merge.h"

#include <optional>

#include <fmt/format.h>

#include "retort/config/key_index.h"
#include "retort/core/error.h"

namespace retort::config {
namespace {

[[noreturn]] void fail_mixed(const Node& base, const Node& over, const std::vector<std::string>& path) {
  std::string key;
  for (const std::string& part : path) key += (key.empty() ? "" : ".") + part;
  throw Error(ExitCode::config,
              fmt::format("{}: cannot merge {}{} into {}{}{}", key.empty() ? "the configuration" : key,
                          kind_name(over), over.source().in_parentheses(), kind_name(base),
                          base.source().in_parentheses(), over.source().caret()));
}

void merge_dict(Node& base, const Node& over, const FindContainer& find_container,
                std::vector<std::string>& path) {
  Node::Dict& items = base.as_dict();
  KeyFinder finder(items);  // what is added stands once in `over`, and is not looked for
  for (const auto& [key, value] : over.as_dict()) {
    const std::optional<size_t> place = finder.find(key);
    if (!place) {
      items.emplace_back(key, value);
      continue;
    }
    Node* present = &items[*place].second;
    if (find_container && present->is_interpolation()) {
      if (const Node* container = find_container(*present, path)) {
        Node copy = *container;
        *present = std::move(copy);
      }
    }
    if (value.is_missing()) continue;
    const bool is_container = present->is_dict() || present->is_list();
    if (is_container && (value.is_dict() || value.is_list())) {
      path.push_back(key.text());
      if (present->is_dict() != value.is_dict()) fail_mixed(*present, value, path);
      if (value.is_dict())
        merge_dict(*present, value, find_container, path);
      else
        *present = value;
      path.pop_back();
    } else {
      *present = value;
    }
  }
}

}  // namespace

void merge_into(Node& base, const Node& over, const FindContainer& find_container) {
  std::vector<std::string> path;
  if (!base.is_dict() || !over.is_dict()) fail_mixed(base, over, path);
  merge_dict(base, over, find_container, path);
}

Node merged(Node base, const Node& over) {
  merge_into(base, over);
  return base;
}

}  // namespace retort::config
