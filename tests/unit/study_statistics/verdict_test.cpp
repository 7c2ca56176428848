// SPDX-License-Identifier: MIT
#include "retort/study/verdict.h"

#include <sstream>

#include <gtest/gtest.h>

namespace retort::study {
namespace {

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Verdict, OneSeedIsNoEvidence) {
  EXPECT_TRUE(has(verdict({0.97}, {0.98}), "+1.00 points in one seed: no evidence"));
}

TEST(Verdict, SaysWhichWayWithFiguresAndSeeds) {
  const std::vector<double> alone = {0.9854, 0.9861, 0.9849, 0.9857, 0.9852},
                            distilled = {0.9926, 0.9919, 0.9923, 0.9912, 0.9921};
  const std::string helps = verdict(alone, distilled);
  EXPECT_TRUE(helps.starts_with(
      "distillation helps: +0.66 +- 0.04 points (95 % interval +0.55 to +0.76), p = 6.8e-05"))
      << helps;
  EXPECT_TRUE(has(helps, "5 seeds"));
  EXPECT_TRUE(verdict(distilled, alone).starts_with("distillation hurts: -0.66 +- 0.04 points"));
}

TEST(Verdict, ASmallDifferenceIsNoEvidence) {
  EXPECT_TRUE(verdict({0.95, 0.951, 0.949}, {0.951, 0.9505, 0.9495}).starts_with("no evidence: "));
}

TEST(Verdict, TwoSeedsAreNeverEnough) {
  EXPECT_TRUE(verdict({0.9, 0.9001}, {0.95, 0.9500001}).starts_with("no evidence from two seeds: "));
}

TEST(Verdict, NoSpreadIsNoTest) {
  EXPECT_TRUE(has(verdict({0.5, 0.5, 0.5}, {0.75, 0.75, 0.75}), "no spread to test by"));
}

TEST(ArmsTable, FitsEightyColumns) {
  const ArmFigures teacher{.name = "teacher",
                           .architecture = "mlp 1200-1200",
                           .accuracies = {0.99331, 0.99281},
                           .errors = {67, 72},
                           .losses = {0.0212, 0.0225},
                           .calibration_errors = {0.004, 0.005}};
  ArmFigures distilled = teacher;
  distilled.name = "distilled, student=mlp 300-300, temperature=20";
  distilled.errors = {10000, 9999};
  distilled.agreements = {0.99, 0.991};
  std::istringstream lines(arms_table({teacher, distilled}, /*is_unicode=*/false));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_LE(line.size(), 80u) << line;
  EXPECT_EQ(count, 5);  // a heading and its rule, a line, and a long name on a line of its own
  const std::string table = arms_table({teacher}, /*is_unicode=*/false);
  EXPECT_TRUE(has(table, "99.31 +-0.04 70 +-4 0.0219 0.5")) << table;
}

}  // namespace
}  // namespace retort::study
