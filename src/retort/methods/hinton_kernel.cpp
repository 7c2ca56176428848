// SPDX-License-Identifier: MIT
#include "retort/methods/hinton_kernel.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "retort/core/vectorised.h"

namespace retort::methods {
namespace {

// Rows are copied into buffers of whole registers, so that no loop has a remainder: with ten classes the
// remainder would be the whole loop.
constexpr int64_t kLanes = 16;
constexpr float kPadding = -1e30f;  // exp of it is 0, and it is never the largest
// Partial sums are float32 within a block and float64 between blocks: 131,072 classes keep six digits.
constexpr int64_t kBlock = 4096;

int64_t padded(int64_t count) { return (count + kLanes - 1) / kLanes * kLanes; }

// e^x for x <= 0, within 2 units in the last place; 0 below -87. Cody and Waite's reduction to
// |r| <= ln(2) / 2, then Taylor's polynomial of degree 7.
inline __attribute__((always_inline)) float exp_of_negative(float x) {
  constexpr float kLog2E = 1.44269504f, kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;
  constexpr float kRound = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer, kept in the low bits
  const float clamped = x < -87.0f ? -87.0f : x;
  const float shifted = clamped * kLog2E + kRound;
  const float n = shifted - kRound;
  const float r = (clamped - n * kLn2High) - n * kLn2Low;
  float p = 1.0f / 5040;
  p = p * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  int32_t bits;
  std::memcpy(&bits, &shifted, sizeof bits);
  const int32_t power = (bits + 127) << 23;  // 2^n: the high bits of kRound fall off
  float scale;
  std::memcpy(&scale, &power, sizeof scale);
  return x < -87.0f ? 0.0f : p * scale;
}

inline __attribute__((always_inline)) float largest(const float* values, int64_t count) {
  float result = kPadding;
#pragma omp simd reduction(max : result)
  for (int64_t i = 0; i < count; ++i) result = values[i] > result ? values[i] : result;
  return result;
}

// values <- e^((values - highest) / T); their sum.
inline __attribute__((always_inline)) double soften(float* values, int64_t count, float highest,
                                                    float inverse_temperature) {
  double total = 0;
  for (int64_t start = 0; start < count; start += kBlock) {
    const int64_t end = std::min(count, start + kBlock);
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = start; i < end; ++i) {
      values[i] = exp_of_negative((values[i] - highest) * inverse_temperature);
      sum += values[i];
    }
    total += static_cast<double>(sum);
  }
  return total;
}

struct StudentSums {
  double plain = 0;     // of e^a, a = z - max z
  double softened = 0;  // of e^(a / T)
  double product = 0;   // of p a / T
};

// hard <- e^a, soft <- e^(a / T), from logits z in `hard`.
inline __attribute__((always_inline)) StudentSums soften_student(float* hard, float* soft,
                                                                 const float* target, int64_t count,
                                                                 float highest, float inverse_temperature) {
  StudentSums total;
  for (int64_t start = 0; start < count; start += kBlock) {
    const int64_t end = std::min(count, start + kBlock);
    float plain = 0, softened = 0, product = 0;
#pragma omp simd reduction(+ : plain, softened, product)
    for (int64_t i = start; i < end; ++i) {
      const float a = hard[i] - highest;
      const float scaled = a * inverse_temperature;
      hard[i] = exp_of_negative(a);
      soft[i] = exp_of_negative(scaled);
      plain += hard[i];
      softened += soft[i];
      // A class that the teacher rules out counts nothing, however low the student's logit is.
      product += target[i] > 0 ? target[i] * scaled : 0.0f;
    }
    total.plain += static_cast<double>(plain);
    total.softened += static_cast<double>(softened);
    total.product += static_cast<double>(product);
  }
  return total;
}

// The part of a label that all classes share, `share` each: its term of H, and of the gradient.
inline __attribute__((always_inline)) double spread(const float* z, float highest, int64_t classes,
                                                    double share, double hard_scale, float* slope) {
  const auto step = static_cast<float>(hard_scale * share);
  double sum = 0;
  for (int64_t i = 0; i < classes; ++i) {
    sum += static_cast<double>(z[i] - highest);
    slope[i] -= step;
  }
  return -share * sum;
}

}  // namespace

