// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace retort::data {

struct Batch;

/// The share that mixup leaves a batch's own pictures: Beta(alpha, alpha), a function of (seed, epoch, batch)
/// and of nothing else. alpha in (0, 4].
double draw_mixup_share(double alpha, uint64_t seed, uint64_t epoch, uint64_t batch);

/// Mixup (Zhang et al. 2018, arXiv:1710.09412, section 2): each picture becomes share * itself +
/// (1 - share) * the picture at its place from the batch's end, and its label the same mixture. Sets
/// soft_labels [N, classes]; labels stay the pictures' own. The middle picture of an odd batch is its own
/// partner.
void mix(Batch& batch, double share, int64_t classes);

}  // namespace retort::data
