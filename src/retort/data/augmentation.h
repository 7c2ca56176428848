// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace retort::data {

/// Random crops from a zero-padded picture, and horizontal flips. The views of a picture can be counted, and
/// one is named by a small integer: view = (row * (2 * padding + 1) + column) * (flip ? 2 : 1) + flipped.
struct Augmentation {
  int padding = 0;  // pixels on each side; 0 crops nothing
  bool flip = false;
  int64_t drawn_views = 0;  // of each picture, drawn once by the seed: no others are shown; 0: all may be

  struct View {
    int row = 0, column = 0;  // the crop's corner in the padded picture, in [0, 2 * padding]
    bool flipped = false;
  };

  int64_t num_views() const;
  int64_t identity_view() const;  // the picture as it is
  View view(int64_t id) const;
  /// The view that (seed, epoch, sample) draws. With K drawn views: those that epochs 0 to K - 1 would draw,
  /// each of them once in every K epochs.
  int64_t draw(uint64_t seed, uint64_t epoch, uint64_t sample) const;
};

}  // namespace retort::data
