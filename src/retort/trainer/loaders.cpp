// SPDX-License-Identifier: MIT
#include "retort/trainer/loaders.h"

#include <numeric>

#include "retort/data/loader.h"

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

std::unique_ptr<data::BatchSource> make_evaluation_loader(const data::Dataset& dataset, std::vector<int64_t> ids,
                                                     const data::Normalization& normalization,
                                                     const data::DataOptions& options) {
  return std::make_unique<data::Loader>(
      dataset, std::move(ids), normalization,
      data::LoaderOptions{.batch_size = options.batch_size, .threads = options.loader_threads});
}

bool leaves_one_picture(const data::DataModule& data, int64_t batch_size, int64_t world_size) {
  const int64_t rest = static_cast<int64_t>(data.train_ids.size()) % (batch_size * world_size);
  return batch_size > 1 && rest / world_size == 1;
}

std::unique_ptr<data::BatchSource> make_training_loader(const TrainingOptions& options,
                                                   const data::DataModule& data, int rank, int world_size) {
  return std::make_unique<data::Loader>(
      data.train, data.train_ids, data.normalization,
      data::LoaderOptions{.batch_size = options.data.batch_size,
                          .augmentation = options.data.augmentation,
                          .mixup_alpha = options.data.mixup_alpha,
                          .shuffle = !options.trainer.is_overfitting,
                          .drop_last = leaves_one_picture(data, options.data.batch_size, world_size),
                          .rank = rank,
                          .world_size = world_size,
                          .seed = options.seed,
                          .threads = options.data.loader_threads});
}

TrainingLoaders make_loaders(const TrainingOptions& options, const data::DataModule& data, int rank,
                             int world_size) {
  const auto evaluation = [&](const data::Dataset& dataset, std::vector<int64_t> ids) {
    return make_evaluation_loader(dataset, std::move(ids), data.normalization, options.data);
  };
  const bool has_validation = !data.validation_ids.empty();
  return {.train = make_training_loader(options, data, rank, world_size),
          .validation = has_validation ? evaluation(data.train, data.validation_ids)
                                       : evaluation(data.test, all_ids(data.test)),
          .test = evaluation(data.test, all_ids(data.test)),
          .has_validation = has_validation};
}

}  // namespace retort::trainer
