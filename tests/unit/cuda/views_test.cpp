// SPDX-License-Identifier: MIT
// The kernel's views are the loader's, to the bit.
#include <numeric>

#include <ATen/ops/equal.h>

#include "device.h"
#include "retort/data/loader.h"
#include "retort/data/resident_loader.h"

namespace retort::cuda {
namespace {

data::Dataset random_pictures(int64_t count) {
  data::Dataset dataset{.name = "random", .channels = 3, .height = 32, .width = 32};
  CounterRng rng(/*seed=*/1, RandomStream::order, /*epoch=*/0, /*sample=*/0);
  dataset.images.resize(static_cast<size_t>(count * 3 * 32 * 32));
  for (uint8_t& byte : dataset.images) byte = static_cast<uint8_t>(rng.next());
  for (int64_t i = 0; i < count; ++i) dataset.labels.push_back(i % 10);
  dataset.class_names.resize(10, "class");
  return dataset;
}

using Views = OnGpu;

TEST_F(Views, AreThoseOfTheLoaderToTheBit) {
  const data::Dataset dataset = random_pictures(200);
  std::vector<int64_t> ids(200);
  std::iota(ids.begin(), ids.end(), 0);
  const data::Normalization normalization{.mean = {0.49, 0.48, 0.45}, .std = {0.25, 0.24, 0.26}};
  const data::ResidentPictures pictures(dataset, device_);
  for (const auto dtype : {torch::kFloat32, torch::kBFloat16})
    for (const int64_t drawn_views : {0, 3}) {
      const data::LoaderOptions options{
          .batch_size = 64,
          .augmentation = {.padding = 4, .flip = true, .drawn_views = drawn_views},
          .shuffle = true,
          .seed = 7,
          .dtype = dtype};
      data::Loader reference(dataset, ids, normalization, options);
      data::ResidentLoader loader(dataset, pictures, ids, normalization, options, write_views);
      for (const int64_t epoch : {0, 5}) {
        reference.start_epoch(epoch);
        loader.start_epoch(epoch);
        while (const auto expected = reference.next()) {
          const auto found = loader.next();
          ASSERT_TRUE(found.has_value());
          EXPECT_TRUE(found->images.is_contiguous(torch::MemoryFormat::ChannelsLast));
          EXPECT_TRUE(at::equal(found->images.cpu(), expected->images));
          EXPECT_TRUE(at::equal(found->labels.cpu(), expected->labels));
          EXPECT_TRUE(at::equal(found->sample_ids.cpu(), expected->sample_ids));
          EXPECT_TRUE(at::equal(found->view_ids.cpu(), expected->view_ids));
        }
        EXPECT_FALSE(loader.next().has_value());
      }
    }
}

}  // namespace
}  // namespace retort::cuda
