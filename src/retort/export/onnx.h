// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <variant>
#include <vector>

#include "retort/core/safetensors.h"

namespace retort::exporting {

/// An attribute of a node: whole numbers, one of them, or a number.
using OnnxAttribute = std::variant<int64_t, float, std::vector<int64_t>>;

/// One operation, of ONNX's own operators (https://onnx.ai/onnx/operators).
struct OnnxNode {
  std::string op;  // "Conv"
  std::vector<std::string> inputs, outputs;
  std::map<std::string, OnnxAttribute> attributes;
};

/// A constant, row-major; its element type is f32, bf16, i8, u8 or i32.
struct OnnxTensor {
  std::string name;
  std::vector<int64_t> shape;
  Dtype dtype = Dtype::f32;
  std::vector<std::byte> bytes;
};

/// An input or an output of the whole: the first size, N, is left open.
struct OnnxValue {
  std::string name;
  std::vector<int64_t> shape;  // without N
};

/// A network as ONNX has it (docs/formats.md): nodes in the order of execution.
struct OnnxGraph {
  std::string name;
  std::vector<OnnxNode> nodes;
  std::vector<OnnxTensor> constants;
  OnnxValue input, output;
  std::map<std::string, std::string> metadata;
};

/// TensorProto.DataType of an element type; what a constant cannot hold is an Error (internal).
int32_t onnx_data_type(Dtype dtype);

/// The file's bytes: IR version 8, operator set 17, which runtimes since 2022 read.
std::string to_onnx(const OnnxGraph& graph);

}  // namespace retort::exporting
