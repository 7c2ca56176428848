// SPDX-License-Identifier: MIT
#include "retort/tracking/wandb_state.h"

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

TEST(WandbState, IsReadBack) {
  const WandbState state{.id = "r3t0rt42", .folder = "wandb/it's \"one\""};
  const auto again = parse_wandb_state(to_json(state));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->id, state.id);
  EXPECT_EQ(again->folder, state.folder);
}

TEST(WandbState, RefusesWhatIsNone) {
  for (const char* text : {"", "{}", R"({"id":"a"})", R"({"id":"a","folder":5})", "[[[[]]]]"})
    EXPECT_FALSE(parse_wandb_state(text)) << text;
}

}  // namespace
}  // namespace retort::tracking
