// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace retort::optim {

/// One update of `count` parameters p by their gradients g and velocities v (sgd.h); v is null without
/// momentum. Each array is read and written once. Value is float or double.
template <class Value>
struct SgdUpdate {
  double lr, weight_decay, momentum;
  bool nesterov;

  void operator()(Value* p, const Value* g, Value* v, int64_t count) const;
};

/// Likewise for adamw.h: m and v are the moments, the bias corrections those of this step, 1 - beta^step.
template <class Value>
struct AdamWUpdate {
  double lr, weight_decay, beta1, beta2, eps, bias_correction1, bias_correction2;

  void operator()(Value* p, const Value* g, Value* m, Value* v, int64_t count) const;
};

}  // namespace retort::optim