int64_t HintonKernel::scratch_floats() const { return 4 * padded(classes); }

RETORT_VECTORISED
HintonKernel::Sums HintonKernel::run(const float* student, const int64_t* labels, int64_t first, int64_t last,
                                     float* gradient, std::span<float> scratch) const {
  const int64_t count = padded(classes);
  float* const target = scratch.data();  // p, the teachers' distribution at temperature T
  float* const hard = target + count;
  float* const soft = hard + count;
  float* const logits = soft + count;
  const auto bytes = static_cast<size_t>(classes) * sizeof(float);
  for (float* buffer : {hard, logits}) std::fill(buffer + classes, buffer + count, kPadding);
  std::fill(target + classes, target + count, 0.0f);
  const auto inverse_temperature = static_cast<float>(1 / temperature);

  Sums sums;
  for (int64_t row = first; row < last; ++row) {
    const int64_t offset = row * classes;
    if (teachers.size() == 1 || geometric) {
      if (teachers.size() == 1) {
        std::memcpy(target, teachers[0] + offset, bytes);
      } else {
        std::fill(target, target + classes, 0.0f);
        for (size_t k = 0; k < teachers.size(); ++k) {
          const float share = static_cast<float>(shares[k]);
          const float* const source = teachers[k] + offset;
#pragma omp simd
          for (int64_t i = 0; i < classes; ++i) target[i] += share * source[i];
        }
      }
      std::fill(target + classes, target + count, kPadding);
      const double sum = soften(target, count, largest(target, count), inverse_temperature);
      const auto factor = static_cast<float>(1 / sum);
#pragma omp simd
      for (int64_t i = 0; i < count; ++i) target[i] *= factor;
    } else {
      std::fill(target, target + count, 0.0f);
      for (size_t k = 0; k < teachers.size(); ++k) {
        std::memcpy(logits, teachers[k] + offset, bytes);
        std::fill(logits + classes, logits + count, kPadding);
        const double sum = soften(logits, count, largest(logits, count), inverse_temperature);
        const auto factor = static_cast<float>(shares[k] / sum);
#pragma omp simd
        for (int64_t i = 0; i < count; ++i) target[i] += factor * logits[i];
      }
    }

    const float* const z = student + offset;
    std::memcpy(hard, z, bytes);
    std::fill(hard + classes, hard + count, kPadding);
    const float highest = largest(hard, count);
    const StudentSums of = soften_student(hard, soft, target, count, highest, inverse_temperature);
    const int64_t label = labels[row];
    const double label_share = 1 - label_smoothing;
    sums.hard +=
        std::log(of.plain) - label_share * (static_cast<double>(z[label]) - static_cast<double>(highest));
    sums.distill += std::log(of.softened) - of.product;

    // d/dz: alpha (softmax(z) - y) + beta' (softmax(z / T) - p) / T.
    const auto hard_factor = static_cast<float>(hard_scale / of.plain);
    const auto soft_factor = static_cast<float>(distill_scale / temperature / of.softened);
    const auto target_factor = static_cast<float>(distill_scale / temperature);
    float* const slope = gradient + offset;
#pragma omp simd
    for (int64_t i = 0; i < classes; ++i)
      slope[i] = hard_factor * hard[i] + (soft_factor * soft[i] - target_factor * target[i]);
    slope[label] -= static_cast<float>(label_share * hard_scale);
    if (label_smoothing > 0)
      sums.hard +=
          spread(z, highest, classes, label_smoothing / static_cast<double>(classes), hard_scale, slope);
  }
  return sums;
}

}  // namespace retort::methods
