// SPDX-License-Identifier: MIT
// bench_distill student|distill|table|teacher 32-true|bf16-mixed 32-true|bf16|int8 BATCH_SIZE THREADS: a
// contestant of race.py; the second precision is the teacher's. ResNet-50 into ResNet-18 on pictures of
// CIFAR-10's shape, loader, loss and optimizer as `retort train` has them. Random bytes stand for pictures;
// the teacher has random weights: the work does not depend on them.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <unistd.h>

#include "benchmarks/contestant.h"
#include "benchmarks/random_pictures.h"
#include "retort/checkpoint/weights.h"
#include "retort/core/process.h"
#include "retort/data/loader.h"
#include "retort/methods/hinton.h"
#include "retort/methods/table_teacher.h"
#include "retort/models/inference.h"
#include "retort/optim/optimizer.h"

namespace retort::benchmarks {
namespace {

constexpr int64_t kPictures = 1024;
constexpr data::Augmentation kViews{.padding = 4, .flip = true, .drawn_views = 1};

/// One batch after another, for ever.
class Batches {
 public:
  Batches(const data::Dataset& dataset, int64_t batch_size)
      : loader_(dataset, ids(), {.mean = {0.49, 0.48, 0.45}, .std = {0.25, 0.24, 0.26}},
                {.batch_size = batch_size, .augmentation = kViews, .shuffle = true, .drop_last = true}) {
    loader_.start_epoch(0);
  }
  data::Batch next() {
    if (auto batch = loader_.next()) return *batch;
    loader_.start_epoch(++epoch_);
    return *loader_.next();
  }
  int64_t per_epoch() const { return loader_.batches_per_epoch(); }

 private:
  static std::vector<int64_t> ids() {
    std::vector<int64_t> all(kPictures);
    for (int64_t i = 0; i < kPictures; ++i) all[static_cast<size_t>(i)] = i;
    return all;
  }
  data::Loader loader_;
  int64_t epoch_ = 0;
};

models::InferenceModel freeze(const std::string& precision, Batches& batches) {
  const auto network = models::make_model({.name = "resnet50"}, {});
  if (precision == "int8") return models::InferenceModel::in_int8(network, batches.next().images.split(16));
  return models::InferenceModel(network, precision == "bf16" ? torch::kBFloat16 : torch::kFloat32);
}

std::unique_ptr<methods::Teacher> make_teacher(const std::string& precision, bool from_table,
                                               const std::string& folder, Batches& batches) {
  std::vector<models::InferenceModel> networks;
  networks.push_back(freeze(precision, batches));
  auto live = methods::make_network_teacher(std::move(networks));
  if (!from_table) return live;
  std::vector<methods::TeacherTable> tables;
  tables.emplace_back(
      folder,
      methods::TableKey{
          .description = "benchmark", .samples = kPictures, .views = kViews.num_views(), .classes = 10});
  return methods::make_table_teacher(std::move(live), std::move(tables), {});
}

void run(const std::string& task, bool narrow, const std::string& teacher_precision, int64_t batch_size) {
  torch::manual_seed(0);
  const data::Dataset dataset = random_pictures(kPictures, /*channels=*/3, /*side=*/32);
  Batches batches(dataset, batch_size);
  const auto folder = std::filesystem::temp_directory_path() / ("bench_distill_" + std::to_string(getpid()));
  const bool has_teacher = task != "student";
  const auto teacher =
      has_teacher ? make_teacher(teacher_precision, task == "table", folder.string(), batches) : nullptr;
  if (task == "table")  // filled before the race: later students never meet the live teacher
    for (int64_t i = 0; i < batches.per_epoch(); ++i) teacher->answer(batches.next());
  std::filesystem::remove_all(folder);  // the mapping stays

  const auto student = models::make_model({.name = "resnet18"}, {});
  const auto optimizer = optim::make_optimizer({.name = "sgd", .weight_decay = 5e-4, .momentum = 0.9},
                                               checkpoint::parameters_of(*student));
  const std::unique_ptr<methods::Method> method =
      has_teacher ? std::make_unique<methods::Hinton>(methods::HintonOptions{}, methods::TeacherOptions{})
                  : methods::make_supervised();

  take_part(/*warm_up_steps=*/3, [&] {
    const data::Batch batch = batches.next();
    methods::TeacherOutput said;
    if (has_teacher) said = teacher->answer(batch);
    if (task == "teacher") return;
    optimizer->zero_grad();
    at::autocast::set_autocast_dtype(at::kCPU, at::kBFloat16);
    at::autocast::set_autocast_enabled(at::kCPU, narrow);
    const models::Output output = student->forward(batch.images);
    const methods::Losses losses =
        method->losses({.student = output, .teacher = has_teacher ? &said : nullptr, .batch = batch});
    at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(at::kCPU, false);
    losses.total.item<double>();  // read each step, as the trainer does
    losses.total.backward();
    optimizer->step(/*lr=*/0.01);
  });
}

}  // namespace
}  // namespace retort::benchmarks

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fputs(
        "usage: bench_distill student|distill|table|teacher 32-true|bf16-mixed 32-true|bf16|int8 BATCH_SIZE "
        "THREADS\n",
        stderr);
    return 2;
  }
  retort::tune_process();
  at::globalContext().setFlushDenormal(true);
  at::set_num_threads(std::atoi(argv[5]));
  retort::benchmarks::run(argv[1], std::string(argv[2]) == "bf16-mixed", argv[3], std::atoi(argv[4]));
}
