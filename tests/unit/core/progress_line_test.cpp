// SPDX-License-Identifier: MIT
#include "retort/core/progress_line.h"

#include <gtest/gtest.h>

#include "retort/core/text_table.h"

namespace retort {
namespace {

TEST(ProgressBar, IsAsWideAsAskedFor) {
  for (const double share : {0.0, 0.3, 0.999, 1.0, 2.0})
    for (const bool is_unicode : {false, true})
      EXPECT_EQ(display_width(progress_bar(share, 20, is_unicode)), 20u) << share;
  EXPECT_EQ(progress_bar(0.5, 10, /*is_unicode=*/false), "[====>   ]");
  EXPECT_EQ(progress_bar(1, 10, /*is_unicode=*/false), "[========]");
  EXPECT_EQ(progress_bar(0.5, 4, /*is_unicode=*/true), "━━╸─");
}

TEST(FitPieces, LeavesOutTheHighestRanksFirst) {
  const std::vector<LinePiece> pieces = {{"epoch 1", 0}, {"step 3", 2}, {"loss 0.5", 0}, {"0:16 left", 1}};
  EXPECT_EQ(fit_pieces(pieces, 80), "epoch 1  step 3  loss 0.5  0:16 left");
  EXPECT_EQ(fit_pieces(pieces, 36), "epoch 1  step 3  loss 0.5  0:16 left");
  EXPECT_EQ(fit_pieces(pieces, 35), "epoch 1  loss 0.5  0:16 left");
  EXPECT_EQ(fit_pieces(pieces, 20), "epoch 1  loss 0.5");
  EXPECT_EQ(fit_pieces(pieces, 3), "epoch 1  loss 0.5");
}

}  // namespace
}  // namespace retort
