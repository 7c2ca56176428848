// SPDX-License-Identifier: MIT
#include "retort/models/normalization_kernel.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "retort/core/vectorised.h"

namespace retort::models {
namespace {

constexpr int64_t kBlock = 256;  // rows that are summed in float32

RETORT_INLINE float load(float value) { return value; }
RETORT_INLINE float load(uint16_t bits) {
  const uint32_t wide = static_cast<uint32_t>(bits) << 16;
  float value;
  std::memcpy(&value, &wide, sizeof value);
  return value;
}

RETORT_INLINE void store(float& target, float value) { target = value; }
RETORT_INLINE void store(uint16_t& target, float value) {  // to nearest, ties to even
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof bits);
  target = static_cast<uint16_t>((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
}

// Adds two float32 sums a channel, filled by add(row), to float64 ones, block after block of rows.
template <class Add>
RETORT_INLINE void sum_in_blocks(int64_t first, int64_t last, int64_t channels, double* sums,
                                 double* products, Add add) {
  std::vector<float> partial(static_cast<size_t>(2 * channels));
  float* const a = partial.data();
  float* const b = a + channels;
  for (int64_t start = first; start < last; start += kBlock) {
    std::fill(partial.begin(), partial.end(), 0.0f);
    for (int64_t row = start; row < std::min(last, start + kBlock); ++row) add(row, a, b);
    for (int64_t c = 0; c < channels; ++c) {
      sums[c] += static_cast<double>(a[c]);
      products[c] += static_cast<double>(b[c]);
    }
  }
}

template <class Value>
RETORT_INLINE void sum_moments_of(const Value* x, const float* origin, int64_t first, int64_t last,
                                  int64_t channels, double* sums, double* squares) {
  sum_in_blocks(first, last, channels, sums, squares, [&](int64_t row, float* a, float* b) {
    const Value* const values = x + row * channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) {
      const float d = load(values[c]) - origin[c];
      a[c] += d;
      b[c] += d * d;
    }
  });
}

template <bool kShortcut, bool kRelu, class Value>
RETORT_INLINE void normalize_rows(const Value* x, const float* scale, const float* shift,
                                  const Value* shortcut, int64_t first, int64_t last, int64_t channels,
                                  Value* y) {
  for (int64_t row = first; row < last; ++row) {
    const int64_t offset = row * channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) {
      float value = load(x[offset + c]) * scale[c] + shift[c];
      if constexpr (kShortcut) value += load(shortcut[offset + c]);
      if constexpr (kRelu) value = value < 0 ? 0.0f : value;  // NaN stays
      store(y[offset + c], value);
    }
  }
}

template <class Value>
RETORT_INLINE void normalize_of(const Value* x, const float* scale, const float* shift, const Value* shortcut,
                                bool relu, int64_t first, int64_t last, int64_t channels, Value* y) {
  if (shortcut != nullptr && relu)
    normalize_rows<true, true>(x, scale, shift, shortcut, first, last, channels, y);
  else if (shortcut != nullptr)
    normalize_rows<true, false>(x, scale, shift, shortcut, first, last, channels, y);
  else if (relu)
    normalize_rows<false, true>(x, scale, shift, shortcut, first, last, channels, y);
  else
    normalize_rows<false, false>(x, scale, shift, shortcut, first, last, channels, y);
}

enum class Gate { open, from_x, from_y };

template <Gate kGate, class Value>
RETORT_INLINE float gated(float gradient, float x, const Value* y, int64_t index, float scale, float shift) {
  if constexpr (kGate == Gate::from_x) return x * scale + shift > 0 ? gradient : 0.0f;
  if constexpr (kGate == Gate::from_y) return load(y[index]) > 0 ? gradient : 0.0f;
  return gradient;
}

template <Gate kGate, class Value>
RETORT_INLINE void sum_gradient_rows(const Value* gradient, const Value* x, const Value* y,
                                     const NormalizationSide& side, int64_t first, int64_t last,
                                     int64_t channels, double* sums, double* products) {
  const float* const scale = side.scale;
  const float* const shift = side.shift;
  const float* const mean = side.mean;
  sum_in_blocks(first, last, channels, sums, products, [&](int64_t row, float* a, float* b) {
    const int64_t offset = row * channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) {
      const float value = load(x[offset + c]);
      const float g = gated<kGate>(load(gradient[offset + c]), value, y, offset + c, scale[c], shift[c]);
      a[c] += g;
      b[c] += g * (value - mean[c]);
    }
  });
}

