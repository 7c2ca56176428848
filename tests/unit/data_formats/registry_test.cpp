// SPDX-License-Identifier: MIT
#include "retort/data/registry.h"

#include <numeric>

#include "support.h"

namespace retort::data {
namespace {

DataOptions mnist(int64_t validation_size) {
  return {.name = "mnist",
          .root = std::filesystem::path(RETORT_SOURCE_DIR) / "datasets/mnist",
          .validation_size = validation_size,
          .normalization = {.mean = {0}, .std = {1}}};
}

TEST(LoadData, HoldsOutWhatTheSeedDraws) {
  const DataModule data = load_data(mnist(5000), /*seed=*/1);
  EXPECT_EQ(data.validation_ids.size(), 5000u);
  EXPECT_EQ(data.train_ids.size(), 55'000u);
  EXPECT_TRUE(std::is_sorted(data.train_ids.begin(), data.train_ids.end()));
  EXPECT_TRUE(std::is_sorted(data.validation_ids.begin(), data.validation_ids.end()));
  std::vector<int64_t> all = data.train_ids, expected(60'000);
  all.insert(all.end(), data.validation_ids.begin(), data.validation_ids.end());
  std::sort(all.begin(), all.end());
  std::iota(expected.begin(), expected.end(), 0);
  EXPECT_EQ(all, expected);

  EXPECT_EQ(load_data(mnist(5000), /*seed=*/1).validation_ids, data.validation_ids);
  EXPECT_NE(load_data(mnist(5000), /*seed=*/2).validation_ids, data.validation_ids);
}

TEST(LoadData, HoldsOutNothingWhenTold) {
  const DataModule data = load_data(mnist(0), /*seed=*/1);
  EXPECT_TRUE(data.validation_ids.empty());
  EXPECT_EQ(data.train_ids.size(), 60'000u);
}

TEST(LoadData, LeavesOutClassesOfTheTrainingPicturesAlone) {
  DataOptions options = mnist(5000);
  const DataModule whole = load_data(options, /*seed=*/1);
  options.train_classes = {7, 8};
  const DataModule part = load_data(options, /*seed=*/1);
  std::vector<int64_t> expected;
  for (const int64_t id : whole.train_ids)
    if (const int64_t label = whole.train.labels[id]; label == 7 || label == 8) expected.push_back(id);
  EXPECT_EQ(part.train_ids, expected);
  EXPECT_EQ(part.validation_ids, whole.validation_ids);
  EXPECT_EQ(part.test.size(), 10'000);
  options.train_classes = {10};
  EXPECT_THROW(load_data(options, /*seed=*/1), Error);
}

TEST(LoadData, RefusesWhatDoesNotFitTheDataSet) {
  EXPECT_EQ(
      error_of(ExitCode::config, [&] { load_data(mnist(60'000), 1); }),
      "data.validation_size=60000: expected 0 to 59999, fewer than the 60000 training pictures of mnist");
  DataOptions colored = mnist(0);
  colored.normalization = {.mean = {0, 0, 0}, .std = {1, 1, 1}};
  EXPECT_EQ(error_of(ExitCode::config, [&] { load_data(colored, 1); }),
            "data.mean and data.std have 3 values: expected one for each of the 1 channels of mnist");
  DataOptions unknown = mnist(0);
  unknown.name = "mnits";
  EXPECT_EQ(error_of(ExitCode::config, [&] { load_data(unknown, 1); }),
            "data.name=mnits: no such data set. Did you mean 'mnist'?");
}

}  // namespace
}  // namespace retort::data
