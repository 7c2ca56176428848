// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string>

#include "retort/config/node.h"

namespace retort::optim {

struct OptimizerOptions {
  std::string name = "sgd";  // sgd or adamw
  double lr = 0.1;           // the schedule's peak
  // sgd: added to the gradient; adamw: decoupled (Loshchilov and Hutter, arXiv:1711.05101)
  double weight_decay = 0;
  double momentum = 0;                         // sgd
  bool nesterov = false;                       // sgd
  std::array<double, 2> betas = {0.9, 0.999};  // adamw
  double eps = 1e-8;                           // adamw

  static OptimizerOptions from(const config::Node& node);
};

}  // namespace retort::optim
