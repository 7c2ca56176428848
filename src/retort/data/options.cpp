// SPDX-License-Identifier: MIT
#include "retort/data/options.h"

#include <algorithm>

#include "retort/config/reader.h"

namespace retort::data {
namespace {

// Padding beyond it would make a table of views, and pictures, of zeros.
constexpr double kMaxPadding = 64;
constexpr double kMaxThreads = 256;
// Beyond it nearly every picture is half of two; papers take 0.1 to 1.
constexpr double kMaxMixupAlpha = 4;

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

const std::vector<std::string>& dataset_names() {
  static const std::vector<std::string> names = {"cifar10", "mnist"};
  return names;
}

DataOptions DataOptions::from(const config::Node& node) {
  config::Reader reader(node, "data");
  DataOptions options;
  options.name = reader.choice("name", dataset_names());
  options.root = reader.optional_text("root").value_or("");
  options.download = reader.boolean("download");
  options.url = reader.optional_text("url");
  options.sha256 = reader.optional_text("sha256");
  if (options.sha256 && !is_sha256(*options.sha256))
    reader.fail("sha256", "expected 64 digits of 0-9 and a-f, or null");
  options.batch_size = reader.integer("batch_size", {.at_least = 1, .at_most = 1 << 20});
  const std::string augmentation = reader.choice("augmentation", {"none", "crop", "crop_flip"});
  const auto padding =
      static_cast<int>(reader.integer("crop_padding", {.at_least = 0, .at_most = kMaxPadding}));
  if (augmentation != "none") options.augmentation.padding = padding;
  options.augmentation.flip = augmentation == "crop_flip";
  options.augmentation.drawn_views =
      reader.optional_integer("views", {.at_least = 1, .at_most = 1e6}).value_or(0);
  options.mixup_alpha = reader.number("mixup_alpha", {.at_least = 0, .at_most = kMaxMixupAlpha});
  if (options.mixup_alpha > 0 && options.batch_size == 1)
    reader.fail("mixup_alpha",
                "a picture alone has none to be mixed with: data.batch_size of 2 or more, or 0");
  options.validation_size = reader.integer("validation_size", {.at_least = 0});
  reader.ignore("train_classes");  // null: all
  if (reader.has("train_classes")) options.train_classes = reader.integers("train_classes", {.at_least = 0});
  options.loader_threads =
      static_cast<int>(reader.integer("loader_threads", {.at_least = 0, .at_most = kMaxThreads}));
  options.normalization = {.mean = reader.numbers("mean"), .std = reader.numbers("std", {.above = 0})};
  if (options.normalization.mean.empty()) reader.fail("mean", "expected a number for each channel");
  if (options.normalization.mean.size() != options.normalization.std.size())
    reader.fail("std", "expected as many numbers as data.mean has");
  reader.finish();
  return options;
}

}  // namespace retort::data
