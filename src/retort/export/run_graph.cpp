// SPDX-License-Identifier: MIT
#include "retort/export/run_graph.h"

#include <cstring>
#include <unordered_map>

#include <ATen/ops/adaptive_avg_pool2d.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/max_pool2d.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>

#include "retort/checkpoint/weights.h"
#include "retort/core/error.h"

namespace retort::exporting {
namespace {

using Tensors = std::vector<torch::Tensor>;

std::vector<int64_t> list_of(const OnnxNode& node, const char* name) {
  return std::get<std::vector<int64_t>>(node.attributes.at(name));
}

int64_t integer_of(const OnnxNode& node, const char* name, int64_t fallback) {
  const auto found = node.attributes.find(name);
  return found == node.attributes.end() ? fallback : std::get<int64_t>(found->second);
}

// [top, left, bottom, right], of which the export writes only symmetric ones.
std::vector<int64_t> padding_of(const OnnxNode& node) {
  const std::vector<int64_t> pads = list_of(node, "pads");
  return {pads[0], pads[1]};
}

torch::Tensor conv(const OnnxNode& node, const Tensors& in) {
  return at::conv2d(in[0], in[1], in.size() > 2 ? in[2] : torch::Tensor(), list_of(node, "strides"),
                    padding_of(node), list_of(node, "dilations"), integer_of(node, "group", 1));
}

torch::Tensor gemm(const OnnxNode&, const Tensors& in) {
  return in.size() > 2 ? at::addmm(in[2], in[0], in[1].t()) : in[0].matmul(in[1].t());
}

torch::Tensor max_pool(const OnnxNode& node, const Tensors& in) {
  return at::max_pool2d(in[0], list_of(node, "kernel_shape"), list_of(node, "strides"), padding_of(node));
}

// A scale for all, or one for each entry along `axis`.
torch::Tensor along_axis(const torch::Tensor& scale, const OnnxNode& node, int64_t dimensions) {
  if (scale.dim() == 0) return scale;
  std::vector<int64_t> shape(static_cast<size_t>(dimensions), 1);
  shape[static_cast<size_t>(integer_of(node, "axis", 1))] = scale.numel();
  return scale.view(shape);
}

torch::Tensor quantize_linear(const OnnxNode&, const Tensors& in) {
  const torch::Tensor level = (in[0] / in[1]).round_() + in[2].to(torch::kFloat);
  return level.clamp_(0, 255).to(torch::kByte);
}

torch::Tensor dequantize_linear(const OnnxNode& node, const Tensors& in) {
  const auto shaped = [&](const torch::Tensor& tensor) { return along_axis(tensor, node, in[0].dim()); };
  return (in[0].to(torch::kInt) - shaped(in[2].to(torch::kInt))).to(torch::kFloat) * shaped(in[1]);
}

using Run = torch::Tensor (*)(const OnnxNode&, const Tensors&);

Run find_run(const std::string& op) {
  static const std::unordered_map<std::string, Run> table = {
      {"Conv", conv},
      {"Gemm", gemm},
      {"MaxPool", max_pool},
      {"QuantizeLinear", quantize_linear},
      {"DequantizeLinear", dequantize_linear},
      {"Add", [](const OnnxNode&, const Tensors& in) { return in[0] + in[1]; }},
      {"Relu", [](const OnnxNode&, const Tensors& in) { return in[0].relu(); }},
      {"Flatten", [](const OnnxNode&, const Tensors& in) { return in[0].flatten(1); }},
      {"Cast", [](const OnnxNode&, const Tensors& in) { return in[0].to(torch::kFloat); }},
      {"GlobalAveragePool",
       [](const OnnxNode&, const Tensors& in) {
         return at::adaptive_avg_pool2d(in[0], {1, 1});
       }},
  };
  const auto found = table.find(op);
  if (found == table.end()) throw Error(ExitCode::internal, fmt::format("no operator {} to run", op));
  return found->second;
}

}  // namespace

torch::Tensor to_tensor(const OnnxTensor& constant) {
  torch::Tensor tensor = at::empty(constant.shape, checkpoint::scalar_type_of(constant.dtype));
  std::memcpy(tensor.mutable_data_ptr(), constant.bytes.data(), constant.bytes.size());
  return tensor;
}

torch::Tensor run_graph(const OnnxGraph& graph, const torch::Tensor& images, const ValueObserver& observe) {
  const c10::InferenceMode inference;
  std::unordered_map<std::string, size_t> last_use;
  for (size_t i = 0; i < graph.nodes.size(); ++i)
    for (const std::string& input : graph.nodes[i].inputs) last_use[input] = i;

  std::unordered_map<std::string, torch::Tensor> values = {{graph.input.name, images}};
  for (const OnnxTensor& constant : graph.constants) values[constant.name] = to_tensor(constant);
  if (observe) observe(graph.input.name, images);
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const OnnxNode& node = graph.nodes[i];
    Tensors inputs;
    for (const std::string& input : node.inputs) inputs.push_back(values.at(input));
    const torch::Tensor result = find_run(node.op)(node, inputs);
    if (observe) observe(node.outputs.front(), result);
    values[node.outputs.front()] = result;
    for (const std::string& input : node.inputs)
      if (last_use.at(input) == i) values.erase(input);
  }
  return values.at(graph.output.name);
}

}  // namespace retort::exporting
