// SPDX-License-Identifier: MIT
#include "retort/metrics/quality.h"

#include <algorithm>
#include <cmath>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/bincount.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/one_hot.h>
#include <c10/util/Exception.h>

#include "retort/metrics/classification.h"

namespace retort::metrics {
namespace {

constexpr int kBins = 15;

// confidences [N] float64 and hits [N] bool, in memory.
std::vector<ReliabilityBin> reliability(const torch::Tensor& confidences, const torch::Tensor& hits) {
  std::vector<ReliabilityBin> bins(kBins);
  for (int i = 0; i < kBins; ++i) {
    bins[static_cast<size_t>(i)].low = static_cast<double>(i) / kBins;
    bins[static_cast<size_t>(i)].high = static_cast<double>(i + 1) / kBins;
  }
  const double* confidence = confidences.const_data_ptr<double>();
  const bool* hit = hits.const_data_ptr<bool>();
  for (int64_t i = 0; i < confidences.numel(); ++i) {
    const double place = std::ceil(confidence[i] * kBins) - 1;  // NaN falls into the first bin
    const auto bin = static_cast<size_t>(place > 0 ? std::min<double>(place, kBins - 1) : 0);
    ++bins[bin].samples;
    bins[bin].confidence += confidence[i];
    bins[bin].accuracy += hit[i] ? 1 : 0;
  }
  for (ReliabilityBin& bin : bins) {
    if (bin.samples == 0) continue;
    bin.confidence /= static_cast<double>(bin.samples);
    bin.accuracy /= static_cast<double>(bin.samples);
  }
  return bins;
}

std::vector<ClassQuality> per_class(const torch::Tensor& labels, const torch::Tensor& choices,
                                    const torch::Tensor& hits, int64_t num_classes) {
  const auto counts = [&](const torch::Tensor& classes) { return at::bincount(classes, {}, num_classes); };
  const torch::Tensor samples = counts(labels), predicted = counts(choices),
                      right = counts(labels.masked_select(hits));
  std::vector<ClassQuality> result(static_cast<size_t>(num_classes));
  for (size_t i = 0; i < result.size(); ++i)
    result[i] = {.samples = samples.const_data_ptr<int64_t>()[i],
                 .predicted = predicted.const_data_ptr<int64_t>()[i],
                 .hits = right.const_data_ptr<int64_t>()[i]};
  return result;
}

}  // namespace

Quality measure_quality(const torch::Tensor& given_logits, const torch::Tensor& given_labels) {
  TORCH_CHECK(given_logits.dim() == 2 && given_labels.dim() == 1 &&
                  given_logits.size(0) == given_labels.size(0) && given_labels.size(0) > 0,
              "logits ", given_logits.sizes(), " and labels ", given_labels.sizes(),
              " are not [N, C] and [N]");
  const at::NoGradGuard no_grad;
  const torch::Tensor logits = given_logits.cpu().to(torch::kDouble), labels = given_labels.cpu();
  ClassificationMeter meter;
  meter.update(logits, labels);
  const Classification figures = meter.compute();
  Quality quality{.samples = figures.samples,
                  .errors = figures.errors,
                  .accuracy_top1 = figures.accuracy_top1,
                  .accuracy_top5 = figures.accuracy_top5,
                  .nll = figures.loss};

  const torch::Tensor probabilities = at::log_softmax(logits, 1).exp();
  const torch::Tensor truth = at::one_hot(labels, logits.size(1)).to(torch::kDouble);
  quality.brier = (probabilities - truth).square().sum(1).mean().item<double>();

  const auto [confidences, choices] = probabilities.max(1);
  const torch::Tensor hits = choices.eq(labels);
  quality.bins = reliability(confidences.contiguous(), hits.contiguous());
  for (const ReliabilityBin& bin : quality.bins)
    quality.ece += static_cast<double>(bin.samples) / static_cast<double>(quality.samples) *
                   std::abs(bin.confidence - bin.accuracy);
  quality.classes = per_class(labels, choices, hits, logits.size(1));
  return quality;
}

Agreement measure_agreement(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits) {
  TORCH_CHECK(student_logits.dim() == 2 && student_logits.sizes() == teacher_logits.sizes(),
              "logits [N, C] of student and teacher differ: ", student_logits.sizes(), " and ",
              teacher_logits.sizes());
  const at::NoGradGuard no_grad;
  const torch::Tensor student = at::log_softmax(student_logits.to(torch::kDouble), 1);
  const torch::Tensor teacher = at::log_softmax(teacher_logits.to(torch::kDouble), 1);
  return {.top1 = student.argmax(1).eq(teacher.argmax(1)).to(torch::kDouble).mean().item<double>(),
          .kl = (teacher.exp() * (teacher - student)).sum(1).mean().item<double>()};
}

}  // namespace retort::metrics