template <class Value>
RETORT_INLINE void sum_gradients_of(const Value* gradient, const Value* x, const Value* y,
                                    const NormalizationSide& side, int64_t first, int64_t last,
                                    int64_t channels, double* sums, double* products) {
  if (!side.relu)
    sum_gradient_rows<Gate::open>(gradient, x, y, side, first, last, channels, sums, products);
  else if (y == nullptr)
    sum_gradient_rows<Gate::from_x>(gradient, x, y, side, first, last, channels, sums, products);
  else
    sum_gradient_rows<Gate::from_y>(gradient, x, y, side, first, last, channels, sums, products);
}

template <Gate kGate, bool kShortcut, class Value>
RETORT_INLINE void gradient_rows(const Value* gradient, const Value* x, const Value* y,
                                 const NormalizationSide& side, const float* offset, const float* slope,
                                 int64_t first, int64_t last, int64_t channels, Value* x_gradient,
                                 Value* shortcut_gradient) {
  const float* const scale = side.scale;
  const float* const shift = side.shift;
  const float* const mean = side.mean;
  for (int64_t row = first; row < last; ++row) {
    const int64_t start = row * channels;
#pragma omp simd
    for (int64_t c = 0; c < channels; ++c) {
      const float value = load(x[start + c]);
      const float g = gated<kGate>(load(gradient[start + c]), value, y, start + c, scale[c], shift[c]);
      store(x_gradient[start + c], scale[c] * (g - offset[c] - (value - mean[c]) * slope[c]));
      if constexpr (kShortcut) store(shortcut_gradient[start + c], g);
    }
  }
}

template <class Value>
RETORT_INLINE void normalize_gradient_of(const Value* gradient, const Value* x, const Value* y,
                                         const NormalizationSide& side, const float* offset,
                                         const float* slope, int64_t first, int64_t last, int64_t channels,
                                         Value* x_gradient, Value* shortcut_gradient) {
  const auto run = [&]<Gate kGate>() __attribute__((always_inline)) {
    if (shortcut_gradient != nullptr)
      gradient_rows<kGate, true>(gradient, x, y, side, offset, slope, first, last, channels, x_gradient,
                                 shortcut_gradient);
    else
      gradient_rows<kGate, false>(gradient, x, y, side, offset, slope, first, last, channels, x_gradient,
                                  shortcut_gradient);
  };
  if (!side.relu)
    run.template operator()<Gate::open>();
  else if (y == nullptr)
    run.template operator()<Gate::from_x>();
  else
    run.template operator()<Gate::from_y>();
}

}  // namespace

// target_clones and templates do not go together: one function for each type of values.
#define RETORT_DEFINE(Value)                                                                                 \
  template <>                                                                                                \
  RETORT_VECTORISED void sum_moments(const Value* x, const float* origin, int64_t first, int64_t last,       \
                                     int64_t channels, double* sums, double* squares) {                      \
    sum_moments_of(x, origin, first, last, channels, sums, squares);                                         \
  }                                                                                                          \
  template <>                                                                                                \
  RETORT_VECTORISED void normalize(const Value* x, const float* scale, const float* shift,                   \
                                   const Value* shortcut, bool relu, int64_t first, int64_t last,            \
                                   int64_t channels, Value* y) {                                             \
    normalize_of(x, scale, shift, shortcut, relu, first, last, channels, y);                                 \
  }                                                                                                          \
  template <>                                                                                                \
  RETORT_VECTORISED void sum_gradients(const Value* gradient, const Value* x, const Value* y,                \
                                       const NormalizationSide& side, int64_t first, int64_t last,           \
                                       int64_t channels, double* sums, double* products) {                   \
    sum_gradients_of(gradient, x, y, side, first, last, channels, sums, products);                           \
  }                                                                                                          \
  template <>                                                                                                \
  RETORT_VECTORISED void normalize_gradient(const Value* gradient, const Value* x, const Value* y,           \
                                            const NormalizationSide& side, const float* offset,              \
                                            const float* slope, int64_t first, int64_t last,                 \
                                            int64_t channels, Value* x_gradient, Value* shortcut_gradient) { \
    normalize_gradient_of(gradient, x, y, side, offset, slope, first, last, channels, x_gradient,            \
                          shortcut_gradient);                                                                \
  }

RETORT_DEFINE(float)
RETORT_DEFINE(uint16_t)
#undef RETORT_DEFINE

}  // namespace retort::models
