// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "retort/checkpoint/weights.h"
#include "retort/data/dataset.h"
#include "retort/models/model.h"

namespace retort::trainer {

/// Which training pictures a network has not seen: the split is drawn by these two.
struct HeldOut {
  uint64_t seed = 0;
  int64_t validation_size = 0;
};

/// What a weights file of ours says of itself, in safetensors metadata.
struct Provenance {
  std::optional<models::Architecture> architecture{};  // retort.architecture
  std::string data{};                                  // retort.data: the data set's name
  std::optional<data::Normalization> normalization{};  // retort.normalization
  std::optional<double> test_accuracy{};               // retort.test_accuracy_top1, in [0, 1]
  std::optional<HeldOut> held_out{};                   // retort.held_out

  std::map<std::string, std::string> to_metadata() const;
  static Provenance from_metadata(const std::map<std::string, std::string>& metadata,
                                  const std::string& file);
};

/// A network with the weights of a file.
struct LoadedNetwork {
  std::shared_ptr<models::Model> model;
  models::Architecture architecture;
  Provenance provenance;
};

/// What the configuration says of a file's network.
struct ExpectedNetwork {
  std::optional<models::Architecture> architecture{};
  std::string key;           // where it stands: "model.teacher"
  bool is_fallback = false;  // the file's own word goes first; else both must agree
};

/// Builds the network that the file says it holds, or the expected one for a file that does not say
/// (Python's), and loads it. An Error (checkpoint) when both speak and differ, or when the file was made for
/// other pictures: another normalisation, another number of classes.
LoadedNetwork load_network(const std::filesystem::path& file, const ExpectedNetwork& expected,
                           const models::Task& task, const data::Normalization& normalization);
/// The same of weights that were read already; `file` is for messages.
LoadedNetwork load_network(const checkpoint::Weights& weights, const std::filesystem::path& file,
                           const ExpectedNetwork& expected, const models::Task& task,
                           const data::Normalization& normalization);

}  // namespace retort::trainer
