// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <vector>

#include <torch/types.h>

namespace retort::metrics {

/// Predictions whose confidence (the probability of the first choice) lies in (low, high].
struct ReliabilityBin {
  double low = 0, high = 0;
  int64_t samples = 0;
  double confidence = 0, accuracy = 0;  // means; 0 in an empty bin
};

/// One class, as label and as first choice.
struct ClassQuality {
  int64_t samples = 0;    // with this label
  int64_t predicted = 0;  // that were taken for this class
  int64_t hits = 0;       // both
};

/// What can be said of a classifier's predictions beside their accuracy.
struct Quality {
  int64_t samples = 0, errors = 0;
  double accuracy_top1 = 0, accuracy_top5 = 0;  // shares
  double nll = 0;    // mean negative log-likelihood of the labels, natural logarithm
  double brier = 0;  // mean over samples of the sum over classes of (probability - truth)^2: 0 to 2
  double ece = 0;    // expected calibration error, |confidence - accuracy| over 15 equal bins weighted by
                     // samples (Guo et al., arXiv:1706.04599)
  std::vector<ReliabilityBin> bins{};
  std::vector<ClassQuality> classes{};
};

/// Logits [N, C] and labels [N] int64 of a whole split; N > 0. Computed in float64. Ties and NaN rank as in
/// ClassificationMeter.
Quality measure_quality(const torch::Tensor& logits, const torch::Tensor& labels);

/// How near a student is to its teacher.
struct Agreement {
  double top1 = 0;  // share of samples with the same first choice
  double kl = 0;    // mean KL(teacher || student) of the distributions at temperature 1, natural logarithm
};

/// Logits [N, C] of both, sample by sample.
Agreement measure_agreement(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits);

}  // namespace retort::metrics
