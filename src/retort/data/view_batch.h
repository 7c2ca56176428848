// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/data/augmentation.h"
#include "retort/data/view_writer.h"

namespace retort::data {

/// A batch of views and what it is made of: plain addresses in the memory of one device. What stands below is
/// constexpr, so that a processor's loop and a GPU's threads do the same.
struct ViewBatch {
  const uint8_t* pictures;  // [all, C, H, W]
  const int64_t* classes;   // [all]
  const int64_t* order;     // the epoch's sample ids
  const int64_t* place;     // {epoch, first}: the batch begins with order[first]
  const void* byte_values;  // [C, 256], normalized_bytes() in the type of the images
  int64_t channels, height, width;
  Augmentation augmentation;
  uint64_t seed;
  bool every_view;  // epoch e shows view e of every sample

  int64_t size;                             // N
  void* images;                             // [N, H, W, C], float or the bits of bfloat16
  int64_t *labels, *sample_ids, *view_ids;  // [N]
};

/// Picture i of a batch: the id of the view that it shows. Writes its label and ids.
constexpr int64_t begin_picture(const ViewBatch& batch, int64_t i) {
  const int64_t epoch = batch.place[0], sample = batch.order[batch.place[1] + i];
  const int64_t view = batch.every_view ? epoch
                                        : batch.augmentation.draw(batch.seed, static_cast<uint64_t>(epoch),
                                                                  static_cast<uint64_t>(sample));
  batch.labels[i] = batch.classes[sample];
  batch.sample_ids[i] = sample;
  batch.view_ids[i] = view;
  return view;
}

/// Writes the channels of pixel `pixel` (row * W + column) of picture i, which shows `view`. Value is float,
/// or uint16_t for the bits of bfloat16.
template <class Value>
constexpr void write_pixel(const ViewBatch& batch, int64_t i, Augmentation::View view, int64_t pixel) {
  const int64_t plane = batch.height * batch.width;
  const int64_t column = pixel % batch.width;
  const int64_t source_row = pixel / batch.width + view.row - batch.augmentation.padding;
  const int64_t source_column =
      (view.flipped ? batch.width - 1 - column : column) + view.column - batch.augmentation.padding;
  const bool is_inside =
      source_row >= 0 && source_row < batch.height && source_column >= 0 && source_column < batch.width;
  const int64_t sample = batch.order[batch.place[1] + i];
  const uint8_t* const picture = batch.pictures + sample * batch.channels * plane;
  const auto* const values = static_cast<const Value*>(batch.byte_values);
  Value* const out = static_cast<Value*>(batch.images) + (i * plane + pixel) * batch.channels;
  for (int64_t c = 0; c < batch.channels; ++c) {
    const uint8_t byte = is_inside ? picture[c * plane + source_row * batch.width + source_column] : 0;
    out[c] = values[c * kByteValues + byte];
  }
}

}  // namespace retort::data
