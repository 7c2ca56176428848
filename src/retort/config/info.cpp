// SPDX-License-Identifier: MIT
#include "retort/config/info.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "retort/config/yaml_writer.h"

namespace retort::config {
namespace {

using Info = CommandLine::Info;
using Row = std::vector<std::string>;

std::string header(const std::string& title) {
  return fmt::format("\n{}\n{:*<{}}\n", title, "", title.size());
}

// The first row names the columns.
std::string table(const std::vector<Row>& rows, std::string_view header_end) {
  std::vector<size_t> widths(rows[0].size());
  for (const Row& row : rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::vector<std::string> lines;
  for (const Row& row : rows) {
    std::string line = "|";
    for (size_t i = 0; i < row.size(); ++i) line += fmt::format(" {:<{}} |", row[i], widths[i]);
    lines.push_back(std::move(line));
  }
  lines[0] += header_end;
  const std::string rule(lines[0].size(), '-');
  std::string text = lines[0] + "\n" + rule + "\n";
  for (size_t i = 1; i < lines.size(); ++i) text += lines[i] + "\n";
  return text + rule + "\n";
}

std::string search_path(const Job& job) {
  std::vector<Row> rows = {{"Provider", "Search path"}};
  for (const auto& source : job.composition.repository->sources())
    rows.push_back({source->provider(), source->scheme() + "://" + source->path()});
  return header("Config search path") + table(rows, "");
}

std::string defaults_list(const Job& job) {
  std::vector<Row> rows = {{"Config path", "Package", "_self_", "Parent"}};
  for (const DefaultsRow& row : job.composition.defaults)
    rows.push_back({row.config_path, row.package, row.is_self ? "True" : "False", row.parent.value_or("")});
  return header("Defaults List") + table(rows, " ");
}

std::string name_of(const DefaultsTree& tree) {
  if (tree.is_root) return "<root>";
  if (tree.entry.is_self()) return "_self_";
  if (tree.entry.kind == DefaultEntry::Kind::config) return tree.entry.config_path();
  return tree.entry.override_key() + ": " + tree.entry.name().value_or("null");
}

void append_tree(const DefaultsTree& tree, size_t depth, std::string& text) {
  text += std::string(2 * depth, ' ') + name_of(tree) + (tree.children.empty() ? "\n" : ":\n");
  for (const DefaultsTree& child : tree.children) append_tree(child, depth + 1, text);
}

std::string defaults_tree(const Job& job) {
  std::string text = header("Defaults Tree");
  append_tree(job.composition.tree, 0, text);
  return text;
}

std::string aliases(const Job& job) {
  const OverrideAliases& aliases = job.composition.aliases;
  return header("Override aliases") + (aliases.empty() ? "none\n" : aliases.to_text());
}

}  // namespace

std::string info_text(const Job& job, Info topic) {
  switch (topic) {
    case Info::aliases:
      return aliases(job);
    case Info::searchpath:
      return search_path(job);
    case Info::defaults:
      return defaults_list(job);
    case Info::defaults_tree:
      return defaults_tree(job);
    default:
      return aliases(job) + search_path(job) + defaults_tree(job) + defaults_list(job) +
             header("Config").substr(1) + to_yaml(job.config);
  }
}

}  // namespace retort::config
