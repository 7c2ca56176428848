// SPDX-License-Identifier: MIT
// How many pictures a second one thread crops, flips, normalises and lays out, from bytes to a batch that a
// network takes: the pictures in random order, out of a training set of CIFAR-10's or MNIST's size. Random
// bytes stand for pictures: the work does not depend on them.
#include <cstdint>
#include <vector>

#include <benchmark/benchmark.h>

#include "benchmarks/random_pictures.h"
#include "retort/core/random.h"
#include "retort/data/augmentation.h"
#include "retort/data/dataset.h"
#include "retort/data/view_writer.h"

namespace retort::data {
namespace {

constexpr int64_t kBatchSize = 128;

template <class Value>
void prepare_batches(benchmark::State& state, const Dataset& dataset, const Augmentation& augmentation) {
  const Normalization normalization{.mean = {0.47}, .std = {0.25}};
  const ViewWriter writer(dataset, normalization, augmentation);
  const auto values = static_cast<size_t>(writer.values_per_view());
  const auto order = random_permutation(dataset.size(), /*seed=*/1, RandomStream::order, /*epoch=*/0);
  std::vector<Value> batch(kBatchSize * values);
  size_t next = 0;
  for (auto _ : state) {
    for (size_t i = 0; i < kBatchSize; ++i, next = (next + 1) % order.size()) {
      const int64_t view = augmentation.draw(/*seed=*/1, /*epoch=*/0, static_cast<uint64_t>(order[next]));
      writer.write(order[next], view, std::span(batch).subspan(i * values, values));
    }
    benchmark::ClobberMemory();
  }
  state.SetItemsProcessed(state.iterations() * kBatchSize);
}

template <class Value>
void cifar10(benchmark::State& state) {
  static const Dataset dataset = benchmarks::random_pictures(50'000, /*channels=*/3, /*side=*/32);
  prepare_batches<Value>(state, dataset, {.padding = 4, .flip = true});
}

template <class Value>
void mnist(benchmark::State& state) {
  static const Dataset dataset = benchmarks::random_pictures(60'000, /*channels=*/1, /*side=*/28);
  prepare_batches<Value>(state, dataset, {});
}

BENCHMARK(cifar10<float>)->Name("cifar10/crop_flip/float32");
BENCHMARK(cifar10<uint16_t>)->Name("cifar10/crop_flip/bfloat16");
BENCHMARK(mnist<float>)->Name("mnist/none/float32");
BENCHMARK(mnist<uint16_t>)->Name("mnist/none/bfloat16");

}  // namespace
}  // namespace retort::data

BENCHMARK_MAIN();
