// SPDX-License-Identifier: MIT
#include "retort/data/loader.h"

#include <algorithm>
#include <deque>
#include <exception>
#include <functional>
#include <span>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <torch/types.h>

#include "retort/core/error.h"
#include "retort/data/batch_plan.h"
#include "retort/data/mixup.h"
#include "retort/data/view_writer.h"
#include "retort/data/worker_pool.h"

namespace retort::data {
namespace {

std::unique_ptr<WorkerPool> make_workers(int threads) {
  if (threads == 0) return nullptr;
  try {
    return std::make_unique<WorkerPool>(threads);
  } catch (const std::system_error& error) {
    throw Error(ExitCode::resources, fmt::format("cannot start {} loader threads (data.loader_threads): {}",
                                                 threads, error.what()));
  }
}

}  // namespace

struct Loader::Impl {
  Impl(const Dataset& data, std::vector<int64_t> ids, const Normalization& normalization, LoaderOptions given)
      : dataset(data),
        sample_ids(std::move(ids)),
        options(given),
        plan(static_cast<int64_t>(sample_ids.size()), given),
        writer(data, normalization, given.augmentation),
        workers(make_workers(given.threads)) {}

  Batch allocate(int64_t index) const {
    const int64_t size = plan.part(index).size;
    const auto images = torch::TensorOptions(options.dtype).memory_format(torch::MemoryFormat::ChannelsLast);
    return {.images = torch::empty({size, dataset.channels, dataset.height, dataset.width}, images),
            .labels = torch::empty({size}, torch::kInt64),
            .sample_ids = torch::empty({size}, torch::kInt64),
            .view_ids = torch::empty({size}, torch::kInt64),
            .soft_labels = {}};
  }

  Batch finish(Batch batch, int64_t index) const;
  std::function<void()> job(const Batch& batch, int64_t index) const;
  template <class Value>
  void fill(int64_t first, std::span<Value> images, int64_t* labels, int64_t* samples, int64_t* views) const;

  const Dataset& dataset;
  const std::vector<int64_t> sample_ids;
  const LoaderOptions options;
  const BatchPlan plan;
  const ViewWriter writer;

  int64_t epoch = -1;                   // none was entered yet
  std::vector<int64_t> order{};         // the epoch's sample ids
  int64_t next_batch = 0;               // the first that was not started
  std::deque<Batch> started{};          // oldest first; their memory is the workers' until collected
  std::unique_ptr<WorkerPool> workers;  // last: idle before the batches go
};

// Prepares a batch on this thread. No tensor is touched here but through its memory: LibTorch would make
// threads of its own for every thread that calls it.
template <class Value>
void Loader::Impl::fill(int64_t first, std::span<Value> images, int64_t* labels, int64_t* samples,
                        int64_t* views) const {
  const int64_t values = writer.values_per_view();
  const auto count = static_cast<int64_t>(images.size()) / values;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t sample = order[static_cast<size_t>(first + i)];
    const int64_t view = options.every_view
                             ? epoch
                             : options.augmentation.draw(options.seed, static_cast<uint64_t>(epoch),
                                                         static_cast<uint64_t>(sample));
    try {
      writer.write(sample, view,
                   images.subspan(static_cast<size_t>(i * values), static_cast<size_t>(values)));
      labels[i] = dataset.labels.at(static_cast<size_t>(sample));
    } catch (const std::exception& error) {
      throw std::runtime_error(
          fmt::format("preparing sample {} of {}: {}", sample, dataset.name, error.what()));
    }
    samples[i] = sample;
    views[i] = view;
  }
}

std::function<void()> Loader::Impl::job(const Batch& batch, int64_t index) const {
  return [this, first = plan.part(index).first, values = static_cast<size_t>(batch.images.numel()),
          images = batch.images.mutable_data_ptr(), labels = batch.labels.mutable_data_ptr<int64_t>(),
          samples = batch.sample_ids.mutable_data_ptr<int64_t>(),
          views = batch.view_ids.mutable_data_ptr<int64_t>()] {
    if (options.dtype == torch::kBFloat16)
      fill(first, std::span(static_cast<uint16_t*>(images), values), labels, samples, views);
    else
      fill(first, std::span(static_cast<float*>(images), values), labels, samples, views);
  };
}

// What a batch as a whole gets, on the thread that asked for it.
Batch Loader::Impl::finish(Batch batch, int64_t index) const {
  if (options.mixup_alpha > 0)
    mix(batch,
        draw_mixup_share(options.mixup_alpha, options.seed, static_cast<uint64_t>(epoch),
                         static_cast<uint64_t>(index)),
        dataset.num_classes());
  return batch;
}

Loader::Loader(const Dataset& dataset, std::vector<int64_t> sample_ids, const Normalization& normalization,
               LoaderOptions options) {
  TORCH_CHECK(options.threads >= 0, "threads >= 0 are needed");
  TORCH_CHECK(options.dtype == torch::kFloat32 || options.dtype == torch::kBFloat16,
              "batches are float32 or bfloat16, not ", options.dtype);
  impl_ = std::make_unique<Impl>(dataset, std::move(sample_ids), normalization, options);
}

Loader::~Loader() = default;

void Loader::start_epoch(int64_t epoch, int64_t first_batch) {
  TORCH_CHECK(epoch >= 0 && first_batch >= 0, "an epoch is entered at a batch >= 0");
  Impl& state = *impl_;
  if (state.workers != nullptr) state.workers->clear();
  state.started.clear();
  state.epoch = epoch;
  state.next_batch = first_batch;
  state.order = order_of_epoch(state.sample_ids, state.options, epoch);
}

std::optional<Batch> Loader::next() {
  Impl& state = *impl_;
  TORCH_CHECK(state.epoch >= 0, "start_epoch() comes before next()");
  if (state.workers == nullptr) {
    if (state.next_batch >= batches_per_epoch()) return std::nullopt;
    const int64_t index = state.next_batch++;
    Batch batch = state.allocate(index);
    state.job(batch, index)();
    return state.finish(std::move(batch), index);
  }
  // Twice as many as threads: while a batch is trained on, each thread has one to prepare.
  const auto most = static_cast<size_t>(2 * state.options.threads);
  for (; state.started.size() < most && state.next_batch < batches_per_epoch(); ++state.next_batch) {
    state.started.push_back(state.allocate(state.next_batch));
    state.workers->submit(state.job(state.started.back(), state.next_batch));
  }
  if (state.started.empty()) return std::nullopt;
  const int64_t index = state.next_batch - static_cast<int64_t>(state.started.size());
  Batch batch = std::move(state.started.front());
  state.started.pop_front();
  state.workers->collect_oldest();
  return state.finish(std::move(batch), index);
}

int64_t Loader::batches_per_epoch() const { return impl_->plan.batches(); }

int64_t Loader::samples_per_epoch() const { return impl_->plan.samples_of_rank(); }

}  // namespace retort::data
