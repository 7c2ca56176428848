// SPDX-License-Identifier: MIT
#include "retort/data/augmentation.h"

#include "retort/core/random.h"

namespace retort::data {

int64_t Augmentation::num_views() const {
  const int64_t places = 2 * int64_t{padding} + 1;
  return places * places * (flip ? 2 : 1);
}

int64_t Augmentation::identity_view() const {
  const int64_t places = 2 * int64_t{padding} + 1;
  return (padding * places + padding) * (flip ? 2 : 1);
}

Augmentation::View Augmentation::view(int64_t id) const {
  const int64_t places = 2 * int64_t{padding} + 1;
  const int64_t corner = flip ? id / 2 : id;
  return {.row = static_cast<int>(corner / places),
          .column = static_cast<int>(corner % places),
          .flipped = flip && id % 2 == 1};
}

int64_t Augmentation::draw(uint64_t seed, uint64_t epoch, uint64_t sample) const {
  if (drawn_views > 0) {
    const auto views = static_cast<uint64_t>(drawn_views);
    // Every round of K epochs starts at another place for each picture, so that no epoch is seen again whole.
    CounterRng rotation(seed, RandomStream::view_cycle, epoch / views, sample);
    epoch = (epoch + rotation.below(static_cast<uint32_t>(views))) % views;
  }
  CounterRng rng(seed, RandomStream::view, epoch, sample);
  return rng.below(static_cast<uint32_t>(num_views()));
}

}  // namespace retort::data
