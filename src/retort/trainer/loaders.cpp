// SPDX-License-Identifier: MIT
#include "retort/trainer/loaders.h"

#include <numeric>

namespace retort::trainer {

std::vector<int64_t> all_ids(const data::Dataset& dataset) {
  std::vector<int64_t> ids(static_cast<size_t>(dataset.size()));
  std::iota(ids.begin(), ids.end(), int64_t{0});
  return ids;
}

models::Task task_of(const data::Dataset& dataset) {
  return {.channels = dataset.channels,
          .height = dataset.height,
          .width = dataset.width,
          .num_classes = dataset.num_classes()};
}

std::unique_ptr<data::Loader> make_evaluation_loader(const data::Dataset& dataset, std::vector<int64_t> ids,
                                                     const data::Normalization& normalization,
                                                     const data::DataOptions& options) {
  return std::make_unique<data::Loader>(
      dataset, std::move(ids), normalization,
      data::LoaderOptions{.batch_size = options.batch_size, .threads = options.loader_threads});
}

}  // namespace retort::trainer
