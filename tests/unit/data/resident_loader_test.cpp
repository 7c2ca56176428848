// SPDX-License-Identifier: MIT
// What a GPU's threads run, run by a loop: a pixel, a picture and a batch at a time.
#include "retort/data/resident_loader.h"

#include <stdexcept>

#include <gtest/gtest.h>
#include <torch/types.h>

#include "numbered_pictures.h"
#include "retort/data/loader.h"

namespace retort::data {
namespace {

ResidentLoader resident(const Dataset& dataset, const LoaderOptions& options) {
  return {dataset,         ResidentPictures(dataset, torch::kCPU), all_of(dataset), kNormalization, options,
          write_views_here};
}

void expect_the_loaders_batches(const Dataset& dataset, LoaderOptions options) {
  options.threads = 0;
  Loader reference(dataset, all_of(dataset), kNormalization, options);
  ResidentLoader loader = resident(dataset, options);
  ASSERT_EQ(loader.batches_per_epoch(), reference.batches_per_epoch());
  ASSERT_EQ(loader.samples_per_epoch(), reference.samples_per_epoch());
  for (const int64_t epoch : {0, 3}) expect_same(epoch_of(loader, epoch), epoch_of(reference, epoch));
  expect_same(epoch_of(loader, 1, /*first_batch=*/2), epoch_of(reference, 1, /*first_batch=*/2));
}

TEST(ResidentLoader, MakesTheVeryBatchesOfTheLoader) {
  const Dataset dataset = numbered(60);
  LoaderOptions options{.batch_size = 7, .shuffle = true, .seed = 5};
  for (const Augmentation& augmentation :
       {Augmentation{}, Augmentation{.flip = true}, Augmentation{.padding = 2},
        Augmentation{.padding = 4, .flip = true}, Augmentation{.padding = 9, .flip = true},
        Augmentation{.padding = 4, .flip = true, .drawn_views = 3}})
    for (const auto dtype : {torch::kFloat32, torch::kBFloat16}) {
      options.augmentation = augmentation;
      options.dtype = dtype;
      expect_the_loaders_batches(dataset, options);
    }
}

TEST(ResidentLoader, TakesPicturesOfAnyShape) {
  Dataset wide = numbered(12, /*channels=*/1, /*side=*/6);
  wide.height = 4;
  wide.width = 9;
  Loader reference(wide, all_of(wide), {.mean = {0.5}, .std = {0.25}},
                   {.batch_size = 5, .augmentation = {.padding = 3, .flip = true}});
  ResidentLoader loader(wide, ResidentPictures(wide, torch::kCPU), all_of(wide),
                        {.mean = {0.5}, .std = {0.25}},
                        {.batch_size = 5, .augmentation = {.padding = 3, .flip = true}}, write_views_here);
  expect_same(epoch_of(loader, 2), epoch_of(reference, 2));
}

TEST(ResidentLoader, SharesOutABatchAsTheLoaderDoes) {
  const Dataset dataset = numbered(61);
  for (const int rank : {0, 1, 2})
    expect_the_loaders_batches(dataset,
                               {.batch_size = 7, .shuffle = true, .rank = rank, .world_size = 3, .seed = 5});
  expect_the_loaders_batches(dataset, {.batch_size = 7, .drop_last = true});
}

TEST(ResidentLoader, ShowsEveryViewAndMixesAsTheLoaderDoes) {
  Dataset dataset = numbered(20);
  dataset.class_names.resize(10);
  expect_the_loaders_batches(
      dataset, {.batch_size = 7, .augmentation = {.padding = 1, .flip = true}, .every_view = true});
  const LoaderOptions mixing{.batch_size = 7, .mixup_alpha = 1, .seed = 3, .threads = 0};
  Loader reference(dataset, all_of(dataset), kNormalization, mixing);
  ResidentLoader loader = resident(dataset, mixing);
  const auto batches = epoch_of(loader, 4), expected = epoch_of(reference, 4);
  expect_same(batches, expected);
  for (size_t i = 0; i < batches.size(); ++i)
    EXPECT_TRUE(at::equal(batches[i].soft_labels, expected[i].soft_labels)) << i;
}

TEST(ResidentLoader, RefusesWhatIsNotThere) {
  const Dataset dataset = numbered(4);
  const ResidentPictures pictures(dataset, torch::kCPU);
  EXPECT_THROW(ResidentLoader(dataset, pictures, {0, 4}, kNormalization, {}, write_views_here),
               std::out_of_range);
  ResidentLoader loader = resident(dataset, {.every_view = true});
  EXPECT_THROW(loader.next(), c10::Error);
  EXPECT_THROW(loader.start_epoch(1), c10::Error);
}

}  // namespace
}  // namespace retort::data
