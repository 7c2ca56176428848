// SPDX-License-Identifier: MIT
#include "retort/trainer/network_file.h"

#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "retort/checkpoint/foreign.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::trainer {
namespace {

constexpr char kArchitecture[] = "retort.architecture";
constexpr char kData[] = "retort.data";
constexpr char kNormalization[] = "retort.normalization";
constexpr char kTestAccuracy[] = "retort.test_accuracy_top1";
constexpr char kHeldOut[] = "retort.held_out";

}  // namespace

std::map<std::string, std::string> Provenance::to_metadata() const {
  std::map<std::string, std::string> metadata = {{kData, data}};
  if (architecture) metadata[kArchitecture] = architecture->to_json();
  if (normalization)
    metadata[kNormalization] =
        nlohmann::json{{"mean", normalization->mean}, {"std", normalization->std}}.dump();
  if (held_out)
    metadata[kHeldOut] =
        nlohmann::json{{"seed", held_out->seed}, {"validation_size", held_out->validation_size}}.dump();
  if (test_accuracy) metadata[kTestAccuracy] = fmt::format("{}", *test_accuracy);
  return metadata;
}

Provenance Provenance::from_metadata(const std::map<std::string, std::string>& metadata,
                                     const std::string& file) {
  Provenance provenance;
  const auto find = [&](const char* key) -> const std::string* {
    const auto found = metadata.find(key);
    return found == metadata.end() ? nullptr : &found->second;
  };
  if (const auto* text = find(kArchitecture))
    provenance.architecture = models::Architecture::from_json(*text, file);
  if (const auto* text = find(kData)) provenance.data = *text;
  try {
    if (const auto* text = find(kNormalization)) {
      const auto json = nlohmann::json::parse(*text);
      provenance.normalization = {.mean = json.at("mean").get<std::vector<double>>(),
                                  .std = json.at("std").get<std::vector<double>>()};
    }
    if (const auto* text = find(kHeldOut)) {
      const auto json = nlohmann::json::parse(*text);
      provenance.held_out = {.seed = json.at("seed").get<uint64_t>(),
                             .validation_size = json.at("validation_size").get<int64_t>()};
    }
    if (const auto* text = find(kTestAccuracy))
      provenance.test_accuracy = nlohmann::json::parse(*text).get<double>();
  } catch (const nlohmann::json::exception&) {
    throw Error(ExitCode::checkpoint, fmt::format("{}: its metadata ({}, {}, {}) is damaged", printable(file),
                                                  kNormalization, kTestAccuracy, kHeldOut));
  }
  return provenance;
}

namespace {

// Dropout is no part of the weights: a network may have been trained with another.
bool has_same_weights(models::Architecture a, models::Architecture b) {
  for (models::Architecture* one : {&a, &b}) one->dropout = one->input_dropout = 0;
  return a == b;
}

}  // namespace

LoadedNetwork load_network(const std::filesystem::path& file, const ExpectedNetwork& expected,
                           const models::Task& task, const data::Normalization& normalization) {
  return load_network(checkpoint::load_foreign_weights(file), file, expected, task, normalization);
}

LoadedNetwork load_network(const checkpoint::Weights& weights, const std::filesystem::path& file,
                           const ExpectedNetwork& expected, const models::Task& task,
                           const data::Normalization& normalization) {
  const std::string shown = printable(file.string());
  LoadedNetwork network;
  network.provenance = Provenance::from_metadata(weights.metadata, shown);
  const auto& own = network.provenance.architecture;
  if (own && expected.architecture && !has_same_weights(*own, *expected.architecture) &&
      !expected.is_fallback)
    throw Error(ExitCode::checkpoint, fmt::format("{} holds a {}, but {} is {}", shown, own->label(),
                                                  expected.key, expected.architecture->label()));
  if (!own && !expected.architecture)
    throw Error(ExitCode::checkpoint,
                fmt::format("{} does not say what network it holds: give {}, for example {}=resnet18", shown,
                            expected.key, expected.key));
  if (const auto& made_for = network.provenance.normalization;
      made_for && (made_for->mean != normalization.mean || made_for->std != normalization.std))
    throw Error(ExitCode::checkpoint,
                fmt::format("{} was trained on pictures normalised by mean ({}) and deviation ({}), not by "
                            "data.mean ({}) and "
                            "data.std ({})",
                            shown, fmt::join(made_for->mean, ", "), fmt::join(made_for->std, ", "),
                            fmt::join(normalization.mean, ", "), fmt::join(normalization.std, ", ")));
  network.architecture = own ? *own : *expected.architecture;
  network.model = models::make_model(network.architecture, task);
  // Our own files have our own names; nothing is guessed of them.
  checkpoint::load_into(*network.model,
                        own ? weights : checkpoint::under_names_of(*network.model, weights, file), file);
  return network;
}

}  // namespace retort::trainer
