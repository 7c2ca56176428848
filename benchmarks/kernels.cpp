// SPDX-License-Identifier: MIT
// bench_kernels THREADS: the parts of a step that are ours against LibTorch's own, in turn: Hinton's loss
// with its gradient against the chain of operators, the optimizer against torch::optim, dropout against
// torch::dropout. Prints name, microseconds of ours and theirs (medians), ratio.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <torch/optim/adamw.h>
#include <torch/optim/sgd.h>

#include "retort/checkpoint/weights.h"
#include "retort/methods/fused_hinton.h"
#include "retort/models/dropout.h"
#include "retort/models/model.h"
#include "retort/optim/optimizer.h"

namespace {

using namespace retort;

template <class Work>
double microseconds(Work work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<long>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

template <class Ours, class Theirs>
void compare(const std::string& name, int rounds, Ours ours, Theirs theirs) {
  std::vector<double> a, b;
  for (int round = -3; round < rounds; ++round) {
    const double own = microseconds(ours), other = microseconds(theirs);
    if (round < 0) continue;  // warm-up
    a.push_back(own);
    b.push_back(other);
  }
  std::printf("%s,%.1f,%.1f,%.2f\n", name.c_str(), median(a), median(b), median(b) / median(a));
  std::fflush(stdout);
}

void compare_losses(int64_t rows, int64_t classes, int rounds) {
  const auto student = torch::randn({rows, classes}).requires_grad_();
  const auto teacher = torch::randn({1, rows, classes});
  const auto labels = torch::randint(classes, {rows}, torch::kLong);
  const methods::HintonOptions options;
  compare(
      "hinton loss and gradient " + std::to_string(rows) + " x " + std::to_string(classes), rounds,
      [&] {
        student.mutable_grad().reset();
        methods::fused_hinton_loss(student, teacher, labels, options, {}).total.backward();
      },
      [&] {
        student.mutable_grad().reset();
        const auto terms = methods::hinton_loss(student, teacher[0], labels, options);
        (options.hard_loss_weight * terms.hard + options.distill_loss_weight * terms.distill).backward();
      });
}

template <class Theirs>
void compare_optimizers(const optim::OptimizerOptions& options, Theirs make_theirs) {
  const auto model = models::make_model({.name = "resnet18"}, {});
  const auto ours = optim::make_optimizer(options, checkpoint::parameters_of(*model));
  auto theirs = make_theirs(model->parameters());
  for (auto& parameter : model->parameters()) parameter.mutable_grad() = torch::randn_like(parameter);
  compare(
      options.name + " step, ResNet-18", 20, [&] { ours->step(1e-6); }, [&] { theirs.step(); });
}

void compare_dropout() {
  const torch::Tensor x = torch::randn({256, 1200});
  compare(
      "dropout 256 x 1200", 200, [&] { models::dropout(x, 0.5); },
      [&] { torch::dropout(x, 0.5, /*train=*/true); });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: bench_kernels THREADS\n", stderr);
    return 2;
  }
  at::set_num_threads(std::atoi(argv[1]));
  compare_losses(128, 10, 500);
  compare_losses(128, 1000, 200);
  compare_losses(1024, 1000, 50);
  compare_losses(64, 131'072, 5);
  compare_optimizers({.name = "sgd", .weight_decay = 5e-4, .momentum = 0.9}, [](const auto& parameters) {
    return torch::optim::SGD(parameters, torch::optim::SGDOptions(1e-6).momentum(0.9).weight_decay(5e-4));
  });
  compare_optimizers({.name = "adamw", .weight_decay = 0.01}, [](const auto& parameters) {
    return torch::optim::AdamW(parameters, torch::optim::AdamWOptions(1e-6).weight_decay(0.01));
  });
  compare_dropout();
}
