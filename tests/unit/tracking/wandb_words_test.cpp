// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_words.h"

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

TEST(WandbWords, TheCommandIsOneThatAShellTakes) {
  EXPECT_EQ(wandb_sync_command("runs/a=1,b/wandb/offline-run-x"),
            "wandb sync runs/a=1,b/wandb/offline-run-x");
  EXPECT_EQ(wandb_sync_command("my run"), "wandb sync 'my run'");
  EXPECT_EQ(wandb_sync_command("it's $HOME"), "wandb sync 'it'\\''s $HOME'");
}

}  // namespace
}  // namespace retort::tracking
