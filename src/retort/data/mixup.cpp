// SPDX-License-Identifier: MIT
#include "retort/data/mixup.h"

#include <cmath>

#include <ATen/ops/flip.h>
#include <ATen/ops/one_hot.h>

#include "retort/core/random.h"
#include "retort/data/batch_source.h"

namespace retort::data {

// Jöhnk's method (1964): two powers of uniform numbers whose sum is at most 1. For alpha in (0, 1] every
// second pair will do, and for alpha = 4 every seventieth.
double draw_mixup_share(double alpha, uint64_t seed, uint64_t epoch, uint64_t batch) {
  CounterRng rng(seed, RandomStream::mixup, epoch, batch);
  while (true) {
    const double first = rng.uniform(), second = rng.uniform();
    const double own = std::pow(first, 1 / alpha), other = std::pow(second, 1 / alpha);
    if (own + other == 0) return first > second ? 1 : 0;  // too small for numbers; one outweighs the other
    if (own + other <= 1) return own / (own + other);
  }
}

void mix(Batch& batch, double share, int64_t classes) {
  const torch::Tensor own = at::one_hot(batch.labels, classes).to(torch::kFloat32);
  batch.soft_labels = own * share + own.flip(0) * (1 - share);
  batch.images = batch.images * share + batch.images.flip(0) * (1 - share);
}

}  // namespace retort::data
