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
  FileSplits (*load)(const DataOptions& options);
};

constexpr Entry kDatasets[] = {
    {"cifar10",
     [](const DataOptions& options) {
       fetch_cifar10(options);
       return load_cifar10(options.root, /*official=*/options.sha256.has_value());
     }},
    {"mnist", [](const DataOptions& options) { return load_mnist(mnist_folder(options)); }},
};

void check_normalization(const DataOptions& options, const Dataset& dataset) {
  const auto count = static_cast<int64_t>(options.normalization.mean.size());
  if (count != 1 && count != dataset.channels)
    throw Error(ExitCode::config,
                fmt::format("data.mean and data.std have {} values: expected one for each of the "
                            "{} channels of {}",
                            count, dataset.channels, dataset.name));
}

}  // namespace

DataModule load_data(const DataOptions& options, uint64_t seed) {
  const auto entry = std::find_if(std::begin(kDatasets), std::end(kDatasets),
                                  [&](const Entry& known) { return known.name == options.name; });
  if (entry == std::end(kDatasets))
    throw Error(ExitCode::config, fmt::format("data.name={}: no such data set.{}", printable(options.name),
                                              did_you_mean(options.name, dataset_names())));
  FileSplits files = entry->load(options);
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
  return data;
}

}  // namespace retort::data
