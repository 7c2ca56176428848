# SPDX-License-Identifier: MIT
"""Writes statistics_golden.h: Student's t-test of pairs and the functions below it, by SciPy.

    python make_golden.py > statistics_golden.h
"""
import numpy as np
import scipy
from scipy import special, stats

rng = np.random.default_rng(1)
tests = [([146, 139, 151, 143, 148], [74, 81, 77, 88, 79]), ([146, 139], [74, 81]),
         (rng.normal(0, 1, 5).round(3).tolist(), rng.normal(0.3, 1, 5).round(3).tolist()),
         (rng.normal(0, 1, 30).round(3).tolist(), rng.normal(0.2, 1, 30).round(3).tolist()),
         ([0.95, 0.951, 0.949], [0.951, 0.9515, 0.9505])]


def numbers(values):
    return "{" + ", ".join(map(repr, values)) + "}"


print(f"""// SPDX-License-Identifier: MIT
// Made by make_golden.py with scipy {scipy.__version__}; do not edit.
// clang-format off
#pragma once

#include <vector>

namespace retort::study {{

struct GoldenTest {{
  std::vector<double> first, second;
  double mean_difference, standard_error, t, p, low, high;
}};
inline const std::vector<GoldenTest> kTests = {{""")
for first, second in tests:
    result = stats.ttest_rel(second, first)
    interval = result.confidence_interval(0.95)
    difference = np.subtract(second, first)
    values = [difference.mean(), stats.sem(difference), result.statistic, result.pvalue, interval.low, interval.high]
    print(f"    {{{numbers(first)}, {numbers(second)},\n     " + ", ".join(repr(float(v)) for v in values) + "},")
print("""};

struct GoldenBeta {
  double a, b, x, value;
};
inline const std::vector<GoldenBeta> kBetas = {""")
for a, b, x in [(0.5, 0.5, 0.3), (2, 3, 0.5), (10, 0.5, 0.99), (0.5, 10, 1e-6), (100, 200, 0.3), (1, 1, 0.25), (2, 0.5, 1e-12),
                (49.5, 0.5, 0.999), (1e4, 0.5, 0.9999)]:
    print(f"    {{{a!r}, {b!r}, {x!r}, {float(special.betainc(a, b, x))!r}}},")
print("""};

struct GoldenQuantile {
  double probability, degrees, t;
};
inline const std::vector<GoldenQuantile> kQuantiles = {""")
for probability, degrees in [(0.05, 1), (0.05, 2), (0.05, 4), (0.01, 4), (0.05, 29), (0.5, 3), (0.001, 1000)]:
    print(f"    {{{probability!r}, {degrees!r}, {float(stats.t.isf(probability / 2, degrees))!r}}},")
print("""};

}  // namespace retort::study""")
