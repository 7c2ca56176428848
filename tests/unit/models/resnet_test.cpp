// SPDX-License-Identifier: MIT
#include "retort/models/resnet.h"

#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "retort/models/cifar_resnet.h"

namespace retort::models {
namespace {

const Task kImageNet{.height = 224, .width = 224, .num_classes = 1000};

// "name [2, 3]", a line for each tensor of the state.
std::vector<std::string> state_lines(const torch::nn::Module& module) {
  std::map<std::string, torch::Tensor> state;
  for (const auto& item : module.named_parameters()) state[item.key()] = item.value();
  for (const auto& item : module.named_buffers()) state[item.key()] = item.value();
  std::vector<std::string> lines;
  for (const auto& [name, tensor] : state) {
    std::string shape;
    for (const int64_t size : tensor.sizes()) shape += (shape.empty() ? "" : ", ") + std::to_string(size);
    lines.push_back(name + " [" + shape + "]");
  }
  return lines;
}

std::vector<std::string> golden_lines(const std::string& file) {
  std::ifstream stream(RETORT_SOURCE_DIR "/tests/unit/models/golden/" + file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

// The golden files are made by tests/parity/models/names.py.
TEST(ResNet, HasTorchvisionsNamesAndShapes) {
  for (const int64_t depth : {18, 50}) {
    const ResNet network(resnet_options(depth, Stem::imagenet), kImageNet);
    EXPECT_EQ(state_lines(*network), golden_lines("resnet" + std::to_string(depth) + ".txt"));
  }
}

TEST(ResNet, NamesParametersInTorchvisionsOrder) {
  const ResNet network(cifar_resnet_options(8), Task{});
  std::string names;
  for (const std::string& name : network->named_parameters().keys())
    if (name.starts_with("layer2.0") && name.ends_with("weight")) names += name.substr(9) + " ";
  EXPECT_EQ(names,
            "conv1.weight bn1.weight conv2.weight bn2.weight downsample.0.weight downsample.1.weight ");
}

// Kaiming's normal distribution, fan out: deviation sqrt(2 / (out_channels * 3 * 3)).
TEST(ResNet, StartsFromKaimingsDistribution) {
  torch::manual_seed(3);
  const ResNet network(resnet_options(18, Stem::cifar), Task{});
  const torch::Tensor weight = network->named_parameters()["layer4.1.conv2.weight"];
  EXPECT_NEAR(weight.std().item<double>() / std::sqrt(2.0 / (512 * 9)), 1, 0.01);
  EXPECT_NEAR(weight.mean().item<double>(), 0, 1e-4);
  EXPECT_GT(weight.abs().max().item<double>(), 4 * weight.std().item<double>());  // normal, not uniform
  EXPECT_TRUE((network->bn1->weight == 1).all().item<bool>());
  EXPECT_TRUE((network->bn1->bias == 0).all().item<bool>());
}

TEST(ResNet, RefusesDepthsThatDoNotExist) {
  EXPECT_THROW(resnet_options(20, Stem::cifar), c10::Error);
  EXPECT_THROW(cifar_resnet_options(18), c10::Error);
  EXPECT_THROW(cifar_resnet_x4_options(2), c10::Error);
}

}  // namespace
}  // namespace retort::models
