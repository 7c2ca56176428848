// SPDX-License-Identifier: MIT
#include "retort/distributed/place.h"

#include <cstdlib>
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "retort/core/error.h"

namespace retort::distributed {
namespace {

std::optional<Place> place_in(const std::map<std::string, std::string>& environment) {
  for (const auto& [name, value] : environment) setenv(name.c_str(), value.c_str(), 1);
  const auto forget = [&] {
    for (const auto& [name, value] : environment) unsetenv(name.c_str());
  };
  try {
    auto place = place_from_environment();
    forget();
    return place;
  } catch (...) {
    forget();
    throw;
  }
}

TEST(Place, IsWhatTorchrunSays) {
  const auto place = place_in({{"RANK", "3"},
                               {"WORLD_SIZE", "8"},
                               {"LOCAL_RANK", "1"},
                               {"LOCAL_WORLD_SIZE", "4"},
                               {"MASTER_ADDR", "node0"},
                               {"MASTER_PORT", "29400"},
                               {"TORCHELASTIC_USE_AGENT_STORE", "True"},
                               {"TORCHELASTIC_RESTART_COUNT", "2"}});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->rank, 3);
  EXPECT_EQ(place->size, 8);
  EXPECT_EQ(place->local_rank, 1);
  EXPECT_EQ(place->local_size, 4);
  EXPECT_EQ(place->master_address, "node0");
  EXPECT_EQ(place->master_port, 29400);
  EXPECT_FALSE(place->is_one_machine());
  EXPECT_TRUE(place->has_agent_store);
  EXPECT_EQ(place->attempt, 2);
  EXPECT_FALSE(place->is_main());
}

TEST(Place, IsTheSameOnOneMachineWhereALauncherSaysNoLocalRank) {
  const auto place = place_in({{"RANK", "2"}, {"WORLD_SIZE", "4"}, {"MASTER_PORT", "1"}});
  ASSERT_TRUE(place);
  EXPECT_EQ(place->local_rank, 2);
}

TEST(Place, IsNothingForAProcessByItself) {
  EXPECT_FALSE(place_in({}));
  EXPECT_FALSE(place_in({{"RANK", "0"}}));
  EXPECT_FALSE(place_in({{"RANK", "0"}, {"WORLD_SIZE", "1"}}));
}

TEST(Place, RefusesWhatIsIncompleteOrNoNumber) {
  EXPECT_THROW(place_in({{"RANK", "0"}, {"WORLD_SIZE", "2"}}), Error);
  EXPECT_THROW(place_in({{"RANK", "2"}, {"WORLD_SIZE", "2"}, {"MASTER_PORT", "1"}}), Error);
  EXPECT_THROW(place_in({{"RANK", "one"}, {"WORLD_SIZE", "2"}, {"MASTER_PORT", "1"}}), Error);
  EXPECT_THROW(place_in({{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_PORT", "99999"}}), Error);
  EXPECT_THROW(place_in({{"RANK", "1"}, {"WORLD_SIZE", "2"}, {"MASTER_PORT", "1"}, {"LOCAL_RANK", "2"}}),
               Error);
}

}  // namespace
}  // namespace retort::distributed
