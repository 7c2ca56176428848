// SPDX-License-Identifier: MIT
// bench_train_step BATCH_SIZE PRECISION STEPS THREADS: images per second of a training step, the median over
// STEPS after a warm-up. ResNet-18 for CIFAR, SGD with momentum and weight decay, one fixed batch in memory:
// batch preparation is not in it. peers/train_step.py does the same in PyTorch; train_step.sh compares them.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>

#include <ATen/Parallel.h>
#include <torch/nn/functional/loss.h>

#include "retort/checkpoint/weights.h"
#include "retort/models/model.h"
#include "retort/optim/optimizer.h"
#include "retort/trainer/autocast.h"

namespace {

using namespace retort;

constexpr int kWarmUpSteps = 3;

double median_images_per_second(int64_t batch_size, trainer::Precision precision, int steps) {
  torch::manual_seed(0);
  const auto model = models::make_model({.name = "resnet18"}, {});
  const auto optimizer = optim::make_optimizer({.name = "sgd", .weight_decay = 5e-4, .momentum = 0.9},
                                               checkpoint::parameters_of(*model));
  const torch::Tensor images =
      torch::randn({batch_size, 3, 32, 32}).contiguous(torch::MemoryFormat::ChannelsLast);
  const torch::Tensor labels = torch::randint(10, {batch_size}, torch::kInt64);

  std::vector<double> seconds;
  for (int i = 0; i < kWarmUpSteps + steps; ++i) {
    const auto start = std::chrono::steady_clock::now();
    optimizer->zero_grad();
    torch::Tensor loss;
    {
      const trainer::AutocastScope autocast(precision);
      loss = torch::nn::functional::cross_entropy(model->forward(images).logits.to(torch::kFloat32), labels);
    }
    loss.backward();
    optimizer->step(/*lr=*/0.01);
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    if (i >= kWarmUpSteps) seconds.push_back(elapsed.count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + steps / 2, seconds.end());
  return static_cast<double>(batch_size) / seconds[static_cast<size_t>(steps / 2)];
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fputs("usage: bench_train_step BATCH_SIZE 32-true|bf16-mixed STEPS THREADS\n", stderr);
    return 2;
  }
  at::set_num_threads(std::atoi(argv[4]));
  const double rate =
      median_images_per_second(std::atoi(argv[1]), trainer::parse_precision(argv[2]), std::atoi(argv[3]));
  std::printf("%.1f\n", rate);
}
