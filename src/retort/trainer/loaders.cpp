// SPDX-License-Identifier: MIT
#include "retort/trainer/loaders.h"

#include <numeric>
#include <optional>

#include "retort/cuda/device.h"
#include "retort/data/loader.h"
#include "retort/data/resident_loader.h"
#include "retort/trainer/placement.h"

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

namespace {

// A data set where its batches are wanted: as it is, or a copy on a GPU, made once and shared.
class Pictures {
 public:
  Pictures(const data::Dataset& dataset, torch::Device device) : dataset_(dataset) {
    if (device.is_cuda()) resident_.emplace(dataset, device);
  }

  std::unique_ptr<data::BatchSource> batches(std::vector<int64_t> ids,
                                             const data::Normalization& normalization,
                                             const data::LoaderOptions& options) const {
    if (!resident_) return std::make_unique<data::Loader>(dataset_, std::move(ids), normalization, options);
    return std::make_unique<data::ResidentLoader>(dataset_, *resident_, std::move(ids), normalization,
                                                  options, cuda::write_views);
  }

 private:
  const data::Dataset& dataset_;
  std::optional<data::ResidentPictures> resident_{};
};

data::LoaderOptions evaluation_options(const data::DataOptions& options) {
  return {.batch_size = options.batch_size, .threads = options.loader_threads};
}

// What the network's and the teacher's first operation round to in any case, a GPU need not write wider.
torch::Dtype pictures_dtype(const TrainingOptions& options) {
  const bool is_rounded = options.trainer.accelerator == Accelerator::cuda &&
                          options.trainer.precision == Precision::bf16_mixed &&
                          options.data.mixup_alpha == 0 &&
                          (options.teacher.precision == methods::TeacherPrecision::as_trainer ||
                           options.teacher.precision == methods::TeacherPrecision::bfloat16);
  return is_rounded ? torch::kBFloat16 : torch::kFloat32;
}

data::LoaderOptions training_options(const TrainingOptions& options, const data::DataModule& data, int rank,
                                     int world_size) {
  return {.batch_size = options.data.batch_size,
          .augmentation = options.data.augmentation,
          .mixup_alpha = options.data.mixup_alpha,
          .shuffle = !options.trainer.is_overfitting,
          .drop_last = leaves_one_picture(data, options.data.batch_size, world_size),
          .rank = rank,
          .world_size = world_size,
          .seed = options.seed,
          .dtype = pictures_dtype(options),
          .threads = options.data.loader_threads};
}

}  // namespace

std::unique_ptr<data::BatchSource> make_evaluation_loader(const data::Dataset& dataset,
                                                          std::vector<int64_t> ids,
                                                          const data::Normalization& normalization,
                                                          const data::DataOptions& options,
                                                          torch::Device device) {
  return Pictures(dataset, device).batches(std::move(ids), normalization, evaluation_options(options));
}

bool leaves_one_picture(const data::DataModule& data, int64_t batch_size, int64_t world_size) {
  const int64_t rest = static_cast<int64_t>(data.train_ids.size()) % (batch_size * world_size);
  return batch_size > 1 && rest / world_size == 1;
}

std::unique_ptr<data::BatchSource> make_training_loader(const TrainingOptions& options,
                                                        const data::DataModule& data, int rank,
                                                        int world_size) {
  return Pictures(data.train, enter_device(options.trainer))
      .batches(data.train_ids, data.normalization, training_options(options, data, rank, world_size));
}

TrainingLoaders make_loaders(const TrainingOptions& options, const data::DataModule& data, int rank,
                             int world_size) {
  const torch::Device device = enter_device(options.trainer);
  const Pictures train(data.train, device), test(data.test, device);
  const auto evaluation = [&](const Pictures& pictures, const std::vector<int64_t>& ids) {
    return pictures.batches(ids, data.normalization, evaluation_options(options.data));
  };
  const bool has_validation = !data.validation_ids.empty();
  return {.train = train.batches(data.train_ids, data.normalization,
                                 training_options(options, data, rank, world_size)),
          .validation =
              has_validation ? evaluation(train, data.validation_ids) : evaluation(test, all_ids(data.test)),
          .test = evaluation(test, all_ids(data.test)),
          .has_validation = has_validation};
}

}  // namespace retort::trainer
