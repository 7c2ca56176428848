// SPDX-License-Identifier: MIT
#include "retort/data/loader.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <ATen/ops/equal.h>
#include <gtest/gtest.h>
#include <torch/types.h>

#include "numbered_pictures.h"

namespace retort::data {
namespace {

std::vector<int64_t> sample_ids_of(const std::vector<Batch>& batches) {
  std::vector<int64_t> ids;
  for (const Batch& batch : batches)
    for (int64_t i = 0; i < batch.sample_ids.numel(); ++i) ids.push_back(batch.sample_ids[i].item<int64_t>());
  return ids;
}

LoaderOptions training_options(int threads) {
  return {.batch_size = 7,
          .augmentation = {.padding = 2, .flip = true},
          .shuffle = true,
          .seed = 5,
          .threads = threads};
}

TEST(Loader, PicturesAreWhatLibTorchMakesOfTheBytes) {
  const Dataset dataset = numbered(10);
  Loader loader(dataset, all_of(dataset), kNormalization, {.batch_size = 10, .threads = 0});
  const Batch batch = epoch_of(loader, 0).at(0);
  const auto bytes =
      torch::from_blob(const_cast<uint8_t*>(dataset.images.data()), {10, 3, 8, 8}, torch::kUInt8);
  // As torchvision: to float32, by 255, then in place minus the mean, by the deviation, in float32.
  const auto mean = torch::tensor({0.4914f, 0.4822f, 0.4465f}).view({3, 1, 1});
  const auto std = torch::tensor({0.2470f, 0.2435f, 0.2616f}).view({3, 1, 1});
  const auto expected = bytes.to(torch::kFloat32).div(255).sub(mean).div(std);
  EXPECT_TRUE(at::equal(batch.images, expected));
  EXPECT_TRUE(batch.images.is_contiguous(torch::MemoryFormat::ChannelsLast));
  EXPECT_EQ(batch.labels[3].item<int64_t>(), 3);

  Loader half(dataset, all_of(dataset), kNormalization,
              {.batch_size = 10, .dtype = torch::kBFloat16, .threads = 0});
  const auto images = epoch_of(half, 0).at(0).images;
  EXPECT_EQ(images.dtype(), torch::kBFloat16);
  EXPECT_TRUE(at::equal(images, expected.to(torch::kBFloat16)));
}

TEST(Loader, ViewIdsNameTheViewThatIsThere) {
  const Dataset dataset = numbered(20);
  const Augmentation augmentation{.padding = 2, .flip = true};
  Loader loader(dataset, all_of(dataset), kNormalization, training_options(/*threads=*/2));
  const auto bytes =
      torch::from_blob(const_cast<uint8_t*>(dataset.images.data()), {20, 3, 8, 8}, torch::kUInt8);
  const auto mean = torch::tensor({0.4914f, 0.4822f, 0.4465f}).view({3, 1, 1});
  const auto std = torch::tensor({0.2470f, 0.2435f, 0.2616f}).view({3, 1, 1});
  for (const Batch& batch : epoch_of(loader, 4))
    for (int64_t i = 0; i < batch.images.size(0); ++i) {
      const auto sample = batch.sample_ids[i].item<int64_t>();
      const auto [row, column, flipped] = augmentation.view(batch.view_ids[i].item<int64_t>());
      auto picture =
          torch::constant_pad_nd(bytes[sample], {2, 2, 2, 2}).narrow(1, row, 8).narrow(2, column, 8);
      if (flipped) picture = picture.flip(2);
      EXPECT_TRUE(at::equal(batch.images[i], picture.to(torch::kFloat32).div(255).sub(mean).div(std)));
      EXPECT_EQ(batch.view_ids[i].item<int64_t>(),
                augmentation.draw(/*seed=*/5, /*epoch=*/4, static_cast<uint64_t>(sample)));
    }
}

TEST(Loader, ThreadsChangeNothing) {
  const Dataset dataset = numbered(100);
  Loader reference(dataset, all_of(dataset), kNormalization, training_options(/*threads=*/0));
  const auto expected = epoch_of(reference, 3);
  for (const int threads : {1, 2, 8}) {
    Loader loader(dataset, all_of(dataset), kNormalization, training_options(threads));
    expect_same(epoch_of(loader, 3), expected);
  }
}

TEST(Loader, EntersAnEpochInItsMiddle) {
  const Dataset dataset = numbered(100);
  for (const int threads : {0, 1, 2}) {
    Loader loader(dataset, all_of(dataset), kNormalization, training_options(threads));
    const auto whole = epoch_of(loader, 2);
    for (const int64_t first : {1, 7, 14}) {
      Loader resumed(dataset, all_of(dataset), kNormalization, training_options(threads));
      expect_same(epoch_of(resumed, 2, first), {whole.begin() + first, whole.end()});
    }
    EXPECT_TRUE(epoch_of(loader, 2, /*first_batch=*/15).empty());
  }
}

TEST(Loader, EachEpochHoldsEachSampleOnceInAnOrderOfItsOwn) {
  const Dataset dataset = numbered(100);
  const std::vector<int64_t> ids = {3, 99, 4, 18, 55, 71, 20, 1, 33};
  Loader loader(dataset, ids, kNormalization, training_options(/*threads=*/1));
  auto first = sample_ids_of(epoch_of(loader, 0)), second = sample_ids_of(epoch_of(loader, 1));
  EXPECT_NE(first, second);
  EXPECT_EQ(first, sample_ids_of(epoch_of(loader, 0)));
  EXPECT_EQ(std::set<int64_t>(first.begin(), first.end()), std::set<int64_t>(ids.begin(), ids.end()));
  EXPECT_EQ(first.size(), ids.size());

  Loader in_order(dataset, ids, kNormalization, {.batch_size = 4});
  EXPECT_EQ(sample_ids_of(epoch_of(in_order, 7)), ids);
}

TEST(Loader, CountsItsBatches) {
  const Dataset dataset = numbered(10);
  Loader all(dataset, all_of(dataset), kNormalization, {.batch_size = 4});
  EXPECT_EQ(all.batches_per_epoch(), 3);
  EXPECT_EQ(all.samples_per_epoch(), 10);
  EXPECT_EQ(epoch_of(all, 0).at(2).images.size(0), 2);
  Loader full(dataset, all_of(dataset), kNormalization, {.batch_size = 4, .drop_last = true});
  EXPECT_EQ(full.batches_per_epoch(), 2);
  EXPECT_EQ(full.samples_per_epoch(), 8);
  EXPECT_EQ(epoch_of(full, 0).size(), 2u);
  Loader none(dataset, {}, kNormalization, {.batch_size = 4});
  EXPECT_EQ(none.batches_per_epoch(), 0);
  EXPECT_TRUE(epoch_of(none, 0).empty());
}

TEST(Loader, WhatAWorkerThrowsReachesNextWithTheSample) {
  Dataset dataset = numbered(100);
  dataset.images.resize(dataset.images.size() - 1);  // sample 99 lacks a byte
  for (const int threads : {0, 1, 2, 3, 4, 5, 6, 7, 8}) {
    Loader loader(dataset, all_of(dataset), kNormalization,
                  {.batch_size = 7, .shuffle = true, .threads = threads});
    loader.start_epoch(1);
    std::string message;
    int64_t samples = 0;
    try {
      while (auto batch = loader.next()) samples += batch->labels.numel();
    } catch (const std::exception& error) {
      message = error.what();
    }
    EXPECT_NE(message.find("sample 99 of numbered"), std::string::npos) << threads << ": " << message;
    // Whoever goes on all the same gets the other batches, whole.
    while (auto batch = loader.next()) samples += batch->labels.numel();
    EXPECT_GE(samples, 93);
    EXPECT_LT(samples, 100);
  }
}

TEST(Loader, EndsOrBeginsAnewInTheMiddleOfAnEpochWithoutHanging) {
  const Dataset dataset = numbered(200);
  for (int round = 0; round < 100; ++round) {
    Loader loader(dataset, all_of(dataset), kNormalization, training_options(1 + round % 8));
    for (int64_t epoch = 0; epoch < 3; ++epoch) {
      loader.start_epoch(epoch);
      for (int i = 0; i < round % 5; ++i) ASSERT_TRUE(loader.next());
    }
  }
}

TEST(Loader, BatchesOutliveTheLoader) {
  const Dataset dataset = numbered(10);
  std::vector<Batch> batches;
  {
    Loader loader(dataset, all_of(dataset), kNormalization, {.batch_size = 5, .threads = 2});
    batches = epoch_of(loader, 0);
  }
  EXPECT_EQ(batches.at(1).labels[4].item<int64_t>(), 9);
}

TEST(Loader, RefusesMisuse) {
  const Dataset dataset = numbered(10);
  Loader loader(dataset, all_of(dataset), kNormalization, {});
  EXPECT_THROW(loader.next(), c10::Error);
  EXPECT_THROW(loader.start_epoch(-1), c10::Error);
  EXPECT_THROW(Loader(dataset, {}, kNormalization, {.batch_size = 0}), c10::Error);
  EXPECT_THROW(Loader(dataset, {}, kNormalization, {.dtype = torch::kFloat16}), c10::Error);
}

// The batches that all ranks' parts make, one behind the other.
std::vector<Batch> together(const std::vector<std::vector<Batch>>& parts) {
  std::vector<Batch> whole;
  for (size_t i = 0; i < parts.front().size(); ++i) {
    std::vector<torch::Tensor> images, labels, samples, views;
    for (const auto& part : parts) {
      images.push_back(part[i].images);
      labels.push_back(part[i].labels);
      samples.push_back(part[i].sample_ids);
      views.push_back(part[i].view_ids);
    }
    whole.push_back({torch::cat(images), torch::cat(labels), torch::cat(samples), torch::cat(views)});
  }
  return whole;
}

TEST(LoaderRanks, TogetherGiveTheBatchesOfOneLoaderToTheBit) {
  const Dataset dataset = numbered(60);
  LoaderOptions options = training_options(1);
  options.batch_size = 12;
  Loader one(dataset, all_of(dataset), kNormalization, options);
  options.batch_size = 4;
  options.world_size = 3;
  std::vector<std::vector<Batch>> parts;
  for (options.rank = 0; options.rank < 3; ++options.rank) {
    Loader part(dataset, all_of(dataset), kNormalization, options);
    EXPECT_EQ(part.batches_per_epoch(), 5);
    EXPECT_EQ(part.samples_per_epoch(), 20);
    parts.push_back(epoch_of(part, /*epoch=*/2, /*first_batch=*/1));
  }
  expect_same(together(parts), epoch_of(one, 2, 1));
}

TEST(LoaderRanks, LeaveOutWhatCannotBeSharedOutEvenly) {
  const Dataset dataset = numbered(31);  // two batches of 12, and 7 that three ranks share by 2
  LoaderOptions options = training_options(0);
  options.batch_size = 4;
  options.world_size = 3;
  std::vector<int64_t> seen;
  for (options.rank = 0; options.rank < 3; ++options.rank) {
    Loader part(dataset, all_of(dataset), kNormalization, options);
    const auto batches = epoch_of(part, 0);
    ASSERT_EQ(batches.size(), 3u);
    EXPECT_EQ(batches[2].labels.size(0), 2);
    const auto ids = sample_ids_of(batches);
    seen.insert(seen.end(), ids.begin(), ids.end());
  }
  EXPECT_EQ(seen.size(), 30u);
  EXPECT_EQ(std::set<int64_t>(seen.begin(), seen.end()).size(), 30u);
}

}  // namespace
}  // namespace retort::data
