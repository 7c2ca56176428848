// SPDX-License-Identifier: MIT
#include "retort/models/registry.h"

#include <algorithm>

#include "retort/models/cifar_resnet.h"
#include "retort/models/mlp.h"
#include "retort/models/resnet.h"

namespace retort::models {
namespace {

template <int64_t depth>
std::shared_ptr<Model> resnet(const Architecture& architecture, const Task& task) {
  const Stem stem = architecture.stem == "imagenet" ? Stem::imagenet : Stem::cifar;
  return ResNet(resnet_options(depth, stem), task).ptr();
}

template <int64_t depth>
std::shared_ptr<Model> cifar_resnet(const Architecture&, const Task& task) {
  return ResNet(cifar_resnet_options(depth), task).ptr();
}

template <int64_t depth>
std::shared_ptr<Model> cifar_resnet_x4(const Architecture&, const Task& task) {
  return ResNet(cifar_resnet_x4_options(depth), task).ptr();
}

std::shared_ptr<Model> mlp(const Architecture& architecture, const Task& task) {
  const MlpOptions options{.widths = architecture.widths,
                           .dropout = architecture.dropout,
                           .input_dropout = architecture.input_dropout};
  return Mlp(options, task).ptr();
}

}  // namespace

const std::vector<RegisteredModel>& registered_models() {
  static const std::vector<RegisteredModel> models = {
      {"resnet18", {"stem"}, resnet<18>},
      {"resnet34", {"stem"}, resnet<34>},
      {"resnet50", {"stem"}, resnet<50>},
      {"resnet101", {"stem"}, resnet<101>},
      {"resnet152", {"stem"}, resnet<152>},
      {"resnet8", {}, cifar_resnet<8>},
      {"resnet14", {}, cifar_resnet<14>},
      {"resnet20", {}, cifar_resnet<20>},
      {"resnet32", {}, cifar_resnet<32>},
      {"resnet44", {}, cifar_resnet<44>},
      {"resnet56", {}, cifar_resnet<56>},
      {"resnet110", {}, cifar_resnet<110>},
      {"resnet8x4", {}, cifar_resnet_x4<8>},
      {"resnet32x4", {}, cifar_resnet_x4<32>},
      {"mlp", {"widths", "dropout", "input_dropout"}, mlp},
  };
  return models;
}

const RegisteredModel* find_model(const std::string& name) {
  const auto& models = registered_models();
  const auto found = std::find_if(models.begin(), models.end(),
                                  [&](const RegisteredModel& model) { return model.name == name; });
  return found == models.end() ? nullptr : &*found;
}

const std::vector<std::string>& model_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> result;
    for (const RegisteredModel& model : registered_models()) result.push_back(model.name);
    return result;
  }();
  return names;
}

std::shared_ptr<Model> make_model(const Architecture& architecture, const Task& task) {
  const RegisteredModel* registered = find_model(architecture.name);
  TORCH_CHECK(registered != nullptr, "no network is called '", architecture.name, "'");
  const std::shared_ptr<Model> model = registered->make(architecture, task);
  for (torch::Tensor& parameter : model->parameters())
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
  return model;
}

}  // namespace retort::models
