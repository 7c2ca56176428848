// SPDX-License-Identifier: MIT
// Steps on a GPU: as on the processor, as without the recording, and without a wait. Skipped where there is
// none.
#include <numeric>

#include <gtest/gtest.h>

#include "retort/cuda/device.h"
#include "retort/cuda/graph.h"
#include "retort/cuda/waits.h"
#include "retort/data/resident_loader.h"
#include "retort/methods/hinton.h"
#include "retort/trainer/compute_settings.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/step.h"

namespace retort::trainer {
namespace {

constexpr int64_t kPictures = 256, kBatch = 32;

data::Dataset random_pictures() {
  data::Dataset dataset{.name = "random", .channels = 3, .height = 16, .width = 16};
  CounterRng rng(/*seed=*/1, RandomStream::order, /*epoch=*/0, /*sample=*/0);
  dataset.images.resize(static_cast<size_t>(kPictures * 3 * 16 * 16));
  for (uint8_t& byte : dataset.images) byte = static_cast<uint8_t>(rng.next());
  for (int64_t i = 0; i < kPictures; ++i) dataset.labels.push_back(i % 10);
  dataset.class_names.resize(10, "class");
  return dataset;
}

// ResNet-20 learns from a frozen one, on a device.
class Distillation {
 public:
  Distillation(const TrainerOptions& options, Repeater* repeater)
      : device_(enter_device(options)),
        loader_(
            dataset_, data::ResidentPictures(dataset_, device_), ids(), {.mean = {0.5}, .std = {0.25}},
            {.batch_size = kBatch, .augmentation = {.padding = 2, .flip = true}, .shuffle = true, .seed = 3},
            device_.is_cuda() ? cuda::write_views : data::write_views_here) {
    torch::manual_seed(0);
    const models::Task task{.channels = 3, .height = 16, .width = 16, .num_classes = 10};
    const auto teacher = models::make_model({.name = "resnet20"}, task);
    student = models::make_model({.name = "resnet20"}, task);
    place(*teacher, device_, torch::kFloat32);
    place(*student, device_, torch::kFloat32);
    std::vector<models::InferenceModel> networks;
    networks.emplace_back(teacher, torch::kFloat32);
    teacher_ = methods::make_network_teacher(std::move(networks));
    optimizer_ = optim::make_optimizer({.name = "sgd", .weight_decay = 5e-4, .momentum = 0.9},
                                       checkpoint::parameters_of(*student));
    step_ = make_step(options, {.strategy = strategy_,
                                .model = *student,
                                .method = method_,
                                .teacher = teacher_.get(),
                                .optimizer = *optimizer_,
                                .batches = loader_,
                                .seed = 1,
                                .repeater = repeater});
  }

  /// The losses of the first steps; where nobody is told them, nothing.
  std::vector<double> run(int64_t steps, bool tells) {
    std::vector<double> losses;
    student->train();
    for (int64_t i = 0; i < steps; ++i, ++done_) {
      const int64_t batch = done_ % (kPictures / kBatch);
      if (batch == 0) loader_.start_epoch(done_ / (kPictures / kBatch));
      const StepOutcome outcome = step_->run(
          {.first_batch = batch, .first_batch_of_all = done_, .step = done_, .lr = 0.02, .tells = tells});
      if (tells) losses.push_back(std::get<StepResult>(outcome).losses.front().second);
    }
    return losses;
  }

  std::shared_ptr<models::Model> student;

 private:
  static std::vector<int64_t> ids() {
    std::vector<int64_t> all(kPictures);
    std::iota(all.begin(), all.end(), 0);
    return all;
  }

  torch::Device device_;
  data::Dataset dataset_ = random_pictures();
  data::ResidentLoader loader_;
  Strategy strategy_{};
  methods::Hinton method_{methods::HintonOptions{}, methods::TeacherOptions{}};
  std::unique_ptr<methods::Teacher> teacher_{};
  std::unique_ptr<optim::Optimizer> optimizer_{};
  std::unique_ptr<Step> step_{};
  int64_t done_ = 0;
};

class GpuStep : public testing::Test {
 protected:
  void SetUp() override {
    if (choose_accelerator("auto", CudaSupport::of_this_process()) != Accelerator::cuda)
      GTEST_SKIP() << "no NVIDIA GPU, or a build for the processor alone";
    apply_compute_settings(options_);
  }

  std::unique_ptr<Repeater> graph() {
    return cuda::make_graph_repeater([](const std::string& reason) { ADD_FAILURE() << reason; });
  }

  TrainerOptions options_{.accelerator = Accelerator::cuda, .deterministic = true};
};

void expect_near(const std::vector<double>& found, const std::vector<double>& expected, double tolerance) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], tolerance) << i;
}

TEST_F(GpuStep, HasTheFirstTwentyLossesOfTheProcessor) {
  const auto repeater = graph();
  Distillation there(options_, repeater.get()), here({}, nullptr);
  expect_near(there.run(20, /*tells=*/true), here.run(20, /*tells=*/true), 1e-4);
}

TEST_F(GpuStep, ReplayedIsWhatItIsWhenItIsNot) {
  const auto repeater = graph();
  Repeater eager;
  Distillation replayed(options_, repeater.get()), called(options_, &eager);
  expect_near(replayed.run(24, /*tells=*/true), called.run(24, /*tells=*/true), 1e-5);
}

TEST_F(GpuStep, WaitsForNothingUntilItTells) {
  const auto repeater = graph();
  Distillation distillation(options_, repeater.get());
  distillation.run(8, /*tells=*/true);  // an epoch, in which all is allocated and recorded
  const cuda::RefuseWaits no_waits;
  distillation.run(16, /*tells=*/false);
}

TEST_F(GpuStep, LearnsInEveryPrecision) {
  for (const Precision precision : {Precision::bf16_mixed, Precision::float16_mixed}) {
    options_.precision = precision;
    const auto repeater = graph();
    Distillation distillation(options_, repeater.get());
    const auto losses = distillation.run(64, /*tells=*/true);
    EXPECT_LT(losses.back(), losses.front());
  }
}

}  // namespace
}  // namespace retort::trainer
