// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <numeric>
#include <vector>

#include <torch/utils.h>

#include "retort/data/loader.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

// 64 pictures of 4 x 4 grey levels; the class is whether the upper half is brighter.
inline data::Dataset make_pictures() {
  data::Dataset dataset{.name = "halves", .channels = 1, .height = 4, .width = 4};
  dataset.class_names = {"lower", "upper"};
  for (int i = 0; i < 64; ++i) {
    const bool is_upper = i % 2 == 1;
    for (int pixel = 0; pixel < 16; ++pixel)
      dataset.images.push_back(
          static_cast<uint8_t>((pixel < 8) == is_upper ? 200 + i % 7 * 5 : 20 + i % 5 * 7));
    dataset.labels.push_back(is_upper);
  }
  return dataset;
}

using Callbacks = std::vector<std::unique_ptr<Callback>>;

// A checkpoint whose tensors are its own.
inline checkpoint::Checkpoint snapshot(Trainer& trainer) {
  checkpoint::Checkpoint checkpoint = trainer.checkpoint();
  for (auto& [name, file] : checkpoint.files)
    for (auto& [key, tensor] : file.tensors) tensor = tensor.detach().clone();
  return checkpoint;
}

struct TrainingSettings {
  TrainerOptions options{};
  optim::OptimizerOptions optimizer{.name = "sgd", .lr = 0.1, .momentum = 0.9};
  int64_t batch_size = 16;
  int rank = 0, world_size = 1;
  std::function<std::shared_ptr<Strategy>(models::Model&)> make_strategy = [](models::Model&) {
    return std::make_shared<Strategy>();
  };
  double dropout = 0.2;
  Repeater* repeater = nullptr;
  std::function<void(Callbacks&, models::Model&)> add_callbacks = [](Callbacks&, models::Model&) {};
};

// A training of an MLP on 60 of the pictures above, with everything that it needs; all are validated.
class Training {
 public:
  explicit Training(const TrainingSettings& settings)
      : train_loader(dataset, ids, normalization,
                     {.batch_size = settings.batch_size,
                      .shuffle = true,
                      .rank = settings.rank,
                      .world_size = settings.world_size,
                      .seed = 1}),
        validation_loader(dataset, all_ids, normalization, {.batch_size = 16}) {
    {
      // The generator is the process's: of two threads that each make one, the other waits.
      static std::mutex generator;
      const std::lock_guard lock(generator);
      torch::manual_seed(5);
      model = models::make_model({.name = "mlp", .widths = {8}, .dropout = settings.dropout},
                                 {.channels = 1, .height = 4, .width = 4, .num_classes = 2});
    }
    strategy = settings.make_strategy(*model);
    model->to(storage_dtype(settings.options.precision));
    optimizer = optim::make_optimizer(settings.optimizer, checkpoint::parameters_of(*model));
    Callbacks callbacks;
    settings.add_callbacks(callbacks, *model);
    trainer = std::make_unique<Trainer>(settings.options,
                                        TrainingParts{.strategy = *strategy,
                                                      .model = *model,
                                                      .method = *method,
                                                      .teacher = nullptr,
                                                      .optimizer = *optimizer,
                                                      .schedule = {.name = "cosine"},
                                                      .base_lr = settings.optimizer.lr,
                                                      .train_loader = train_loader,
                                                      .validation_loader = validation_loader,
                                                      .evaluation_name = "val",
                                                      .seed = 1,
                                                      .repeater = settings.repeater,
                                                      .fingerprint = {}},
                                        std::move(callbacks));
  }

  data::Dataset dataset = make_pictures();
  std::vector<int64_t> ids = first(60), all_ids = first(64);
  data::Normalization normalization{.mean = {0.5}, .std = {0.5}};
  data::Loader train_loader, validation_loader;
  std::shared_ptr<Strategy> strategy;
  std::unique_ptr<methods::Method> method = methods::make_supervised();
  std::shared_ptr<models::Model> model;
  std::unique_ptr<optim::Optimizer> optimizer;
  std::unique_ptr<Trainer> trainer;

 private:
  static std::vector<int64_t> first(size_t count) {
    std::vector<int64_t> ids(count);
    std::iota(ids.begin(), ids.end(), 0);
    return ids;
  }
};

}  // namespace retort::trainer
