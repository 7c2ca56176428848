// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

#include "retort/core/random.h"

namespace retort::data {

/// Random crops from a zero-padded picture, and horizontal flips. The views of a picture can be counted, and
/// one is named by a small integer: view = (row * (2 * padding + 1) + column) * (flip ? 2 : 1) + flipped.
/// All of it is constexpr, and so the very same code runs on a GPU.
struct Augmentation {
  int padding = 0;  // pixels on each side; 0 crops nothing
  bool flip = false;
  int64_t drawn_views = 0;  // of each picture, drawn once by the seed: no others are shown; 0: all may be

  struct View {
    int row = 0, column = 0;  // the crop's corner in the padded picture, in [0, 2 * padding]
    bool flipped = false;
  };

  constexpr int64_t num_views() const { return places() * places() * (flip ? 2 : 1); }
  /// The picture as it is.
  constexpr int64_t identity_view() const { return (padding * places() + padding) * (flip ? 2 : 1); }
  constexpr View view(int64_t id) const {
    const int64_t corner = flip ? id / 2 : id;
    return {.row = static_cast<int>(corner / places()),
            .column = static_cast<int>(corner % places()),
            .flipped = flip && id % 2 == 1};
  }

  /// The view that (seed, epoch, sample) draws. With K drawn views: those that epochs 0 to K - 1 would draw,
  /// each of them once in every K epochs.
  constexpr int64_t draw(uint64_t seed, uint64_t epoch, uint64_t sample) const {
    if (drawn_views > 0) {
      const auto views = static_cast<uint64_t>(drawn_views);
      // Every round of K epochs starts at another place for each picture, so that no epoch is seen again
      // whole.
      CounterRng rotation(seed, RandomStream::view_cycle, epoch / views, sample);
      epoch = (epoch + rotation.below(static_cast<uint32_t>(views))) % views;
    }
    CounterRng rng(seed, RandomStream::view, epoch, sample);
    return rng.below(static_cast<uint32_t>(num_views()));
  }

 private:
  constexpr int64_t places() const { return 2 * int64_t{padding} + 1; }  // of a corner, down and across
};

}  // namespace retort::data
