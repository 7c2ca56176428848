// SPDX-License-Identifier: MIT
#include "retort/data/resident_loader.h"

#include <algorithm>
#include <stdexcept>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "retort/data/mixup.h"

namespace retort::data {
namespace {

template <class Value>
void write_views(const ViewBatch& batch) {
  for (int64_t i = 0; i < batch.size; ++i) {
    const Augmentation::View view = batch.augmentation.view(begin_picture(batch, i));
    for (int64_t pixel = 0; pixel < batch.height * batch.width; ++pixel)
      write_pixel<Value>(batch, i, view, pixel);
  }
}

// A copy of `values` on `target`'s device, there before what is asked of it next; the host does not wait.
void hand_over(std::vector<int64_t> values, const torch::Tensor& target) {
  const torch::Tensor source =
      at::empty(target.sizes(), at::TensorOptions(at::kLong).pinned_memory(target.device().is_cuda()));
  std::copy(values.begin(), values.end(), source.mutable_data_ptr<int64_t>());
  target.copy_(source, /*non_blocking=*/true);
}

}  // namespace

ResidentPictures::ResidentPictures(const Dataset& dataset, torch::Device device) {
  // Both are read from alone.
  auto* const bytes = const_cast<uint8_t*>(dataset.images.data());
  auto* const labels = const_cast<int64_t*>(dataset.labels.data());
  pictures =
      at::from_blob(bytes, {dataset.size(), dataset.channels, dataset.height, dataset.width}, at::kByte)
          .to(device, at::kByte, /*non_blocking=*/false, /*copy=*/true);
  classes = at::from_blob(labels, {dataset.size()}, at::kLong)
                .to(device, at::kLong, /*non_blocking=*/false, /*copy=*/true);
}

void write_views_here(const ViewBatch& batch, torch::Dtype dtype) {
  if (dtype == torch::kBFloat16)
    write_views<uint16_t>(batch);
  else
    write_views<float>(batch);
}

ResidentLoader::ResidentLoader(const Dataset& dataset, ResidentPictures pictures,
                               std::vector<int64_t> sample_ids, const Normalization& normalization,
                               const LoaderOptions& options, WriteViews write)
    : pictures_(std::move(pictures)),
      sample_ids_(std::move(sample_ids)),
      options_(options),
      plan_(static_cast<int64_t>(sample_ids_.size()), options),
      write_(write),
      num_classes_(dataset.num_classes()) {
  TORCH_CHECK(options.dtype == torch::kFloat32 || options.dtype == torch::kBFloat16,
              "batches are float32 or bfloat16, not ", options.dtype);
  // A device that reads beyond its memory says so late, if at all.
  for (const int64_t id : sample_ids_)
    if (id < 0 || id >= pictures_.classes.size(0))
      throw std::out_of_range(fmt::format("the data set has no picture {}", id));
  std::vector<float> values = normalized_bytes(normalization, dataset.channels);
  const torch::Device device = pictures_.pictures.device();
  byte_values_ = at::from_blob(values.data(), {dataset.channels, kByteValues}, at::kFloat)
                     .to(device, options.dtype, /*non_blocking=*/false, /*copy=*/true);
  const auto numbers = at::TensorOptions(at::kLong).device(device);
  order_ = at::empty({static_cast<int64_t>(sample_ids_.size())}, numbers);
  place_ = at::empty({2}, numbers);
}

void ResidentLoader::start_epoch(int64_t epoch, int64_t first_batch) {
  TORCH_CHECK(epoch >= 0 && first_batch >= 0, "an epoch is entered at a batch >= 0");
  TORCH_CHECK(!options_.every_view || epoch < options_.augmentation.num_views(), "there is no view ", epoch);
  epoch_ = epoch;
  next_batch_ = first_batch;
  hand_over(order_of_epoch(sample_ids_, options_, epoch), order_);
  place_.select(0, 0).fill_(epoch);
}

std::optional<Batch> ResidentLoader::next() {
  TORCH_CHECK(epoch_ >= 0, "start_epoch() comes before next()");
  if (next_batch_ >= batches_per_epoch()) return std::nullopt;
  const int64_t index = next_batch_++;
  const BatchPlan::Part part = plan_.part(index);
  place_.select(0, 1).fill_(part.first);

  const torch::Tensor& pictures = pictures_.pictures;
  const auto numbers = order_.options();
  Batch batch{.images = at::empty({part.size, pictures.size(1), pictures.size(2), pictures.size(3)},
                                  byte_values_.options().memory_format(at::MemoryFormat::ChannelsLast)),
              .labels = at::empty({part.size}, numbers),
              .sample_ids = at::empty({part.size}, numbers),
              .view_ids = at::empty({part.size}, numbers),
              .soft_labels = {}};
  write_({.pictures = pictures.const_data_ptr<uint8_t>(),
          .classes = pictures_.classes.const_data_ptr<int64_t>(),
          .order = order_.const_data_ptr<int64_t>(),
          .place = place_.const_data_ptr<int64_t>(),
          .byte_values = byte_values_.const_data_ptr(),
          .channels = pictures.size(1),
          .height = pictures.size(2),
          .width = pictures.size(3),
          .augmentation = options_.augmentation,
          .seed = options_.seed,
          .every_view = options_.every_view,
          .size = part.size,
          .images = batch.images.mutable_data_ptr(),
          .labels = batch.labels.mutable_data_ptr<int64_t>(),
          .sample_ids = batch.sample_ids.mutable_data_ptr<int64_t>(),
          .view_ids = batch.view_ids.mutable_data_ptr<int64_t>()},
         options_.dtype);
  if (options_.mixup_alpha > 0)
    mix(batch,
        draw_mixup_share(options_.mixup_alpha, options_.seed, static_cast<uint64_t>(epoch_),
                         static_cast<uint64_t>(index)),
        num_classes_);
  return batch;
}

}  // namespace retort::data
