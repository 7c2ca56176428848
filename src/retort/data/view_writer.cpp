// SPDX-License-Identifier: MIT
#include "retort/data/view_writer.h"

#include <algorithm>
#include <bit>
#include <stdexcept>

#include <fmt/format.h>

namespace retort::data {
namespace {

uint16_t bfloat16_bits(float value) {
  const auto bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

// One view: row and column of its corner in the picture, negative inside the padding.
struct Crop {
  int64_t height, width;
  int64_t row, column;
  bool flipped;
};

// kChannels is 0 where the number is known at run time alone.
template <int64_t kChannels, class Value>
void write_view(const uint8_t* picture, const Crop& crop, const Value* table, int64_t num_channels,
                Value* out) {
  const int64_t channels = kChannels > 0 ? kChannels : num_channels;
  const int64_t plane = crop.height * crop.width;
  // The columns of the view that lie in the picture.
  const int64_t first = std::clamp<int64_t>(-crop.column, 0, crop.width);
  const int64_t last = std::clamp<int64_t>(crop.width - crop.column, 0, crop.width);
  const int64_t step = crop.flipped ? -channels : channels;

  const auto fill = [&](Value* pixel, int64_t count) {
    for (; count > 0; --count, pixel += step)
      for (int64_t c = 0; c < channels; ++c) pixel[c] = table[c * kByteValues];
  };
  for (int64_t y = 0; y < crop.height; ++y, out += crop.width * channels) {
    Value* pixel = crop.flipped ? out + (crop.width - 1) * channels : out;
    const int64_t source_row = y + crop.row;
    if (source_row < 0 || source_row >= crop.height) {
      fill(pixel, crop.width);
      continue;
    }
    fill(pixel, first);
    pixel += first * step;
    const uint8_t* source = picture + source_row * crop.width + crop.column;
    for (int64_t x = first; x < last; ++x, pixel += step)
      for (int64_t c = 0; c < channels; ++c) pixel[c] = table[c * kByteValues + source[c * plane + x]];
    fill(pixel, crop.width - last);
  }
}

}  // namespace

std::vector<float> normalized_bytes(const Normalization& normalization, int64_t channels) {
  const auto value_of = [&](const std::vector<double>& values, int64_t channel) {
    if (values.size() != 1 && static_cast<int64_t>(values.size()) != channels)
      throw std::invalid_argument(
          fmt::format("normalization has {} values for {} channels", values.size(), channels));
    return static_cast<float>(values.size() == 1 ? values[0] : values[static_cast<size_t>(channel)]);
  };
  std::vector<float> table;
  for (int64_t c = 0; c < channels; ++c) {
    const float mean = value_of(normalization.mean, c), std = value_of(normalization.std, c);
    for (int64_t byte = 0; byte < kByteValues; ++byte) {
      const float pixel = static_cast<float>(byte) / 255.0f;
      const float centered = pixel - mean;
      table.push_back(centered / std);
    }
  }
  return table;
}

ViewWriter::ViewWriter(const Dataset& dataset, const Normalization& normalization,
                       const Augmentation& augmentation)
    : dataset_(dataset),
      augmentation_(augmentation),
      floats_(normalized_bytes(normalization, dataset.channels)) {
  for (const float value : floats_) bfloats_.push_back(bfloat16_bits(value));
}

int64_t ViewWriter::values_per_view() const { return dataset_.channels * dataset_.height * dataset_.width; }

template <class Value>
void ViewWriter::write_with(const std::vector<Value>& table, int64_t sample, int64_t view,
                            std::span<Value> values) const {
  const int64_t bytes = values_per_view();
  if (sample < 0 || (sample + 1) * bytes > static_cast<int64_t>(dataset_.images.size()))
    throw std::out_of_range(fmt::format("the data set has no picture {}", sample));
  if (view < 0 || view >= augmentation_.num_views() || static_cast<int64_t>(values.size()) != bytes)
    throw std::out_of_range(fmt::format("view {} into {} values", view, values.size()));

  const auto [row, column, flipped] = augmentation_.view(view);
  const Crop crop{.height = dataset_.height,
                  .width = dataset_.width,
                  .row = row - augmentation_.padding,
                  .column = column - augmentation_.padding,
                  .flipped = flipped};
  const uint8_t* picture = dataset_.images.data() + sample * bytes;
  const auto write = dataset_.channels == 3   ? write_view<3, Value>
                     : dataset_.channels == 1 ? write_view<1, Value>
                                              : write_view<0, Value>;
  write(picture, crop, table.data(), dataset_.channels, values.data());
}

void ViewWriter::write(int64_t sample, int64_t view, std::span<float> values) const {
  write_with(floats_, sample, view, values);
}

void ViewWriter::write(int64_t sample, int64_t view, std::span<uint16_t> values) const {
  write_with(bfloats_, sample, view, values);
}

}  // namespace retort::data
