# SPDX-License-Identifier: MIT
"""Writes quality_golden.h: Brier score, calibration error, agreement and divergence by NumPy, from their definitions.

    python make_quality_golden.py > quality_golden.h
"""
import textwrap

import numpy as np

N, C, BINS = 40, 6, 15


def numbers(values):
    return "{" + "\n     ".join(textwrap.wrap(", ".join(map(repr, values)), 104)) + "}"


def softmax(z):
    e = np.exp(z - z.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


rng = np.random.default_rng(1)
student, teacher = (rng.normal(0, 2, (N, C)).round(3) for _ in range(2))
labels = np.where(rng.random(N) < 0.6, student.argmax(1), rng.integers(0, C, N))
p, q = softmax(student), softmax(teacher)
confidence, hit = p.max(1), p.argmax(1) == labels
edges = np.linspace(0, 1, BINS + 1)
bins = np.digitize(confidence, edges, right=True) - 1
counts = np.bincount(bins, minlength=BINS)
ece = sum(counts[b] / N * abs(confidence[bins == b].mean() - hit[bins == b].mean()) for b in range(BINS) if counts[b])
top5 = np.mean([labels[i] in np.argsort(-student[i])[:5] for i in range(N)])
print(f"""// SPDX-License-Identifier: MIT
// Made by make_quality_golden.py with numpy {np.__version__}; do not edit.
// clang-format off
#pragma once

#include <cstdint>
#include <vector>

namespace retort::metrics {{

constexpr int64_t kSamples = {N}, kClasses = {C};
inline const std::vector<double> kStudentLogits =
    {numbers(student.ravel().tolist())};
inline const std::vector<double> kTeacherLogits =
    {numbers(teacher.ravel().tolist())};
inline const std::vector<int64_t> kQualityLabels =
    {numbers(labels.tolist())};
constexpr int64_t kErrors = {int((~hit).sum())};
constexpr double kTop5 = {float(top5)!r};
constexpr double kNll = {float(-np.log(p[np.arange(N), labels]).mean())!r};
constexpr double kBrier = {float(((p - np.eye(C)[labels]) ** 2).sum(1).mean())!r};
constexpr double kEce = {float(ece)!r};
inline const std::vector<int64_t> kBinSamples = {numbers(counts.tolist())};
inline const std::vector<int64_t> kClassHits = {numbers(np.bincount(labels[hit], minlength=C).tolist())};
inline const std::vector<int64_t> kClassPredicted = {numbers(np.bincount(p.argmax(1), minlength=C).tolist())};
constexpr double kAgreement = {float((p.argmax(1) == q.argmax(1)).mean())!r};
constexpr double kKl = {float((q * np.log(q / p)).sum(1).mean())!r};

}}  // namespace retort::metrics""")
