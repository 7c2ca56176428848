# SPDX-License-Identifier: MIT
"""Writes hinton_golden.h: Hinton's loss and its gradient, computed by PyTorch in float64.

    python make_golden.py > hinton_golden.h

The soft term is nn.KLDivLoss(reduction="batchmean") plus the teacher's entropy, another road than the library's.
"""
import textwrap

import torch
import torch.nn.functional as F

N, C, K = 4, 5, 3


def numbers(values):
    lines = textwrap.wrap(", ".join(map(repr, values)), 104)
    return "{" + ("\n     ".join(lines)) + "}"


def voice(teachers, weights, combine, temperature):
    """The ensemble's softened distribution."""
    w = torch.tensor(weights, dtype=torch.float64).view(-1, 1, 1) / sum(weights)
    if combine == "geometric_mean":
        return F.softmax((w * teachers).sum(0) / temperature, dim=1)
    return (w * F.softmax(teachers / temperature, dim=2)).sum(0)


def loss(z, p, labels, alpha, beta, temperature, scale, smoothing):
    hard = F.cross_entropy(z, labels, label_smoothing=smoothing)
    divergence = F.kl_div(F.log_softmax(z / temperature, dim=1), p, reduction="batchmean")
    distill = divergence - (p * p.log()).sum(1).mean()
    if scale:
        distill = temperature**2 * distill
    return hard, distill, alpha * hard + beta * distill


torch.manual_seed(20150309)
student = (3 * torch.randn(N, C, dtype=torch.float64)).round(decimals=3)
teachers = (4 * torch.randn(K, N, C, dtype=torch.float64)).round(decimals=3)
labels = torch.tensor([2, 0, 4, 1])

cases = []  # alpha, beta, temperature, scale, teachers, combine, weights, label_smoothing
for alpha, beta, temperature, scale in [
    (0.1, 0.9, 4.0, True), (0.1, 0.9, 4.0, False), (0.5, 0.5, 1.0, True), (0.0, 1.0, 20.0, True),
    (1.0, 0.0, 2.0, True), (0.7, 2.0, 0.5, True), (0.3, 0.7, 8.0, False),
]:
    cases.append((alpha, beta, temperature, scale, 1, "probability_mean", [], 0.0))
for combine in ("probability_mean", "geometric_mean"):
    for weights in ([], [0.5, 0.3, 0.2]):
        cases.append((0.1, 0.9, 4.0, True, K, combine, weights, 0.0))
        cases.append((0.5, 0.5, 1.0, False, K, combine, weights, 0.0))
for smoothing in (0.1, 1.0):
    cases.append((0.4, 0.6, 4.0, True, 1, "probability_mean", [], smoothing))

print(f"""// SPDX-License-Identifier: MIT
// Made by make_golden.py with torch {torch.__version__.split('+')[0]}; do not edit.
// clang-format off
#pragma once

#include <vector>

#include "retort/methods/teacher.h"

namespace retort::methods::golden {{

inline constexpr int kSamples = {N}, kClasses = {C}, kTeachers = {K};
inline const std::vector<double> kStudent =
    {numbers(student.flatten().tolist())};  // [N, C]
inline const std::vector<double> kTeacher =
    {numbers(teachers.flatten().tolist())};  // [K, N, C]
inline const std::vector<int64_t> kLabels = {numbers(labels.flatten().tolist())};  // [N]

struct HintonCase {{
  double hard_loss_weight, distill_loss_weight, temperature;
  bool scale_by_temperature_squared;
  int teachers;  // the first so many of kTeacher
  Combine combine;
  std::vector<double> weights;
  double label_smoothing;
  double hard, distill, total;
  std::vector<double> gradient;  // of total, by the student's logits: [N, C]
}};

inline const std::vector<HintonCase> kHintonCases = {{""")
for alpha, beta, temperature, scale, size, combine, weights, smoothing in cases:
    z = student.clone().requires_grad_()
    p = voice(teachers[:size], weights or [1] * size, combine, temperature)
    hard, distill, total = loss(z, p, labels, alpha, beta, temperature, scale, smoothing)
    total.backward()
    print(f"    {{{alpha}, {beta}, {temperature}, {str(scale).lower()}, {size}, Combine::{combine}, "
          f"{numbers(weights)}, {smoothing}, {hard.item()!r}, {distill.item()!r}, {total.item()!r},\n     {numbers(z.grad.flatten().tolist())}}},")
print("""};

}  // namespace retort::methods::golden""")
