// SPDX-License-Identifier: MIT
#include "retort/config/key_hint.h"

#include <gtest/gtest.h>

#include "retort/config/yaml_reader.h"

namespace retort::config {
namespace {

TEST(KeyHint, FindsTheKeyThatWasMeantWhereverItStands) {
  const Node root = read_yaml(
      "trainer: {max_epochs: 1, max_steps: 2}\nschedule: {warmup_epochs: 0}\noptimizer: {lr: 0.1}\nseed: 0\n"
      "hydra: {run: {dir: x}}\n",
      "root.yaml");
  for (const auto& [typed, meant] :
       std::initializer_list<std::pair<const char*, const char*>>{{"sed", "seed"},
                                                                  {"optimzer.lr", "optimizer.lr"},
                                                                  {"trainer.max_epoch", "trainer.max_epochs"},
                                                                  {"epoch", "trainer.max_epochs"},
                                                                  {"epochs", "trainer.max_epochs"},
                                                                  {"model.max_steps", "trainer.max_steps"},
                                                                  {"lr", "optimizer.lr"},
                                                                  {"hydra.run.dirr", "hydra.run.dir"}})
    EXPECT_EQ(key_hint(root, typed), " Did you mean '" + std::string(meant) + "'?") << typed;
  for (const char* typed : {"", "quantisation", "ab", "directory", "optimizer.dampening"})
    EXPECT_EQ(key_hint(root, typed), "") << typed;
  EXPECT_EQ(key_hint(Node(1), "seed"), "");
}

}  // namespace
}  // namespace retort::config
