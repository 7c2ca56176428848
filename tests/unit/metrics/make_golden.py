# SPDX-License-Identifier: MIT
"""Writes classification_golden.h: cross-entropy and top-k accuracy by PyTorch.

    python make_golden.py > classification_golden.h
"""
import textwrap

import torch
import torch.nn.functional as F

N, C = 16, 8


def numbers(values):
    lines = textwrap.wrap(", ".join(map(repr, values)), 104)
    return "{" + ("\n     ".join(lines)) + "}"


torch.manual_seed(1)
logits = (2 * torch.randn(N, C, dtype=torch.float64)).round(decimals=3)
labels = torch.randint(0, C, (N,))
assert all(row.unique().numel() == C for row in logits), "topk leaves the order of ties open"
hits = [(logits.topk(k, dim=1).indices == labels[:, None]).any(1).sum().item() for k in (1, 5)]

print(f"""// SPDX-License-Identifier: MIT
// Made by make_golden.py with torch {torch.__version__.split('+')[0]}; do not edit.
// clang-format off
#pragma once

#include <cstdint>
#include <vector>

namespace retort::metrics::golden {{

inline constexpr int kSamples = {N}, kClasses = {C};
inline const std::vector<double> kLogits =
    {numbers(logits.flatten().tolist())};  // [N, C]
inline const std::vector<int64_t> kLabels =
    {numbers(labels.flatten().tolist())};  // [N]
inline constexpr double kLoss = {F.cross_entropy(logits, labels).item()!r};
inline constexpr int kTop1 = {hits[0]}, kTop5 = {hits[1]};  // samples

}}  // namespace retort::metrics::golden""")
