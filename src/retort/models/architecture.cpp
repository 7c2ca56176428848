// SPDX-License-Identifier: MIT
#include "retort/models/architecture.h"

#include <algorithm>
#include <optional>

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "retort/config/reader.h"
#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/models/catalog.h"

namespace retort::models {
namespace {

constexpr size_t kMaxTextBytes = 16 * 1024;
constexpr size_t kMaxLayers = 64;
constexpr int64_t kMaxWidth = 65'536;
// A weights' file from a stranger decides what is allocated, so an MLP ends somewhere: 4 GiB of weights.
constexpr int64_t kMaxWeights = int64_t{1} << 30;

/// What is wrong with an option; `option` is empty when it is the whole.
struct Problem {
  std::string option;
  std::string text;
};

std::optional<Problem> check_name(const std::string& name) {
  if (find_in_catalog(name) != nullptr) return std::nullopt;
  return Problem{"name", fmt::format("no network has this name.{} Known are: {}",
                                     did_you_mean(name, model_names()), join(model_names(), " "))};
}

std::optional<Problem> check_option(const std::string& name, const std::string& option) {
  const std::vector<std::string>& options = find_in_catalog(name)->options;
  if (option == "name" || std::find(options.begin(), options.end(), option) != options.end())
    return std::nullopt;
  if (options.empty()) return Problem{option, fmt::format("{} takes no options", name)};
  return Problem{option, fmt::format("{} takes no such option.{} It takes: {}", name,
                                     did_you_mean(option, options), join(options, " "))};
}

std::optional<Problem> check_widths(const std::vector<int64_t>& widths) {
  if (widths.empty())
    return Problem{"widths", "mlp needs its hidden units, layer by layer, such as [800, 800]"};
  if (widths.size() > kMaxLayers) return Problem{"widths", fmt::format("at most {} layers", kMaxLayers)};
  int64_t weights = 0;
  for (size_t i = 0; i < widths.size(); ++i) {
    if (widths[i] < 1 || widths[i] > kMaxWidth)
      return Problem{"widths", fmt::format("{} units; a layer has 1 to {}", widths[i], kMaxWidth)};
    if (i > 0) weights += widths[i - 1] * widths[i];
  }
  if (weights > kMaxWeights) return Problem{"widths", fmt::format("more than {} weights", kMaxWeights)};
  return std::nullopt;
}

std::optional<Problem> check_values(const Architecture& architecture) {
  if (architecture.stem != "cifar" && architecture.stem != "imagenet")
    return Problem{"stem", "expected cifar (3x3, no max-pool) or imagenet (7x7, stride 2, max-pool)"};
  if (architecture.name == "mlp")
    if (auto problem = check_widths(architecture.widths)) return problem;
  for (const auto& [option, value] :
       {std::pair{"dropout", architecture.dropout}, {"input_dropout", architecture.input_dropout}})
    if (!(value >= 0 && value < 1))
      return Problem{option,
                     fmt::format("{} is not a probability of dropping: 0 or more, and below 1", value)};
  return std::nullopt;
}

Architecture from_name(const config::Node& node, const std::string& key) {
  const Architecture architecture{.name = node.as_string()};
  auto problem = check_name(architecture.name);
  if (!problem) problem = check_values(architecture);
  if (!problem) return architecture;
  // "mlp" alone: an option is missing, which only a dictionary can hold.
  const std::string form = problem->option == "name" ? ""
                                                     : fmt::format("; write {{name: {}, {}: ...}}",
                                                                   architecture.name, problem->option);
  throw Error(ExitCode::config, fmt::format("{}={}{}: {}{}", key, printable(architecture.name),
                                            node.source().in_parentheses(), problem->text, form));
}

Architecture from_dict(const config::Node& node, const std::string& key) {
  config::Reader reader(node, key);
  Architecture architecture{.name = reader.text("name")};
  const auto refuse = [&](const std::optional<Problem>& problem) {
    if (problem) reader.fail(problem->option, problem->text);
  };
  refuse(check_name(architecture.name));
  for (const auto& [option, value] : node.as_dict()) refuse(check_option(architecture.name, option));
  if (reader.has("stem")) architecture.stem = reader.text("stem");
  if (reader.has("widths")) architecture.widths = reader.integers("widths");
  architecture.dropout = reader.optional_number("dropout").value_or(0);
  architecture.input_dropout = reader.optional_number("input_dropout").value_or(0);
  refuse(check_values(architecture));
  return architecture;
}

// Throws nlohmann's exceptions where a value has another type.
Architecture from_parsed(const nlohmann::json& json) {
  return {.name = json.at("name").get_ref<const std::string&>(),
          .stem = json.value("stem", Architecture().stem),
          .widths = json.value("widths", std::vector<int64_t>()),
          .dropout = json.value("dropout", 0.0),
          .input_dropout = json.value("input_dropout", 0.0)};
}

}  // namespace

Architecture Architecture::from(const config::Node& node, const std::string& key) {
  if (node.is_string()) return from_name(node, key);
  return from_dict(node, key);
}

std::string Architecture::to_json() const {
  nlohmann::ordered_json json = {{"name", name}};
  const Architecture defaults;
  if (stem != defaults.stem) json["stem"] = stem;
  if (widths != defaults.widths) json["widths"] = widths;
  if (dropout != defaults.dropout) json["dropout"] = dropout;
  if (input_dropout != defaults.input_dropout) json["input_dropout"] = input_dropout;
  return json.dump();
}

Architecture Architecture::from_json(const std::string& text, const std::string& file) {
  const auto refuse = [&](const std::string& reason) {
    throw Error(ExitCode::checkpoint, fmt::format("{}: its architecture {} is not one of ours: {}", file,
                                                  printable(text.substr(0, kMaxTextBytes)), reason));
  };
  if (text.size() > kMaxTextBytes) refuse("longer than any that we write");
  const nlohmann::json json = nlohmann::json::parse(text, /*callback=*/nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) refuse("expected a JSON object");
  Architecture architecture;
  try {
    architecture = from_parsed(json);
  } catch (const nlohmann::json::exception&) {
    refuse("a name is missing or a value has another type than it should");
  }
  auto problem = check_name(architecture.name);
  for (const auto& [option, value] : json.items())
    if (!problem) problem = check_option(architecture.name, option);
  if (!problem) problem = check_values(architecture);
  if (problem) refuse(fmt::format("{}: {}", printable(problem->option), problem->text));
  return architecture;
}

std::string Architecture::label() const {
  if (!widths.empty()) return fmt::format("{} {}", name, fmt::join(widths, "-"));
  return stem == Architecture().stem ? name : name + " " + stem;
}

}  // namespace retort::models
