// SPDX-License-Identifier: MIT
#include "retort/optim/update_kernel.h"

#include <cmath>

#include "retort/core/vectorised.h"

namespace retort::optim {
namespace {

template <class Value>
RETORT_INLINE void update_plainly(const SgdUpdate<Value>& update, Value* p, const Value* g, int64_t count) {
  const Value lr = static_cast<Value>(update.lr), decay = static_cast<Value>(update.weight_decay);
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) p[i] -= lr * (g[i] + decay * p[i]);
}

template <bool kNesterov, class Value>
RETORT_INLINE void update_by_momentum(const SgdUpdate<Value>& update, Value* p, const Value* g, Value* v,
                                      int64_t count) {
  const Value lr = static_cast<Value>(update.lr), decay = static_cast<Value>(update.weight_decay);
  const Value momentum = static_cast<Value>(update.momentum);
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) {
    const Value slope = g[i] + decay * p[i];
    v[i] = momentum * v[i] + slope;
    p[i] -= lr * (kNesterov ? slope + momentum * v[i] : v[i]);
  }
}

template <class Value>
RETORT_INLINE void update_all(const SgdUpdate<Value>& update, Value* p, const Value* g, Value* v,
                              int64_t count) {
  if (v == nullptr)
    update_plainly(update, p, g, count);
  else if (update.nesterov)
    update_by_momentum<true>(update, p, g, v, count);
  else
    update_by_momentum<false>(update, p, g, v, count);
}

template <class Value>
RETORT_INLINE void update_all(const AdamWUpdate<Value>& update, Value* p, const Value* g, Value* m, Value* v,
                              int64_t count) {
  // 1 - beta is no number for float32 to find: of 0.999 it would keep four digits.
  const Value fresh1 = static_cast<Value>(1 - update.beta1), fresh2 = static_cast<Value>(1 - update.beta2);
  const Value kept = static_cast<Value>(1 - update.lr * update.weight_decay);
  const Value beta2 = static_cast<Value>(update.beta2), eps = static_cast<Value>(update.eps);
  const Value step = static_cast<Value>(update.lr / update.bias_correction1);
  const Value root = static_cast<Value>(std::sqrt(update.bias_correction2));
#pragma omp simd
  for (int64_t i = 0; i < count; ++i) {
    m[i] += fresh1 * (g[i] - m[i]);
    v[i] = beta2 * v[i] + fresh2 * g[i] * g[i];
    p[i] = kept * p[i] - step * m[i] / (std::sqrt(v[i]) / root + eps);
  }
}

}  // namespace

template <>
RETORT_VECTORISED void SgdUpdate<float>::operator()(float* p, const float* g, float* v, int64_t count) const {
  update_all(*this, p, g, v, count);
}

template <>
RETORT_VECTORISED void SgdUpdate<double>::operator()(double* p, const double* g, double* v,
                                                     int64_t count) const {
  update_all(*this, p, g, v, count);
}

template <>
RETORT_VECTORISED void AdamWUpdate<float>::operator()(float* p, const float* g, float* m, float* v,
                                                      int64_t count) const {
  update_all(*this, p, g, m, v, count);
}

template <>
RETORT_VECTORISED void AdamWUpdate<double>::operator()(double* p, const double* g, double* m, double* v,
                                                       int64_t count) const {
  update_all(*this, p, g, m, v, count);
}

}  // namespace retort::optim
