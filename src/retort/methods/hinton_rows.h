// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include "retort/core/host_device.h"

namespace retort::methods {

/// Sums of exponentials over some values x, which tell how to normalise their softmax. Parts of a row are
/// gathered apart and merged, in any order.
struct SoftmaxSums {
  float highest = -1e30f;  // of the x; what is lower by so much is nothing
  float plain = 0;         // of e^(x - highest)
  float softened = 0;      // of e^((x - highest) / T)

  RETORT_HOST_DEVICE void add(float x, float inverse_temperature) {
    if (x > highest) rise(x, inverse_temperature);
    plain += std::exp(x - highest);
    softened += std::exp((x - highest) * inverse_temperature);
  }
  RETORT_HOST_DEVICE void merge(SoftmaxSums other, float inverse_temperature) {
    if (other.highest > highest)
      rise(other.highest, inverse_temperature);
    else
      other.rise(highest, inverse_temperature);
    plain += other.plain;
    softened += other.softened;
  }

 private:
  RETORT_HOST_DEVICE void rise(float to, float inverse_temperature) {
    plain *= std::exp(highest - to);
    softened *= std::exp((highest - to) * inverse_temperature);
    highest = to;
  }
};

/// Hinton's loss with its gradient for rows of logits in a device's memory (see hinton_loss): plain
/// addresses, so that a GPU's threads may have them. The members of a team share out the classes of a row:
///
///     each:  sums of the student, and of each distribution of the teachers; the team merges them
///     each:  finish(): writes its part of the gradient; the team merges what that gives
///     one:   write_terms()
struct HintonRows {
  static constexpr int kMostTeachers = 32;

  const float* student = nullptr;   // [N, C]
  const float* teachers = nullptr;  // [K, N, C]
  const int64_t* labels = nullptr;  // [N]
  float* gradient = nullptr;        // [N, C], of alpha hard + beta' distill
  float* hard = nullptr;            // [N], H(y, softmax(z_s)) of each row
  float* distill = nullptr;         // [N], H(p, softmax(z_s / T)), without T^2

  int64_t rows = 0, classes = 0;
  int num_teachers = 1;
  std::array<float, kMostTeachers> shares{1};  // one a teacher, of sum 1
  bool geometric = false;  // the mean of logits instead of the mean of softened distributions
  float temperature = 1;
  float label_smoothing = 0;  // in [0, 1]
  float hard_scale = 0;       // what d hard counts in the gradient: alpha / N
  float distill_scale = 0;    // likewise, with T^2 where it is wanted: beta T^2 / N

  /// Over the classes: of p (x - highest) / T, and of x - highest, x the student's logits.
  struct Products {
    float with_target = 0, plain = 0;

    RETORT_HOST_DEVICE void merge(const Products& other) {
      with_target += other.with_target;
      plain += other.plain;
    }
  };

  /// A mean of logits is one distribution, whatever the number of teachers.
  RETORT_HOST_DEVICE int distributions() const { return geometric ? 1 : num_teachers; }

  RETORT_HOST_DEVICE SoftmaxSums gather_student(int64_t row, int member, int members) const {
    SoftmaxSums sums;
    for (int64_t i = member; i < classes; i += members) sums.add(student[row * classes + i], 1 / temperature);
    return sums;
  }

  RETORT_HOST_DEVICE SoftmaxSums gather_teacher(int64_t row, int which, int member, int members) const {
    SoftmaxSums sums;
    for (int64_t i = member; i < classes; i += members)
      sums.add(teacher_logit(row, which, i), 1 / temperature);
    return sums;
  }

  /// `of_student` and `of_teachers` are the team's, whole; the latter holds distributions().
  RETORT_HOST_DEVICE Products finish(int64_t row, const SoftmaxSums& of_student,
                                     const SoftmaxSums* of_teachers, int member, int members) const {
    const float inverse_temperature = 1 / temperature;
    const float hard_factor = hard_scale / of_student.plain;
    const float soft_factor = distill_scale * inverse_temperature / of_student.softened;
    const float target_factor = distill_scale * inverse_temperature;
    const float spread = hard_scale * label_smoothing / static_cast<float>(classes);
    Products products;
    for (int64_t i = member; i < classes; i += members) {
      float target = 0;  // p
      for (int k = 0; k < distributions(); ++k)
        target += (geometric ? 1 : shares[static_cast<std::size_t>(k)]) / of_teachers[k].softened *
                  std::exp((teacher_logit(row, k, i) - of_teachers[k].highest) * inverse_temperature);
      const float a = student[row * classes + i] - of_student.highest;
      const float scaled = a * inverse_temperature;
      // A class that the teacher rules out counts nothing, however low the student's logit is.
      if (target > 0) products.with_target += target * scaled;
      products.plain += a;
      float slope =
          hard_factor * std::exp(a) + (soft_factor * std::exp(scaled) - target_factor * target) - spread;
      if (i == labels[row]) slope -= (1 - label_smoothing) * hard_scale;
      gradient[row * classes + i] = slope;
    }
    return products;
  }

  /// A label that is no class makes the loss NaN: where the memory is a device's, nobody can be asked.
  RETORT_HOST_DEVICE void write_terms(int64_t row, const SoftmaxSums& of_student,
                                      const Products& products) const {
    const int64_t label = labels[row];
    const bool is_class = label >= 0 && label < classes;
    const float own = is_class ? student[row * classes + label] - of_student.highest
                               : std::numeric_limits<float>::quiet_NaN();
    hard[row] = std::log(of_student.plain) - (1 - label_smoothing) * own;
    if (label_smoothing > 0) hard[row] -= label_smoothing / static_cast<float>(classes) * products.plain;
    distill[row] = std::log(of_student.softened) - products.with_target;
  }

 private:
  RETORT_HOST_DEVICE float teacher_logit(int64_t row, int which, int64_t i) const {
    const int64_t place = row * classes + i;
    if (!geometric || num_teachers == 1) return teachers[which * rows * classes + place];
    float logit = 0;
    for (int k = 0; k < num_teachers; ++k)
      logit += shares[static_cast<std::size_t>(k)] * teachers[k * rows * classes + place];
    return logit;
  }
};

}  // namespace retort::methods
