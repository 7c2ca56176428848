// SPDX-License-Identifier: MIT
// network_answers ARCHITECTURE_JSON INPUTS OUTPUTS: what a network says and learns, for compare.py.
//
// INPUTS is a safetensors file with "images", "labels" and, where it starts from foreign weights,
// "state.NAME". OUTPUTS gets the state before the step, the logits and features in evaluation and in
// training, and every gradient of the cross-entropy.
#include <iostream>

#include <ATen/Parallel.h>
#include <torch/nn/functional/loss.h>

#include "retort/checkpoint/weights.h"
#include "retort/core/error.h"
#include "retort/models/model.h"

namespace {

using namespace retort;

constexpr std::string_view kState = "state.";

void add_answer(checkpoint::NamedTensors& outputs, const std::string& mode, const models::Model& model,
                const models::Output& answer) {
  outputs.emplace_back(mode + ".logits", answer.logits.detach());
  const auto features = model.features();
  for (size_t i = 0; i < features.size(); ++i)
    outputs.emplace_back(mode + "." + features[i].name, answer.features[i].detach());
}

void run(const std::string& architecture, const std::string& inputs_path, const std::string& outputs_path) {
  at::set_num_threads(1);
  torch::Tensor images, labels;
  checkpoint::Weights state;
  for (const auto& [name, tensor] : checkpoint::load_weights(inputs_path).tensors) {
    if (name == "images") images = tensor.contiguous(torch::MemoryFormat::ChannelsLast);
    if (name == "labels") labels = tensor;
    if (name.starts_with(kState)) state.tensors.emplace_back(name.substr(kState.size()), tensor);
  }

  torch::manual_seed(1);
  const auto model = models::make_model(
      models::Architecture::from_json(architecture, "the command line"),
      {.channels = images.size(1), .height = images.size(2), .width = images.size(3), .num_classes = 10});
  if (!state.tensors.empty()) checkpoint::load_into(*model, state, inputs_path);

  checkpoint::Weights outputs;
  for (const auto& [name, tensor] : checkpoint::state_of(*model))
    outputs.tensors.emplace_back(std::string(kState) + name, tensor.detach().clone());
  model->eval();
  add_answer(outputs.tensors, "eval", *model, model->forward(images));
  model->train();
  const models::Output answer = model->forward(images);
  add_answer(outputs.tensors, "train", *model, answer);
  torch::nn::functional::cross_entropy(answer.logits, labels).backward();
  for (const auto& parameter : model->named_parameters())
    outputs.tensors.emplace_back("gradient." + parameter.key(), parameter->grad());
  checkpoint::save_weights(outputs_path, outputs);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: network_answers ARCHITECTURE_JSON INPUTS OUTPUTS\n";
    return static_cast<int>(ExitCode::config);
  }
  try {
    run(argv[1], argv[2], argv[3]);
  } catch (const Error& error) {
    std::cerr << error.what() << "\n";
    return static_cast<int>(error.code());
  }
}
