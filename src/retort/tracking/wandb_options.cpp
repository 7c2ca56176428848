// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_options.h"

#include <algorithm>

#include "retort/config/reader.h"

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

}  // namespace

WandbOptions WandbOptions::from(const config::Node& node) {
  config::Reader reader(node, "wandb");
  WandbOptions options;
  const std::string mode = reader.choice("mode", {"offline", "online", "disabled", "dryrun", "run"});
  options.mode = mode == "disabled"                  ? Mode::disabled
                 : mode == "online" || mode == "run" ? Mode::online
                                                     : Mode::offline;
  options.project = reader.text("project");
  options.entity = reader.optional_text("entity");
  options.name = reader.optional_text("name");
  options.group = reader.optional_text("group");
  options.job_type = reader.optional_text("job_type");
  options.notes = reader.optional_text("notes");
  if (reader.has("tags")) options.tags = split_tags(reader.texts("tags"));
  reader.ignore("tags");
  options.dir = reader.optional_text("dir");
  options.id = reader.optional_text("id");
  if (options.id && !is_run_id(*options.id))
    reader.fail("id", "an id is not empty, has none of :;,#?/' and neither begins nor ends with a space");
  const std::string resume = reader.choice("resume", {"allow", "auto", "must", "never"});
  options.resume = resume == "must" ? Resume::must : resume == "never" ? Resume::never : Resume::allow;
  const std::string silent = reader.text("silent");
  options.silent = silent == "true" || silent == "1" || silent == "True";
  if (!options.silent && silent != "false" && silent != "0" && silent != "False" && !silent.empty())
    reader.fail("silent", "true or false");
  reader.finish();
  return options;
}

}  // namespace retort::tracking
