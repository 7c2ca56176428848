// SPDX-License-Identifier: MIT
#include "retort/config/help.h"

#include <algorithm>
#include <fstream>

#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::config {
namespace {

constexpr size_t kMaxFileBytes = 1 << 20;  // of a file whose comments are wanted

std::string trimmed(std::string_view text) {
  const size_t begin = text.find_first_not_of(" \t\r");
  if (begin == text.npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1));
}

// The comment at the end of a line of YAML: a '#' after a blank and outside quotes.
std::string trailing_comment(std::string_view line) {
  char quote = '\0';
  for (size_t i = 0; i < line.size(); ++i) {
    if (quote != '\0') {
      if (line[i] == quote) quote = '\0';
    } else if (line[i] == '\'' || line[i] == '"') {
      quote = line[i];
    } else if (line[i] == '#' && (i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return trimmed(line.substr(i + 1));
    }
  }
  return "";
}

std::vector<std::string> lines_of(const std::string& path, size_t count) {
  std::vector<std::string> lines;
  std::ifstream file(path);
  size_t bytes = 0;
  for (std::string line; lines.size() < count && bytes < kMaxFileBytes && std::getline(file, line);) {
    bytes += line.size();
    lines.push_back(std::move(line));
  }
  return lines;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(separator, begin), text.size());
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

bool is_name(std::string_view text) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return std::any_of(text.begin(), text.end(), is_letter) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                  c == '-';
         });
}

std::string without_parentheses(const std::string& text) {
  std::string result;
  int depth = 0;
  for (const char c : text) {
    if (c == '(') ++depth;
    if (depth == 0) result += c;
    if (c == ')' && depth > 0) --depth;
  }
  return result;
}

// What a comment lists already is not said again.
std::string explanation(const Node& value, const std::string& path, const KeySchema& schema) {
  const std::string comment = comment_of(value);
  const auto use = schema.find(path);
  if (use == schema.end() || !choices_in(comment).empty()) return comment;
  return fmt::format("{}{}[{}]", comment, comment.empty() ? "" : "  ", use->second.type);
}

void append_keys(const Node& value, const std::string& path, const KeySchema& schema,
                 std::vector<std::vector<std::string>>& rows) {
  if (!value.is_dict() || value.as_dict().empty() || schema.contains(path)) {
    rows.push_back({path, describe(value), explanation(value, path, schema)});
    return;
  }
  for (const auto& [key, item] : value.as_dict())
    append_keys(item, path.empty() ? key.text() : path + "." + key.text(), schema, rows);
}

}  // namespace

std::string comment_of(const Node& value) {
  const Source& source = value.source();
  if (source.line <= 0) return "";
  const std::vector<std::string> lines = lines_of(source.where, static_cast<size_t>(source.line));
  if (lines.size() != static_cast<size_t>(source.line)) return "";
  return trailing_comment(lines.back());
}

std::vector<std::string> choices_in(const std::string& comment) {
  const std::vector<std::string> parts = split(without_parentheses(comment), ';');
  std::vector<std::string> explained;  // "mean: of the two; sum: of the two"
  for (const std::string& part : parts)
    if (const size_t colon = part.find(": "); colon != part.npos)
      explained.push_back(trimmed(part.substr(0, colon)));
  const bool all_explained = explained.size() == parts.size() && explained.size() > 1;
  if (all_explained && std::all_of(explained.begin(), explained.end(), is_name)) return explained;

  // "split: train, validation or test": an introduction may stand before a colon.
  std::string list = parts[0];
  const size_t colon = list.find(": ");
  const bool says_any_of = list.starts_with("any of: ");
  if (colon != list.npos) list.erase(0, colon + 2);
  for (size_t place; (place = list.find(" or ")) != list.npos;) list.replace(place, 4, ", ");

  std::vector<std::string> names;
  for (const std::string& item : split(list, ',')) {
    std::string name = trimmed(item);
    if (name.empty()) continue;  // "a, b, or c"
    if (!is_name(name)) return {};
    names.push_back(std::move(name));
  }
  if (names.size() < 2 && !says_any_of) return {};
  return names;
}

std::string explain_keys(const Node& value, const std::string& path, const KeySchema& schema) {
  constexpr size_t kWidestKey = 44, kWidestValue = 24;
  std::vector<std::vector<std::string>> rows;
  append_keys(value, path, schema, rows);
  size_t key_width = 0, value_width = 0;
  for (const auto& row : rows) {
    key_width = std::max(key_width, std::min(row[0].size(), kWidestKey));
    value_width = std::max(value_width, std::min(row[1].size(), kWidestValue));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line = fmt::format("  {:<{}}  {:<{}}", row[0], key_width, row[1], value_width);
    if (!row[2].empty()) line += "  " + row[2];
    text += trimmed(line).insert(0, "  ") + "\n";
  }
  return text;
}

}  // namespace retort::config
