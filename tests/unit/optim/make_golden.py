# SPDX-License-Identifier: MIT
"""Writes optim_golden.h: trajectories of torch.optim and learning rates of its lr_scheduler, in float64.

    python make_golden.py > optim_golden.h
"""
import math
import textwrap
import warnings

import torch
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, MultiStepLR, OneCycleLR, SequentialLR

warnings.simplefilter("ignore")
STEPS, SIZE = 20, 6


def numbers(values):
    lines = textwrap.wrap(", ".join(map(repr, values)), 104)
    return "{" + ("\n     ".join(lines)) + "}"


def trajectory(make):
    """20 steps on gradients that the test repeats: g_i = p_i * (i + 1) / 4 + sin(step + i)."""
    p = torch.nn.Parameter(torch.linspace(-1, 1.5, SIZE, dtype=torch.float64))
    optimizer = make([p])
    points = []
    for step in range(STEPS):
        p.grad = torch.tensor([p[i].item() * (i + 1) / 4 + math.sin(step + i) for i in range(SIZE)],
                              dtype=torch.float64)
        optimizer.step()
        points += p.tolist()
    return points


def rates(make, count, base_lr=0.1):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=base_lr)
    schedule = make(optimizer)
    out = []
    for _ in range(count):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return out


def cycles():
    text = ""
    for steps, pct_start, strategy, div, final_div in [
        (20, 0.3, "cos", 25.0, 1e4), (20, 0.3, "linear", 10.0, 100.0), (7, 0.25, "cos", 25.0, 1e4),
        (9, 0.0, "cos", 25.0, 1e4), (9, 0.9, "linear", 25.0, 1e4), (1, 0.3, "cos", 25.0, 1e4),
    ]:
        found = rates(lambda o: OneCycleLR(o, 0.1, total_steps=steps, pct_start=pct_start, anneal_strategy=strategy,
                                           cycle_momentum=False, div_factor=div, final_div_factor=final_div), steps)
        text += f"\n    {{{pct_start}, {str(strategy == 'linear').lower()}, {div}, {final_div},\n     {numbers(found)}}},"
    return text


SCALER = dict(init_scale=1024.0, growth_factor=2.0, backoff_factor=0.5, growth_interval=4)
# Whether the gradient is finite, step by step: the scale grows twice, halves, halves again, grows.
FINITE = [1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1]


def scaled_steps():
    """torch.amp.GradScaler and SGD(lr=0.1, momentum=0.9) on the loss 3 * p; the parameter and the scale after each step."""
    p = torch.nn.Parameter(torch.ones(1))
    optimizer = torch.optim.SGD([p], lr=0.1, momentum=0.9)
    scaler = torch.amp.GradScaler("cpu", **SCALER)
    points = []
    for finite in FINITE:
        optimizer.zero_grad()
        scaler.scale(3 * p if finite else math.inf * p).sum().backward()
        scaler.step(optimizer)
        scaler.update()
        points += [p.item(), scaler.get_scale()]
    return points


print(f"""// SPDX-License-Identifier: MIT
// Made by make_golden.py with torch {torch.__version__.split('+')[0]}; do not edit.
// clang-format off
#pragma once

#include <vector>

namespace retort::optim::golden {{

inline constexpr int kSteps = {STEPS}, kSize = {SIZE};

struct Trajectory {{
  const char* name;
  double lr, weight_decay;
  double momentum;  // sgd
  bool nesterov;
  double beta1, beta2, eps;    // adamw
  std::vector<double> points;  // [kSteps, kSize]: the parameter after each step
}};

inline const std::vector<Trajectory> kTrajectories = {{""")
for lr, momentum, nesterov, weight_decay in [
    (0.1, 0.0, False, 0.0), (0.1, 0.0, False, 0.01), (0.05, 0.9, False, 0.0), (0.05, 0.9, False, 5e-4),
    (0.05, 0.9, True, 5e-4),
]:
    points = trajectory(lambda p: torch.optim.SGD(p, lr=lr, momentum=momentum, nesterov=nesterov,
                                                  weight_decay=weight_decay, foreach=False))
    print(f'    {{"sgd", {lr}, {weight_decay}, {momentum}, {str(nesterov).lower()}, 0, 0, 0,\n'
          f'     {numbers(points)}}},')
for lr, betas, eps, weight_decay in [
    (1e-3, (0.9, 0.999), 1e-8, 0.01), (0.05, (0.8, 0.95), 1e-3, 0.0), (0.05, (0.9, 0.999), 1e-8, 0.3),
]:
    points = trajectory(lambda p: torch.optim.AdamW(p, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay,
                                                    foreach=False))
    print(f'    {{"adamw", {lr}, {weight_decay}, 0, false, {betas[0]}, {betas[1]}, {eps},\n'
          f'     {numbers(points)}}},')
print(f"""}};

// Base rate 0.1 throughout.
// CosineAnnealingLR(T_max=12, eta_min=0.001), a value an epoch
inline const std::vector<double> kCosine =
    {numbers(rates(lambda o: CosineAnnealingLR(o, 12, 0.001), 12))};
// MultiStepLR(milestones=[4, 8], gamma=0.2), a value an epoch
inline const std::vector<double> kMultistep =
    {numbers(rates(lambda o: MultiStepLR(o, [4, 8], 0.2), 12))};
// LinearLR from 1/7 over 6 steps, then CosineAnnealingLR(T_max=24, eta_min=0.001), a value a step
inline const std::vector<double> kWarmupCosine =
    {numbers(rates(lambda o: SequentialLR(o, [
    LinearLR(o, 1 / 7, 1.0, 6), CosineAnnealingLR(o, 24, 0.001)], [6]), 30))};

// GradScaler({SCALER}) before SGD(lr=0.1, momentum=0.9):
// whether the gradient, 3 a step, is finite; then parameter and scale after each step
inline const std::vector<int> kScaledStepIsFinite = {numbers(FINITE)};
inline const std::vector<double> kScaledSteps =
    {numbers(scaled_steps())};

// OneCycleLR(0.1, total_steps=N, cycle_momentum=False, ...), a value a step
struct OneCycle {{
  double pct_start;
  bool is_linear;
  double div_factor, final_div_factor;
  std::vector<double> rates;
}};

inline const std::vector<OneCycle> kOneCycles = {{{cycles()}}};

}}  // namespace retort::optim::golden""")
