// SPDX-License-Identifier: MIT
#include "retort/data/registry.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/random.h"
#include "retort/core/shipped.h"
#include "retort/core/text.h"
#include "retort/data/cifar10.h"
#include "retort/data/fetch.h"
#include "retort/data/mnist.h"

namespace retort::data {
namespace {

std::filesystem::path mnist_folder(const DataOptions& options) {
  if (!options.root.empty()) return options.root;
  if (const auto shipped = find_shipped("datasets/mnist")) return *shipped;
  throw Error(ExitCode::data,
              "the copy of MNIST that comes with retort is not found beside the program; give data.root");
}

struct Entry {
  const char* name;
  PictureShape shape;
  FileSplits (*load)(const DataOptions& options);
};

constexpr Entry kDatasets[] = {
    {"cifar10",
     {.channels = 3, .height = 32, .width = 32, .num_classes = 10},
     [](const DataOptions& options) {
       fetch_cifar10(options);
       return load_cifar10(options.root, /*official=*/options.sha256.has_value());
     }},
    {"mnist",
     {.channels = 1, .height = 28, .width = 28, .num_classes = 10},
     [](const DataOptions& options) { return load_mnist(mnist_folder(options)); }},
};

const Entry& find_entry(const std::string& name) {
  const auto* entry = std::find_if(std::begin(kDatasets), std::end(kDatasets),
                                   [&](const Entry& known) { return known.name == name; });
  if (entry == std::end(kDatasets))
    throw Error(ExitCode::config, fmt::format("data.name={}: no such data set.{}", printable(name),
                                              did_you_mean(name, dataset_names())));
  return *entry;
}

void check_normalization(const DataOptions& options, const Dataset& dataset) {
  const auto count = static_cast<int64_t>(options.normalization.mean.size());
  if (count != 1 && count != dataset.channels)
    throw Error(ExitCode::config,
                fmt::format("data.mean and data.std have {} values: expected one for each of the "
                            "{} channels of {}",
                            count, dataset.channels, dataset.name));
}

// Leaves the samples of the wanted classes; the split was drawn before, so that it is the same for any
// classes.
void keep_classes(std::vector<int64_t>& ids, const std::vector<int64_t>& classes, const Dataset& dataset) {
  if (classes.empty()) return;
  for (const int64_t label : classes)
    if (label >= dataset.num_classes())
      throw Error(ExitCode::config, fmt::format("data.train_classes: {} has no class {}; they are 0 to {}",
                                                dataset.name, label, dataset.num_classes() - 1));
  std::erase_if(ids, [&](int64_t id) {
    return std::find(classes.begin(), classes.end(), dataset.labels[static_cast<size_t>(id)]) ==
           classes.end();
  });
}

}  // namespace

PictureShape picture_shape(const std::string& name) { return find_entry(name).shape; }

DataModule load_data(const DataOptions& options, uint64_t seed) {
  FileSplits files = find_entry(options.name).load(options);
  check_normalization(options, files.train);
  if (options.validation_size < 0 || options.validation_size >= files.train.size())
    throw Error(
        ExitCode::config,
        fmt::format("data.validation_size={}: expected 0 to {}, fewer than the {} training "
                    "pictures of {}",
                    options.validation_size, files.train.size() - 1, files.train.size(), options.name));

  auto order = random_permutation(files.train.size(), seed, RandomStream::split, /*epoch=*/0);
  const auto held_out = order.begin() + options.validation_size;
  std::sort(order.begin(), held_out);
  std::sort(held_out, order.end());
  DataModule data{.train = std::move(files.train),
                  .test = std::move(files.test),
                  .train_ids = {held_out, order.end()},
                  .validation_ids = {order.begin(), held_out},
                  .normalization = options.normalization};
  keep_classes(data.train_ids, options.train_classes, data.train);
  return data;
}

}  // namespace retort::data
