// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_options.h"

#include <algorithm>
#include <cctype>
#include <initializer_list>

#include "retort/tracking/environment_value.h"

namespace retort::tracking {
namespace {

// W&B's own rule for the id of a run.
bool is_run_id(const std::string& id) {
  return !id.empty() && id.size() <= 128 && id.find_first_of(":;,#?/'") == std::string::npos &&
         id.front() != ' ' && id.back() != ' ' && id.front() != '.' &&
         std::none_of(id.begin(), id.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

std::vector<std::string> split_tags(const std::vector<std::string>& texts) {
  std::vector<std::string> tags;
  for (const std::string& text : texts)
    for (size_t start = 0; start <= text.size();) {
      const size_t comma = std::min(text.find(',', start), text.size());
      if (comma > start) tags.push_back(text.substr(start, comma - start));
      start = comma + 1;
    }
  return tags;
}

std::string given_choice(config::Reader& reader, const char* key, const std::vector<std::string>& names) {
  return is_given(reader, key) ? reader.choice(key, names) : names.front();
}

// As text, which a variable is, W&B takes more than YAML does.
bool read_switch(config::Reader& reader, const char* key) {
  if (!is_given(reader, key)) return false;
  if (reader.node(key).is_bool()) return reader.boolean(key);
  std::string text = reader.text(key);
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto is_one_of = [&](std::initializer_list<const char*> names) {
    return std::find(names.begin(), names.end(), text) != names.end();
  };
  if (is_one_of({"true", "t", "yes", "y", "on", "1"})) return true;
  if (!is_one_of({"false", "f", "no", "n", "off", "0"})) reader.fail(key, "true or false");
  return false;
}

}  // namespace

WandbOptions WandbOptions::from(const config::Node& node) {
  config::Reader reader(node, "wandb");
  WandbOptions options;
  const std::string mode = given_choice(reader, "mode", {"offline", "online", "disabled", "dryrun", "run"});
  options.mode = mode == "disabled"                  ? Mode::disabled
                 : mode == "online" || mode == "run" ? Mode::online
                                                     : Mode::offline;
  options.project = given_text(reader, "project").value_or(options.project);
  options.entity = given_text(reader, "entity");
  options.name = given_text(reader, "name");
  options.group = given_text(reader, "group");
  options.job_type = given_text(reader, "job_type");
  options.notes = given_text(reader, "notes");
  if (reader.has("tags")) options.tags = split_tags(reader.texts("tags"));
  reader.ignore("tags");
  options.dir = given_text(reader, "dir");
  options.id = given_text(reader, "id");
  if (options.id && !is_run_id(*options.id))
    reader.fail("id",
                "an id has none of :;,#?/', neither begins nor ends with a space, and begins with no dot");
  const std::string resume = given_choice(reader, "resume", {"allow", "auto", "must", "never"});
  options.resume = resume == "must" ? Resume::must : resume == "never" ? Resume::never : Resume::allow;
  options.silent = read_switch(reader, "silent");
  reader.finish();
  return options;
}

}  // namespace retort::tracking
