// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace retort::models {

// Batch normalisation over rows of channels ([N, H, W, C] as [rows, C]), fused with what follows it: plain
// loops that know no tensor library. Values are float, or bfloat16 as its bits; sums are float32 over a few
// hundred rows and float64 beyond. Each function does rows [first, last) of the whole and may run beside
// others.

/// The sums over rows of x - origin and of its square, a channel each. `origin` is near the mean (a row of
/// x), so that the variance does not vanish in the square of the mean.
template <class Value>
void sum_moments(const Value* x, const float* origin, int64_t first, int64_t last, int64_t channels,
                 double* sums, double* squares);

/// y = relu?(x * scale + shift + shortcut?). shortcut is nullptr where there is none.
template <class Value>
void normalize(const Value* x, const float* scale, const float* shift, const Value* shortcut, bool relu,
               int64_t first, int64_t last, int64_t channels, Value* y);

/// What a row of the result passes back to normalised x: the gradient where the ReLU let the value through.
/// Where there was a shortcut, y says so; else it follows from x, and y is not read.
struct NormalizationSide {
  const float* scale;
  const float* shift;
  const float* mean;
  bool relu;
};

/// Sums over rows of g and of g (x - mean), g the gradient behind the ReLU.
template <class Value>
void sum_gradients(const Value* gradient, const Value* x, const Value* y, const NormalizationSide& side,
                   int64_t first, int64_t last, int64_t channels, double* sums, double* products);

/// x_gradient = scale * (g - offset - (x - mean) * slope), and g itself into shortcut_gradient where that is
/// wanted (not nullptr).
template <class Value>
void normalize_gradient(const Value* gradient, const Value* x, const Value* y, const NormalizationSide& side,
                        const float* offset, const float* slope, int64_t first, int64_t last,
                        int64_t channels, Value* x_gradient, Value* shortcut_gradient);

}  // namespace retort::models
