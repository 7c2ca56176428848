// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "retort/models/catalog.h"
#include "retort/models/model.h"

namespace retort::models {
namespace {

int64_t count_parameters(const Model& model) {
  int64_t count = 0;
  for (const torch::Tensor& parameter : model.parameters()) count += parameter.numel();
  return count;
}

struct Size {
  std::string name;
  int64_t for_10_classes, for_100_classes;
};

// Counts of the networks as the distillation literature defines them.
const Size kSizes[] = {
    {"resnet8", 78'042, 83'892},           {"resnet14", 175'258, 181'108},
    {"resnet20", 272'474, 278'324},        {"resnet32", 466'906, 472'756},
    {"resnet44", 661'338, 667'188},        {"resnet56", 855'770, 861'620},
    {"resnet110", 1'730'714, 1'736'564},   {"resnet8x4", 1'210'410, 1'233'540},
    {"resnet32x4", 7'410'730, 7'433'860},  {"resnet18", 11'173'962, 11'220'132},
    {"resnet34", 21'282'122, 21'328'292},  {"resnet50", 23'520'842, 23'705'252},
    {"resnet101", 42'512'970, 42'697'380}, {"resnet152", 58'156'618, 58'341'028},
};

TEST(Registry, NetworksHaveThePublishedNumbersOfParameters) {
  for (const Size& size : kSizes) {
    EXPECT_EQ(count_parameters(*make_model({.name = size.name}, {})), size.for_10_classes) << size.name;
    EXPECT_EQ(count_parameters(*make_model({.name = size.name}, {.num_classes = 100})), size.for_100_classes)
        << size.name;
  }
}

// The figures of torchvision's model pages.
TEST(Registry, ImageNetNetworksHaveTorchvisionsNumbersOfParameters) {
  const std::pair<std::string, int64_t> sizes[] = {{"resnet18", 11'689'512},
                                                   {"resnet34", 21'797'672},
                                                   {"resnet50", 25'557'032},
                                                   {"resnet101", 44'549'160},
                                                   {"resnet152", 60'192'808}};
  const Task imagenet{.height = 224, .width = 224, .num_classes = 1000};
  for (const auto& [name, count] : sizes)
    EXPECT_EQ(count_parameters(*make_model({.name = name, .stem = "imagenet"}, imagenet)), count) << name;
}

// Hinton's teacher and student for MNIST.
TEST(Registry, MlpsHaveAWeightForEachPairOfUnits) {
  const Task mnist{.channels = 1, .height = 28, .width = 28};
  EXPECT_EQ(count_parameters(*make_model({.name = "mlp", .widths = {1200, 1200}}, mnist)), 2'395'210);
  EXPECT_EQ(count_parameters(*make_model({.name = "mlp", .widths = {800, 800}}, mnist)), 1'276'810);
}

TEST(Registry, EveryNameOfTheCatalogIsMadeAndNoOtherIs) {
  ASSERT_EQ(model_names().size(), 15u);
  for (const std::string& name : model_names()) {
    EXPECT_EQ(find_in_catalog(name)->name, name);
    const Architecture architecture{.name = name, .widths = {8}};
    EXPECT_GT(count_parameters(*make_model(architecture, {})), 0) << name;
  }
  EXPECT_EQ(find_in_catalog("resnet19"), nullptr);
  EXPECT_THROW(make_model({.name = "resnet19"}, {}), c10::Error);
}

TEST(MakeModel, StartsTheSameFromTheSameSeed) {
  for (const Architecture& architecture :
       {Architecture{.name = "resnet8"}, {.name = "mlp", .widths = {16}}}) {
    torch::manual_seed(7);
    const auto first = make_model(architecture, {})->parameters();
    const auto other = make_model(architecture, {})->parameters();
    torch::manual_seed(7);
    const auto again = make_model(architecture, {})->parameters();
    ASSERT_EQ(first.size(), again.size());
    for (size_t i = 0; i < first.size(); ++i) EXPECT_TRUE(torch::equal(first[i], again[i]));
    EXPECT_FALSE(torch::equal(first[0], other[0]));
  }
}

TEST(MakeModel, KeepsConvolutionsChannelsLast) {
  for (const torch::Tensor& parameter : make_model({.name = "resnet50"}, {})->parameters())
    if (parameter.dim() == 4) {
      EXPECT_TRUE(parameter.is_contiguous(torch::MemoryFormat::ChannelsLast));
      EXPECT_TRUE(parameter.is_leaf() && parameter.requires_grad());
    }
}

}  // namespace
}  // namespace retort::models
