// SPDX-License-Identifier: MIT
#include "retort/data/view_writer.h"

#include <bit>
#include <cmath>
#include <stdexcept>

#include <gtest/gtest.h>

namespace retort::data {
namespace {

Dataset noise(int64_t count, int64_t channels, int64_t height, int64_t width) {
  Dataset dataset{.name = "noise", .channels = channels, .height = height, .width = width};
  uint32_t state = 12345;
  for (int64_t i = 0; i < count * channels * height * width; ++i) {
    state = state * 1664525 + 1013904223;
    dataset.images.push_back(static_cast<uint8_t>(state >> 24));
  }
  dataset.labels.resize(static_cast<size_t>(count));
  return dataset;
}

// The definition, written as it is said: pad with zeros, crop, flip, divide by 255, normalise, channels last.
std::vector<float> reference(const Dataset& dataset, const Normalization& normalization, int padding,
                             int64_t sample, Augmentation::View view) {
  const int64_t channels = dataset.channels, height = dataset.height, width = dataset.width;
  std::vector<float> values;
  for (int64_t y = 0; y < height; ++y)
    for (int64_t x = 0; x < width; ++x)
      for (int64_t c = 0; c < channels; ++c) {
        const int64_t row = y + view.row - padding;
        const int64_t column = (view.flipped ? width - 1 - x : x) + view.column - padding;
        const bool is_inside = row >= 0 && row < height && column >= 0 && column < width;
        const uint8_t byte =
            is_inside
                ? dataset
                      .images[static_cast<size_t>(((sample * channels + c) * height + row) * width + column)]
                : 0;
        const float pixel = static_cast<float>(byte) / 255.0f;
        const float centered = pixel - static_cast<float>(normalization.mean[static_cast<size_t>(c)]);
        values.push_back(centered / static_cast<float>(normalization.std[static_cast<size_t>(c)]));
      }
  return values;
}

struct Shape {
  int64_t channels, height, width;
};

class ViewWriterTest : public testing::TestWithParam<Shape> {};

TEST_P(ViewWriterTest, EveryViewMatchesTheDefinitionBitForBit) {
  const auto [channels, height, width] = GetParam();
  const Dataset dataset = noise(/*count=*/3, channels, height, width);
  Normalization normalization;
  for (int64_t c = 0; c < channels; ++c) {
    normalization.mean.push_back(0.4914 - 0.01 * static_cast<double>(c));
    normalization.std.push_back(0.2470 + 0.01 * static_cast<double>(c));
  }
  for (const Augmentation augmentation :
       {Augmentation{}, Augmentation{.flip = true}, Augmentation{.padding = 4, .flip = true},
        Augmentation{.padding = 2}, Augmentation{.padding = static_cast<int>(width) + 1, .flip = true}}) {
    const ViewWriter writer(dataset, normalization, augmentation);
    std::vector<float> values(static_cast<size_t>(writer.values_per_view()));
    std::vector<uint16_t> halves(values.size());
    const int64_t step = 1 + augmentation.num_views() / 199;  // all of them, or some 200
    for (int64_t view = 0; view < augmentation.num_views(); view += step) {
      const int64_t sample = view % 3;
      writer.write(sample, view, std::span(values));
      const auto expected =
          reference(dataset, normalization, augmentation.padding, sample, augmentation.view(view));
      ASSERT_EQ(values, expected) << "view " << view;

      // bfloat16 is the nearer of the two numbers of 16 bits around the float, the even one at a tie.
      writer.write(sample, view, std::span(halves));
      for (size_t i = 0; i < halves.size(); i += 11) {
        const auto number = [](uint32_t half) { return std::bit_cast<float>(half << 16); };
        const uint32_t below = std::bit_cast<uint32_t>(expected[i]) >> 16;
        const double to_below = std::abs(double{expected[i]} - number(below));
        const double to_above = std::abs(double{expected[i]} - number(below + 1));
        const uint32_t nearest = to_below == to_above  ? below + (below & 1)
                                 : to_below < to_above ? below
                                                       : below + 1;
        ASSERT_EQ(halves[i], nearest);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, ViewWriterTest,
                         testing::Values(Shape{3, 32, 32}, Shape{1, 28, 28}, Shape{3, 5, 7}, Shape{1, 1, 1},
                                         Shape{4, 6, 3}, Shape{3, 64, 64}, Shape{3, 33, 65}));

TEST(ViewWriter, PaddingIsABlackPixelNormalised) {
  const Dataset dataset = noise(1, 1, 4, 4);
  const ViewWriter writer(dataset, {.mean = {0.5}, .std = {0.25}}, {.padding = 1});
  std::vector<float> values(16);
  writer.write(0, /*view=*/0, std::span(values));
  EXPECT_EQ(values[0], -2.0f);
}

TEST(ViewWriter, OneMeanStandsForAllChannels) {
  const Dataset dataset = noise(1, 3, 4, 4);
  const ViewWriter one(dataset, {.mean = {0.5}, .std = {0.25}}, {});
  const ViewWriter three(dataset, {.mean = {0.5, 0.5, 0.5}, .std = {0.25, 0.25, 0.25}}, {});
  std::vector<float> a(48), b(48);
  one.write(0, 0, std::span(a));
  three.write(0, 0, std::span(b));
  EXPECT_EQ(a, b);
  EXPECT_THROW(ViewWriter(dataset, {.mean = {0.5, 0.5}, .std = {1, 1}}, {}), std::invalid_argument);
}

TEST(ViewWriter, RefusesSamplesAndViewsThatAreNotThere) {
  const Dataset dataset = noise(2, 1, 4, 4);
  const ViewWriter writer(dataset, {.mean = {0}, .std = {1}}, {.padding = 1});
  std::vector<float> values(16);
  EXPECT_THROW(writer.write(2, 0, std::span(values)), std::out_of_range);
  EXPECT_THROW(writer.write(-1, 0, std::span(values)), std::out_of_range);
  EXPECT_THROW(writer.write(0, 9, std::span(values)), std::out_of_range);
  EXPECT_THROW(writer.write(0, -1, std::span(values)), std::out_of_range);
  EXPECT_THROW(writer.write(0, 0, std::span(values).first(15)), std::out_of_range);
}

}  // namespace
}  // namespace retort::data
