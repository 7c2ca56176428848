// SPDX-License-Identifier: MIT
#include "retort/data/augmentation.h"

#include <set>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

namespace retort::data {
namespace {

TEST(Augmentation, CountsAndNumbersItsViews) {
  EXPECT_EQ((Augmentation{}.num_views()), 1);
  EXPECT_EQ((Augmentation{.flip = true}.num_views()), 2);
  EXPECT_EQ((Augmentation{.padding = 2}.num_views()), 25);
  const Augmentation crop_flip{.padding = 4, .flip = true};
  EXPECT_EQ(crop_flip.num_views(), 162);

  std::set<std::tuple<int, int, bool>> seen;
  for (int64_t id = 0; id < 162; ++id) {
    const auto view = crop_flip.view(id);
    seen.insert({view.row, view.column, view.flipped});
    EXPECT_EQ((view.row * 9 + view.column) * 2 + view.flipped, id);
    EXPECT_LE(view.row, 8);
    EXPECT_LE(view.column, 8);
  }
  EXPECT_EQ(seen.size(), 162u);
}

TEST(Augmentation, IdentityViewCropsTheMiddleUnflipped) {
  for (const Augmentation augmentation :
       {Augmentation{}, Augmentation{.padding = 3}, Augmentation{.padding = 4, .flip = true},
        Augmentation{.flip = true}}) {
    const auto view = augmentation.view(augmentation.identity_view());
    EXPECT_EQ(view.row, augmentation.padding);
    EXPECT_EQ(view.column, augmentation.padding);
    EXPECT_FALSE(view.flipped);
  }
}

// Chi-squared of 162 views: 161 degrees of freedom, deviation 18; five deviations are 251.
TEST(Augmentation, DrawsEachViewEquallyOften) {
  const Augmentation augmentation{.padding = 4, .flip = true};
  constexpr double kExpected = 500;
  for (const uint64_t seed : {0u, 1u, 2u}) {
    std::vector<double> counts(162);
    for (uint64_t sample = 0; sample < 162 * 500; ++sample)
      ++counts[static_cast<size_t>(augmentation.draw(seed, /*epoch=*/3, sample))];
    double chi_squared = 0;
    for (const double count : counts) chi_squared += (count - kExpected) * (count - kExpected) / kExpected;
    EXPECT_LT(chi_squared, 251) << seed;
  }
}

TEST(Augmentation, ShowsEachOfItsDrawnViewsOnceARound) {
  const Augmentation all{.padding = 4, .flip = true};
  const Augmentation few{.padding = 4, .flip = true, .drawn_views = 5};
  int moved = 0;
  for (uint64_t sample = 0; sample < 50; ++sample) {
    std::multiset<int64_t> expected;
    for (uint64_t epoch = 0; epoch < 5; ++epoch) expected.insert(all.draw(/*seed=*/1, epoch, sample));
    for (uint64_t round = 0; round < 4; ++round) {
      std::multiset<int64_t> seen;
      for (uint64_t epoch = 5 * round; epoch < 5 * round + 5; ++epoch)
        seen.insert(few.draw(/*seed=*/1, epoch, sample));
      EXPECT_EQ(seen, expected) << sample << ", round " << round;
    }
    moved += few.draw(1, 0, sample) != few.draw(1, 5, sample) ? 1 : 0;
  }
  EXPECT_GT(moved, 20);  // rounds start at different places
}

TEST(Augmentation, DrawDependsOnSeedEpochAndSampleAlone) {
  const Augmentation augmentation{.padding = 4, .flip = true};
  EXPECT_EQ(augmentation.draw(1, 2, 3), augmentation.draw(1, 2, 3));
  int changed_seed = 0, changed_epoch = 0;
  for (uint64_t sample = 0; sample < 1000; ++sample) {
    changed_seed += augmentation.draw(1, 2, sample) != augmentation.draw(2, 2, sample);
    changed_epoch += augmentation.draw(1, 2, sample) != augmentation.draw(1, 3, sample);
  }
  EXPECT_GT(changed_seed, 970);
  EXPECT_GT(changed_epoch, 970);
}

}  // namespace
}  // namespace retort::data
