// SPDX-License-Identifier: MIT
#include "retort/models/resnet.h"

#include <string>

#include <torch/nn/init.h>

#include "retort/models/blocks.h"

namespace retort::models {
namespace {

template <class Block>
torch::nn::ModuleList make_stage(int64_t in_channels, int64_t width, int64_t depth, int64_t stride) {
  torch::nn::ModuleList stage(std::make_shared<Block>(in_channels, width, stride));
  for (int64_t i = 1; i < depth; ++i)
    stage->push_back(std::make_shared<Block>(width * Block::kExpansion, width, /*stride=*/1));
  return stage;
}

torch::nn::Conv2d make_stem(Stem stem, int64_t in_channels, int64_t width) {
  if (stem == Stem::cifar) return conv3x3(in_channels, width);
  return torch::nn::Conv2d(
      torch::nn::Conv2dOptions(in_channels, width, /*kernel_size=*/7).stride(2).padding(3).bias(false));
}

}  // namespace

ResNetOptions resnet_options(int64_t depth, Stem stem) {
  ResNetOptions options{.block = depth < 50 ? ResidualBlock::basic : ResidualBlock::bottleneck, .stem = stem};
  switch (depth) {
    case 18:
      options.depths = {2, 2, 2, 2};
      break;
    case 34:
      options.depths = {3, 4, 6, 3};
      break;
    case 50:
      options.depths = {3, 4, 6, 3};
      break;
    case 101:
      options.depths = {3, 4, 23, 3};
      break;
    case 152:
      options.depths = {3, 8, 36, 3};
      break;
    default:
      TORCH_CHECK(false, "no ResNet of depth ", depth);
  }
  return options;
}

ResNetImpl::ResNetImpl(const ResNetOptions& options, const Task& task) : stem_(options.stem) {
  TORCH_CHECK(!options.widths.empty() && options.widths.size() == options.depths.size(),
              "a residual network has one width and one depth a stage");
  const bool is_basic = options.block == ResidualBlock::basic;
  const int64_t expansion = is_basic ? BasicBlock::kExpansion : Bottleneck::kExpansion;

  conv1 = register_module("conv1", make_stem(options.stem, task.channels, options.stem_width));
  bn1 = register_module("bn1", torch::nn::BatchNorm2d(options.stem_width));
  int64_t channels = options.stem_width;
  for (size_t i = 0; i < options.widths.size(); ++i) {
    const auto make = is_basic ? make_stage<BasicBlock> : make_stage<Bottleneck>;
    const std::string name = "layer" + std::to_string(i + 1);
    stages.push_back(register_module(
        name, make(channels, options.widths[i], options.depths[i], /*stride=*/i == 0 ? 1 : 2)));
    channels = expansion * options.widths[i];
    features_.push_back({name, channels});
  }
  fc = register_module("fc", torch::nn::Linear(channels, task.num_classes));
  features_.push_back({"pooled", channels});

  for (const auto& module : modules(/*include_self=*/false))
    if (auto* conv = module->as<torch::nn::Conv2d>())
      torch::nn::init::kaiming_normal_(conv->weight, /*a=*/0, torch::kFanOut, torch::kReLU);
}

Output ResNetImpl::run(Layers& layers, const torch::Tensor& images) {
  torch::Tensor x = layers.conv_bn(conv1, bn1, images, {.relu = true});
  if (stem_ == Stem::imagenet) x = torch::max_pool2d(x, /*kernel_size=*/3, /*stride=*/2, /*padding=*/1);
  Output output;
  for (auto& stage : stages) {
    for (const auto& block : *stage) x = block->as<Residual>()->run(layers, x);
    output.features.push_back(x);
  }
  output.features.push_back(x = x.mean({2, 3}));
  output.logits = layers.linear(fc, x, /*relu=*/false);
  return output;
}

}  // namespace retort::models
