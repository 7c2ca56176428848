// SPDX-License-Identifier: MIT
#include "retort/checkpoint/name_match.h"

#include <gtest/gtest.h>

#include "retort/core/error.h"

namespace retort::checkpoint {
namespace {

const Shapes kNetwork = {{"conv1.weight", {4, 3, 3, 3}},
                         {"layer1.0.conv1.weight", {4, 4, 3, 3}},
                         {"layer1.0.downsample.0.weight", {4, 4, 1, 1}},
                         {"fc.weight", {10, 4}},
                         {"fc.bias", {10}}};

Shapes with_prefix(const Shapes& shapes, const std::string& prefix) {
  Shapes result;
  for (const auto& [name, shape] : shapes) result.emplace(prefix + name, shape);
  return result;
}

TEST(NameMatch, TakesTheNetworksOwnNames) {
  const NameMatch match = match_names(kNetwork, kNetwork, "f");
  EXPECT_EQ(match.prefix, "");
  EXPECT_EQ(match.left_out, 0u);
  for (const auto& [theirs, ours] : match.names) EXPECT_EQ(theirs, ours);
  EXPECT_EQ(match.names.size(), kNetwork.size());
}

TEST(NameMatch, StripsWhateverStandsInFront) {
  for (const std::string prefix :
       {"net.", "model.", "module.", "model.module.", "_orig_mod.", "student.backbone."}) {
    const NameMatch match = match_names(with_prefix(kNetwork, prefix), kNetwork, "f");
    EXPECT_EQ(match.prefix, prefix);
    EXPECT_EQ(match.names.at(prefix + "layer1.0.conv1.weight"), "layer1.0.conv1.weight");
  }
}

TEST(NameMatch, KnowsOtherSpellings) {
  const Shapes file = {{"conv1.weight", {4, 3, 3, 3}},
                       {"layer1.0.conv1.weight", {4, 4, 3, 3}},
                       {"layer1.0.shortcut.0.weight", {4, 4, 1, 1}},
                       {"linear.weight", {10, 4}},
                       {"linear.bias", {10}}};
  const NameMatch match = match_names(with_prefix(file, "module."), kNetwork, "f");
  EXPECT_EQ(match.prefix, "module.");
  EXPECT_EQ(match.names.at("module.linear.bias"), "fc.bias");
  EXPECT_EQ(match.names.at("module.layer1.0.shortcut.0.weight"), "layer1.0.downsample.0.weight");
}

TEST(NameMatch, LeavesOutTheOtherPartsAndKeepsStrangersUnderThePrefix) {
  Shapes file = with_prefix(kNetwork, "net.");
  file["criterion.weight"] = {10};
  file["net.extra"] = {1};
  const NameMatch match = match_names(file, kNetwork, "f");
  EXPECT_EQ(match.left_out, 1u);
  EXPECT_EQ(match.names.at("net.extra"), "extra");
}

TEST(NameMatch, ShapesTellStudentFromTeacher) {
  Shapes file = with_prefix(kNetwork, "student.");
  file.merge(
      with_prefix({{"conv1.weight", {64, 3, 3, 3}}, {"fc.weight", {10, 64}}, {"fc.bias", {10}}}, "teacher."));
  EXPECT_EQ(match_names(file, kNetwork, "f").prefix, "student.");
}

TEST(NameMatch, RefusesTwoOfTheSame) {
  Shapes file = with_prefix(kNetwork, "net.");
  file.merge(with_prefix(kNetwork, "ema."));
  EXPECT_THROW(match_names(file, kNetwork, "f"), Error);
}

TEST(NameMatch, NothingInCommonIsAllUnexpected) {
  const NameMatch match = match_names({{"a.b", {1}}}, kNetwork, "f");
  EXPECT_EQ(match.prefix, "");
  EXPECT_EQ(match.names.at("a.b"), "a.b");
}

}  // namespace
}  // namespace retort::checkpoint
