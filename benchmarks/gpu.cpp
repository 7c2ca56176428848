// SPDX-License-Identifier: MIT
// bench_gpu student|distill|table PRECISION BATCH_SIZE: a contestant of gpu.py, on the first GPU. ResNet-50
// into ResNet-18 on pictures of CIFAR-10's shape and number, with the loader, step and graph of `retort
// train`; table: answers that are looked up, as methods::RecordedTeacher does. Random bytes stand for
// pictures, and the teacher has random weights: the work does not depend on them. At the end of its input it
// says the peak of the device's memory, in bytes.
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <string>

#include "benchmarks/contestant.h"
#include "benchmarks/random_pictures.h"
#include "retort/cuda/device.h"
#include "retort/cuda/graph.h"
#include "retort/data/resident_loader.h"
#include "retort/methods/hinton.h"
#include "retort/methods/recorded_teacher.h"
#include "retort/trainer/compute_settings.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/step.h"

namespace retort::benchmarks {
namespace {

constexpr int64_t kPictures = 50'000;
constexpr data::Augmentation kViews{.padding = 4, .flip = true};

std::vector<int64_t> all_ids() {
  std::vector<int64_t> ids(kPictures);
  std::iota(ids.begin(), ids.end(), 0);
  return ids;
}

std::unique_ptr<methods::Teacher> make_teacher(const std::string& task, torch::Dtype dtype,
                                               torch::Device device) {
  if (task == "student") return nullptr;
  if (task == "table")
    return methods::make_recorded_teacher(
        torch::randn({kPictures, kViews.num_views(), 10}, torch::TensorOptions(torch::kHalf).device(device)));
  const auto network = models::make_model({.name = "resnet50"}, {});
  trainer::place(*network, device, torch::kFloat32);
  std::vector<models::InferenceModel> networks;
  networks.emplace_back(network, dtype);
  return methods::make_network_teacher(std::move(networks));
}

void run(const std::string& task, trainer::Precision precision, int64_t batch_size) {
  const trainer::TrainerOptions options{
      .accelerator = trainer::Accelerator::cuda, .benchmark = true, .precision = precision};
  trainer::apply_compute_settings(options);
  const torch::Device device = trainer::enter_device(options);
  torch::manual_seed(0);
  const data::Dataset dataset = random_pictures(kPictures, /*channels=*/3, /*side=*/32);
  const torch::Dtype dtype = precision == trainer::Precision::bf16_mixed ? torch::kBFloat16 : torch::kFloat32;
  data::ResidentLoader loader(
      dataset, data::ResidentPictures(dataset, device), all_ids(),
      {.mean = {0.49, 0.48, 0.45}, .std = {0.25, 0.24, 0.26}},
      {.batch_size = batch_size, .augmentation = kViews, .shuffle = true, .drop_last = true, .dtype = dtype},
      cuda::write_views);
  const auto teacher = make_teacher(task, dtype, device);
  const auto student = models::make_model({.name = "resnet18"}, {});
  trainer::place(*student, device, torch::kFloat32);
  const auto optimizer = optim::make_optimizer({.name = "sgd", .weight_decay = 5e-4, .momentum = 0.9},
                                               checkpoint::parameters_of(*student));
  const std::unique_ptr<methods::Method> method =
      teacher != nullptr
          ? std::make_unique<methods::Hinton>(methods::HintonOptions{}, methods::TeacherOptions{})
          : methods::make_supervised();
  trainer::Strategy alone;
  const auto graph = cuda::make_graph_repeater(
      [](const std::string& reason) { std::fprintf(stderr, "%s\n", reason.c_str()); });
  const auto step = trainer::make_step(options, {.strategy = alone,
                                                 .model = *student,
                                                 .method = *method,
                                                 .teacher = teacher.get(),
                                                 .optimizer = *optimizer,
                                                 .batches = loader,
                                                 .repeater = graph.get()});
  const int64_t per_epoch = loader.batches_per_epoch();
  int64_t done = 0;
  take_part(
      /*warm_up_steps=*/20,
      [&] {
        if (done % per_epoch == 0) loader.start_epoch(done / per_epoch);
        step->run({.first_batch = done % per_epoch,
                   .first_batch_of_all = done,
                   .step = done,
                   .lr = 0.01,
                   .tells = false});
        ++done;
      },
      [&] { step->take_untold(); });  // waits for the device, once a turn
  std::printf("%.0f\n", cuda::memory_of(device).peak);
}

}  // namespace
}  // namespace retort::benchmarks

int main(int argc, char** argv) {
  using retort::trainer::parse_precision;
  if (argc != 4 || !parse_precision(argv[2])) {
    std::fputs("usage: bench_gpu student|distill|table PRECISION BATCH_SIZE\n", stderr);
    return 2;
  }
  retort::benchmarks::run(argv[1], *parse_precision(argv[2]), std::atoi(argv[3]));
}
