// SPDX-License-Identifier: MIT
#include <string>
#include <vector>

#include <c10/util/Exception.h>

#include "retort/models/cifar_resnet.h"
#include "retort/models/mlp.h"
#include "retort/models/model.h"
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

struct Entry {
  std::string name;  // of the catalog
  std::shared_ptr<Model> (*make)(const Architecture& architecture, const Task& task);
};

const std::vector<Entry>& models() {
  static const std::vector<Entry> table = {
      {"resnet18", resnet<18>},
      {"resnet34", resnet<34>},
      {"resnet50", resnet<50>},
      {"resnet101", resnet<101>},
      {"resnet152", resnet<152>},
      {"resnet8", cifar_resnet<8>},
      {"resnet14", cifar_resnet<14>},
      {"resnet20", cifar_resnet<20>},
      {"resnet32", cifar_resnet<32>},
      {"resnet44", cifar_resnet<44>},
      {"resnet56", cifar_resnet<56>},
      {"resnet110", cifar_resnet<110>},
      {"resnet8x4", cifar_resnet_x4<8>},
      {"resnet32x4", cifar_resnet_x4<32>},
      {"mlp", mlp},
  };
  return table;
}

std::shared_ptr<Model> make(const Architecture& architecture, const Task& task) {
  for (const Entry& entry : models())
    if (entry.name == architecture.name) return entry.make(architecture, task);
  TORCH_CHECK(false, "no network is called '", architecture.name, "'");
}

}  // namespace

std::shared_ptr<Model> make_model(const Architecture& architecture, const Task& task) {
  const std::shared_ptr<Model> model = make(architecture, task);
  for (torch::Tensor& parameter : model->parameters())
    if (parameter.dim() == 4) parameter.set_data(parameter.contiguous(torch::MemoryFormat::ChannelsLast));
  return model;
}

}  // namespace retort::models
