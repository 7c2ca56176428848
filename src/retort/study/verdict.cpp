// SPDX-License-Identifier: MIT
#include "retort/study/verdict.h"

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/core/text_table.h"

namespace retort::study {
namespace {

constexpr double kEvidence = 0.05;
constexpr size_t kFewestSeeds = 3;

std::string probability(double p) {
  return p < 0.0005 ? fmt::format("p = {:.1e}", p) : fmt::format("p = {:.3f}", p);
}

// "98.45 +-0.05"; the mean alone where there is one value.
std::string mean_and_deviation(const std::vector<double>& values, double scale, int digits) {
  const Spread spread = spread_of(values);
  if (spread.count < 2) return fmt::format("{:.{}f}", scale * spread.mean, digits);
  return fmt::format("{:.{}f} +-{:.{}f}", scale * spread.mean, digits, scale * spread.deviation, digits);
}

std::string mean(const std::vector<double>& values, double scale, int digits) {
  return values.empty() ? "" : fmt::format("{:.{}f}", scale * spread_of(values).mean, digits);
}

}  // namespace

std::string verdict(const std::vector<double>& control_accuracies, const std::vector<double>& accuracies) {
  const PairedTest test = paired_t_test(control_accuracies, accuracies);
  constexpr double kPoints = 100;
  const double points = kPoints * test.mean_difference;
  if (test.pairs == 1)
    return fmt::format("{:+.2f} points in one seed: no evidence, another can turn it round; seeds=5 tells",
                       points);
  if (test.standard_error == 0)
    return fmt::format("{:+.2f} points in each of {} seeds: no spread to test by; more seeds tell", points,
                       test.pairs);
  const std::string figures =
      fmt::format("{:+.2f} +- {:.2f} points (95 % interval {:+.2f} to {:+.2f}), {}, {} seeds", points,
                  kPoints * test.standard_error, kPoints * test.low, kPoints * test.high, probability(test.p),
                  test.pairs);
  if (test.p >= kEvidence) return "no evidence: " + figures;
  if (test.pairs < kFewestSeeds) return "no evidence from two seeds: " + figures;
  return fmt::format("distillation {}: {}", points > 0 ? "helps" : "hurts", figures);
}

std::string arms_table(const std::vector<ArmFigures>& arms, bool is_unicode) {
  constexpr size_t kLongestName = 21, kLongestNetwork = 13;
  std::vector<std::vector<std::string>> rows = {
      {"", "network", "accuracy %", "errors", "loss", "ECE", "agree"}};
  for (const ArmFigures& arm : arms) {
    // A long name stands on a line of its own.
    const std::string name = printable(arm.name, 70);
    const bool is_long = name.size() > kLongestName;
    if (is_long) rows.push_back({name});
    rows.push_back({is_long ? "" : name, printable(arm.architecture, kLongestNetwork),
                    mean_and_deviation(arm.accuracies, 100, 2), mean_and_deviation(arm.errors, 1, 0),
                    mean(arm.losses, 1, 4), mean(arm.calibration_errors, 100, 1),
                    mean(arm.agreements, 100, 1)});
  }
  return text_table(rows, {.right = {2, 3, 4, 5, 6}, .is_unicode = is_unicode, .gap = 1});
}

}  // namespace retort::study
