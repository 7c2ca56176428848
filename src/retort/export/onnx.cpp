// SPDX-License-Identifier: MIT
#include "retort/export/onnx.h"

#include <bit>

#include <fmt/format.h>
#include <protozero/pbf_writer.hpp>

#include "retort/core/error.h"

namespace retort::exporting {
namespace {

static_assert(std::endian::native == std::endian::little, "raw_data is little-endian");

// Field numbers and constants of onnx.proto3, under the names that it gives them.
namespace model {
enum : protozero::pbf_tag_type {
  ir_version = 1,
  producer_name = 2,
  graph = 7,
  opset_import = 8,
  metadata_props = 14
};
}
namespace opset {
enum : protozero::pbf_tag_type { domain = 1, version = 2 };
}
namespace entry {
enum : protozero::pbf_tag_type { key = 1, value = 2 };
}
namespace graph_field {
enum : protozero::pbf_tag_type { node = 1, name = 2, initializer = 5, input = 11, output = 12 };
}
namespace node_field {
enum : protozero::pbf_tag_type { input = 1, output = 2, name = 3, op_type = 4, attribute = 5 };
}
namespace attribute_field {
enum : protozero::pbf_tag_type { name = 1, f = 2, i = 3, ints = 8, type = 20 };
}
namespace tensor_field {
enum : protozero::pbf_tag_type { dims = 1, data_type = 2, name = 8, raw_data = 9 };
}
namespace value_field {
enum : protozero::pbf_tag_type {
  name = 1,
  type = 2,
  tensor_type = 1,
  elem_type = 1,
  shape = 2,
  dim = 1,
  dim_value = 1,
  dim_param = 2
};
}

constexpr int64_t kIrVersion = 8, kOperatorSet = 17;
constexpr int32_t kIsFloat = 1, kIsInt = 2, kIsInts = 7;  // AttributeProto.AttributeType

struct AttributeWriter {
  protozero::pbf_writer& attribute;

  void operator()(int64_t value) {
    attribute.add_int64(attribute_field::i, value);
    attribute.add_enum(attribute_field::type, kIsInt);
  }
  void operator()(float value) {
    attribute.add_float(attribute_field::f, value);
    attribute.add_enum(attribute_field::type, kIsFloat);
  }
  void operator()(const std::vector<int64_t>& values) {
    for (const int64_t value : values) attribute.add_int64(attribute_field::ints, value);
    attribute.add_enum(attribute_field::type, kIsInts);
  }
};

void write_node(protozero::pbf_writer& graph, const OnnxNode& node) {
  protozero::pbf_writer writer(graph, graph_field::node);
  for (const std::string& input : node.inputs) writer.add_string(node_field::input, input);
  for (const std::string& output : node.outputs) writer.add_string(node_field::output, output);
  writer.add_string(node_field::name, node.outputs.front());
  writer.add_string(node_field::op_type, node.op);
  for (const auto& [name, value] : node.attributes) {
    protozero::pbf_writer attribute(writer, node_field::attribute);
    attribute.add_string(attribute_field::name, name);
    std::visit(AttributeWriter{attribute}, value);
  }
}

void write_constant(protozero::pbf_writer& graph, const OnnxTensor& constant) {
  protozero::pbf_writer writer(graph, graph_field::initializer);
  for (const int64_t size : constant.shape) writer.add_int64(tensor_field::dims, size);
  writer.add_int32(tensor_field::data_type, onnx_data_type(constant.dtype));
  writer.add_string(tensor_field::name, constant.name);
  writer.add_bytes(tensor_field::raw_data, reinterpret_cast<const char*>(constant.bytes.data()),
                   constant.bytes.size());
}

void write_value(protozero::pbf_writer& graph, protozero::pbf_tag_type field, const OnnxValue& value) {
  protozero::pbf_writer writer(graph, field);
  writer.add_string(value_field::name, value.name);
  protozero::pbf_writer type(writer, value_field::type);
  protozero::pbf_writer tensor(type, value_field::tensor_type);
  tensor.add_int32(value_field::elem_type, onnx_data_type(Dtype::f32));
  protozero::pbf_writer shape(tensor, value_field::shape);
  {
    protozero::pbf_writer samples(shape, value_field::dim);
    samples.add_string(value_field::dim_param, "N");
  }
  for (const int64_t size : value.shape) {
    protozero::pbf_writer dimension(shape, value_field::dim);
    dimension.add_int64(value_field::dim_value, size);
  }
}

}  // namespace

int32_t onnx_data_type(Dtype dtype) {
  switch (dtype) {
    case Dtype::f32:
      return 1;
    case Dtype::u8:
      return 2;
    case Dtype::i8:
      return 3;
    case Dtype::i32:
      return 6;
    case Dtype::bf16:
      return 16;
    default:
      throw Error(ExitCode::internal, fmt::format("ONNX: no constants of {}", dtype_name(dtype)));
  }
}

std::string to_onnx(const OnnxGraph& graph) {
  std::string bytes;
  protozero::pbf_writer writer(bytes);
  writer.add_int64(model::ir_version, kIrVersion);
  writer.add_string(model::producer_name, "retort");
  {
    protozero::pbf_writer operators(writer, model::opset_import);
    operators.add_string(opset::domain, "");
    operators.add_int64(opset::version, kOperatorSet);
  }
  for (const auto& [key, value] : graph.metadata) {
    protozero::pbf_writer property(writer, model::metadata_props);
    property.add_string(entry::key, key);
    property.add_string(entry::value, value);
  }
  protozero::pbf_writer body(writer, model::graph);
  for (const OnnxNode& node : graph.nodes) write_node(body, node);
  body.add_string(graph_field::name, graph.name);
  for (const OnnxTensor& constant : graph.constants) write_constant(body, constant);
  write_value(body, graph_field::input, graph.input);
  write_value(body, graph_field::output, graph.output);
  body.commit();
  return bytes;
}

}  // namespace retort::exporting
