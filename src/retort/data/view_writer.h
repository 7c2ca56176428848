// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "retort/data/augmentation.h"
#include "retort/data/dataset.h"

namespace retort::data {

inline constexpr int64_t kByteValues = 256;

/// [C, 256]: what each byte of each channel becomes. A byte v of channel c becomes (v / 255 - mean[c]) /
/// std[c], each step rounded to float32, which is what torchvision's ToTensor and Normalize give.
/// `normalization` has a value a channel, or one for all.
std::vector<float> normalized_bytes(const Normalization& normalization, int64_t channels);

/// Writes views of a data set's pictures as a network takes them: cropped, flipped, normalised and laid out
/// [H, W, C], in one pass from the stored bytes, each of which becomes what normalized_bytes() says; bfloat16
/// is that, rounded to nearest even. A crop's padding has pixel value 0 before it is normalised, as in
/// RandomCrop.
class ViewWriter {
 public:
  /// `dataset` must outlive this.
  ViewWriter(const Dataset& dataset, const Normalization& normalization, const Augmentation& augmentation);

  int64_t values_per_view() const;  // H * W * C

  /// `view` is an id of the augmentation; `values` holds values_per_view(). Throws std::out_of_range for a
  /// sample or a view that is not there. May be called from several threads at once.
  void write(int64_t sample, int64_t view, std::span<float> values) const;
  /// The same in bfloat16, as bits.
  void write(int64_t sample, int64_t view, std::span<uint16_t> values) const;

 private:
  template <class Value>
  void write_with(const std::vector<Value>& table, int64_t sample, int64_t view,
                  std::span<Value> values) const;

  const Dataset& dataset_;
  Augmentation augmentation_;
  // normalized_bytes(): looking it up is quicker than computing it, and exact.
  std::vector<float> floats_;
  std::vector<uint16_t> bfloats_;
};

}  // namespace retort::data
