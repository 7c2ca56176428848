// SPDX-License-Identifier: MIT
#include "retort/export/quantize.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>
#include <span>
#include <utility>

#include <c10/util/BFloat16.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/export/run_graph.h"

namespace retort::exporting {
namespace {

template <typename T>
std::vector<std::byte> bytes_of(const std::vector<T>& values) {
  std::vector<std::byte> bytes(values.size() * sizeof(T));
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::vector<float> floats_of(const OnnxTensor& constant) {
  std::vector<float> values(constant.bytes.size() / sizeof(float));
  std::memcpy(values.data(), constant.bytes.data(), constant.bytes.size());
  return values;
}

template <typename T>
T saturated(double value) {
  constexpr double kLowest = std::numeric_limits<T>::lowest(), kHighest = std::numeric_limits<T>::max();
  return static_cast<T>(std::clamp(std::nearbyint(value), kLowest, kHighest));
}

/// Puts pairs of QuantizeLinear and DequantizeLinear into a copy of a graph.
class Quantizer {
 public:
  Quantizer(const OnnxGraph& graph, const ValueRanges& ranges)
      : source_(graph), ranges_(ranges), result_(graph) {
    result_.nodes.clear();
    result_.constants.clear();
    for (const OnnxTensor& constant : graph.constants) constants_[constant.name] = &constant;
  }

  OnnxGraph quantize() && {
    for (OnnxNode node : source_.nodes) {
      if (node.op == "Conv" || node.op == "Gemm") {
        const Scaled input = activation(node.inputs[0]);
        const std::vector<float> scales = weight(node.inputs[1]);
        if (node.inputs.size() > 2) bias(node.inputs[2], input.scale, scales);
        node.inputs[0] = input.name;
        for (size_t i = 1; i < node.inputs.size(); ++i) node.inputs[i] += ".float";
      } else if (node.op == "Add") {
        for (std::string& input : node.inputs) input = activation(input).name;
      }
      result_.nodes.push_back(std::move(node));
    }
    return std::move(result_);
  }

 private:
  struct Scaled {
    std::string name;  // of the value that went through uint8
    float scale = 1;
  };

  template <typename T>
  void constant(const std::string& name, Dtype dtype, std::vector<int64_t> shape,
                const std::vector<T>& values) {
    result_.constants.push_back({name, std::move(shape), dtype, bytes_of(values)});
  }

  void node(const std::string& op, std::vector<std::string> inputs, const std::string& output,
            std::map<std::string, OnnxAttribute> attributes = {}) {
    result_.nodes.push_back(
        {.op = op, .inputs = std::move(inputs), .outputs = {output}, .attributes = std::move(attributes)});
  }

  // The value rounded to 256 levels, zero among them: padding stays exact.
  const Scaled& activation(const std::string& value) {
    if (const auto found = activations_.find(value); found != activations_.end()) return found->second;
    const models::ValueRange& range = ranges_.at(value);
    const double lowest = std::min(range.lowest(), 0.0), highest = std::max(range.highest(), 0.0);
    const float scale = highest > lowest ? static_cast<float>((highest - lowest) / 255) : 1;
    const std::string scale_name = value + ".scale", zero_name = value + ".zero_point";
    constant<float>(scale_name, Dtype::f32, {}, {scale});
    constant<uint8_t>(zero_name, Dtype::u8, {}, {saturated<uint8_t>(-lowest / scale)});
    node("QuantizeLinear", {value, scale_name, zero_name}, value + ".quantized");
    node("DequantizeLinear", {value + ".quantized", scale_name, zero_name}, value + ".float");
    return activations_.emplace(value, Scaled{value + ".float", scale}).first->second;
  }

  // NAME.float from int8; gives the scales, one an output channel.
  std::vector<float> weight(const std::string& name) {
    const OnnxTensor& source = *constants_.at(name);
    const models::Int8Weight rounded = models::round_to_int8(to_tensor(source));
    const auto* levels = rounded.levels.const_data_ptr<int8_t>();
    const auto* factors = rounded.scales.const_data_ptr<float>();
    const std::vector<float> scales(factors, factors + rounded.scales.numel());
    dequantized(name, Dtype::i8, source.shape, std::vector<int8_t>(levels, levels + rounded.levels.numel()),
                scales);
    return scales;
  }

  // A bias has the scale of the products that it is added to, as the standard's integer convolution wants it.
  void bias(const std::string& name, float input_scale, const std::vector<float>& weight_scales) {
    const OnnxTensor& source = *constants_.at(name);
    const std::vector<float> values = floats_of(source);
    std::vector<float> scales(values.size());
    std::vector<int32_t> levels(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      scales[i] = input_scale * weight_scales[i];
      levels[i] = saturated<int32_t>(static_cast<double>(values[i]) / scales[i]);
    }
    dequantized(name, Dtype::i32, source.shape, levels, scales);
  }

  template <typename T>
  void dequantized(const std::string& name, Dtype dtype, const std::vector<int64_t>& shape,
                   const std::vector<T>& levels, const std::vector<float>& scales) {
    const std::vector<int64_t> channels = {static_cast<int64_t>(scales.size())};
    constant(name, dtype, shape, levels);
    constant(name + ".scale", Dtype::f32, channels, scales);
    constant(name + ".zero_point", dtype, channels, std::vector<T>(scales.size(), 0));
    node("DequantizeLinear", {name, name + ".scale", name + ".zero_point"}, name + ".float",
         {{"axis", int64_t{0}}});
  }

  const OnnxGraph& source_;
  const ValueRanges& ranges_;
  OnnxGraph result_;
  std::map<std::string, const OnnxTensor*> constants_;
  std::map<std::string, Scaled> activations_;
};

}  // namespace

ValueRanges calibrate(const OnnxGraph& graph, const std::vector<torch::Tensor>& batches) {
  ValueRanges ranges;
  for (const torch::Tensor& images : batches)
    run_graph(graph, images,
              [&](const std::string& value, const torch::Tensor& tensor) { ranges[value].add(tensor); });
  for (const auto& [value, range] : ranges)
    if (!std::isfinite(range.lowest()) || !std::isfinite(range.highest()))
      throw Error(ExitCode::numeric, "int8: what the network computes of the pictures is not finite");
  return ranges;
}

OnnxGraph quantize(const OnnxGraph& graph, const ValueRanges& ranges) {
  return Quantizer(graph, ranges).quantize();
}

OnnxGraph store_in_bfloat16(const OnnxGraph& graph) {
  OnnxGraph result = graph;
  std::vector<OnnxNode> casts;
  std::set<std::string> names;
  for (OnnxTensor& constant : result.constants) {
    std::vector<c10::BFloat16> rounded;
    for (const float value : floats_of(constant)) rounded.emplace_back(value);
    constant.bytes = bytes_of(rounded);
    constant.dtype = Dtype::bf16;
    names.insert(constant.name);
    casts.push_back({.op = "Cast",
                     .inputs = {constant.name},
                     .outputs = {constant.name + ".float"},
                     .attributes = {{"to", int64_t{onnx_data_type(Dtype::f32)}}}});
  }
  for (OnnxNode& node : result.nodes)
    for (std::string& input : node.inputs)
      if (names.contains(input)) input += ".float";
  result.nodes.insert(result.nodes.begin(), casts.begin(), casts.end());
  return result;
}

}  // namespace retort::exporting
