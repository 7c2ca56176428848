// SPDX-License-Identifier: MIT
// bench_checkpoint_cost EPOCH_SECONDS: what a checkpoint of ResNet-18 with its momentum costs, written,
// verified and pruned as a training does after each epoch: the median of seven, and its share of an epoch of
// so many seconds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "retort/checkpoint/store.h"
#include "retort/models/model.h"
#include "retort/optim/optimizer.h"
#include "retort/trainer/finite.h"

int main(int argc, char** argv) {
  using namespace retort;
  if (argc != 2) {
    std::fputs("usage: bench_checkpoint_cost EPOCH_SECONDS\n", stderr);
    return 2;
  }
  std::string pattern = (std::filesystem::current_path() / "bench-checkpoints-XXXXXX").string();
  const std::filesystem::path folder = mkdtemp(pattern.data());
  const auto model = models::make_model({.name = "resnet18"}, {});
  const auto optimizer =
      optim::make_optimizer({.name = "sgd", .momentum = 0.9}, checkpoint::parameters_of(*model));
  checkpoint::CheckpointStore store(folder);
  std::vector<double> seconds;
  for (int64_t step = 0; step < 7; ++step) {
    const auto start = std::chrono::steady_clock::now();
    checkpoint::Checkpoint checkpoint{.step = step, .files = {}, .state = "{}"};
    checkpoint.files["model"].tensors = checkpoint::state_of(*model);
    checkpoint.files["optimizer"].tensors = optimizer->state();
    for (const auto& [name, file] : checkpoint.files) trainer::check_finite(file.tensors);
    store.save(checkpoint);
    store.prune(/*keep=*/2);
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::filesystem::remove_all(folder);
  std::sort(seconds.begin(), seconds.end());
  std::printf(
      "a checkpoint of ResNet-18: %.0f ms (fastest %.0f, slowest %.0f), %.2f %% of an epoch of %s s\n",
      1000 * seconds[3], 1000 * seconds.front(), 1000 * seconds.back(), 100 * seconds[3] / std::atof(argv[1]),
      argv[1]);
}
