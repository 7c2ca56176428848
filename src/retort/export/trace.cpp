// SPDX-License-Identifier: MIT
#include "retort/export/trace.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <unordered_map>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/zeros.h>
#include <ATen/record_function.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/models/layers.h"

namespace retort::exporting {
namespace {

using Arguments = std::vector<c10::IValue>;

/// Builds the graph, an operation at a time. Values are known by the tensors that hold them; those live as
/// long as this, so that no address is given twice. An operation in place gives its tensor a new value.
class GraphBuilder {
 public:
  explicit GraphBuilder(models::Model& model) {
    for (const auto& item : model.named_parameters())
      parameter_names_[item.value().const_data_ptr()] = item.key();
  }

  void set_name(const torch::Tensor& tensor, const std::string& value) {
    kept_.push_back(tensor);
    values_[tensor.unsafeGetTensorImpl()] = value;
  }
  const std::string& value_of(const torch::Tensor& tensor) const {
    const auto found = values_.find(tensor.unsafeGetTensorImpl());
    if (found == values_.end())
      throw Error(ExitCode::config,
                  "this network cannot be exported as ONNX: an operation between its layers is "
                  "not one of ONNX's that are known here");
    return found->second;
  }

  /// Adds a node and gives the result's tensor its value.
  void add(OnnxNode node, const torch::Tensor& result) {
    const std::string value = fmt::format("{}_{}", node.op, graph_.nodes.size());
    node.outputs = {value};
    graph_.nodes.push_back(std::move(node));
    set_name(result, value);
  }

  /// Adds a constant under the name of the parameter that it comes from.
  std::string add_constant(const torch::Tensor& parameter, const std::string& fallback) {
    const auto found = parameter_names_.find(parameter.const_data_ptr());
    std::string name = found != parameter_names_.end() ? found->second : fallback;
    constants_.emplace_back(name, parameter.detach().to(torch::kDouble));
    return name;
  }

  torch::Tensor& constant(const std::string& name) {
    for (auto& [found, tensor] : constants_)
      if (found == name) return tensor;
    TORCH_CHECK(false, "no constant ", name);
  }

  OnnxNode* producer_of(const std::string& value) {
    for (OnnxNode& node : graph_.nodes)
      if (node.outputs.front() == value) return &node;
    return nullptr;
  }

  OnnxGraph finish(const torch::Tensor& logits) {
    const std::string last = value_of(logits);
    for (OnnxNode& node : graph_.nodes) {
      for (std::string& output : node.outputs)
        if (output == last) output = "logits";
      for (std::string& input : node.inputs)
        if (input == last) input = "logits";
    }
    for (const auto& [name, tensor] : constants_) {
      const torch::Tensor values = tensor.to(torch::kFloat).contiguous();
      const auto* data = static_cast<const std::byte*>(values.const_data_ptr());
      graph_.constants.push_back({name, values.sizes().vec(), Dtype::f32, {data, data + values.nbytes()}});
    }
    return std::move(graph_);
  }

 private:
  OnnxGraph graph_;
  std::unordered_map<const c10::TensorImpl*, std::string> values_;
  std::unordered_map<const void*, std::string> parameter_names_;  // by their memory, which a transpose shares
  std::vector<torch::Tensor> kept_;
  std::vector<std::pair<std::string, torch::Tensor>> constants_;  // in float64 until all is folded
};

// [top, left, bottom, right] of [vertical, horizontal].
std::vector<int64_t> pads_of(const std::vector<int64_t>& padding) {
  std::vector<int64_t> pads = padding;
  pads.insert(pads.end(), padding.begin(), padding.end());
  return pads;
}

std::string bias_name(const std::string& weight_name) {
  const std::string ending = ".weight";
  return weight_name.substr(0, weight_name.size() - ending.size()) + ".bias";
}

// convolution(input, weight, bias, stride, padding, dilation, transposed, output_padding, groups)
void add_convolution(GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
  const torch::Tensor weight = in[1].toTensor();
  const std::string name = graph.add_constant(weight, "conv.weight");
  OnnxNode node{
      .op = "Conv", .inputs = {graph.value_of(in[0].toTensor()), name}, .outputs = {}, .attributes = {}};
  if (in[2].isTensor() && in[2].toTensor().defined())
    node.inputs.push_back(graph.add_constant(in[2].toTensor(), bias_name(name)));
  node.attributes = {{"kernel_shape", std::vector<int64_t>{weight.size(2), weight.size(3)}},
                     {"strides", in[3].toIntVector()},
                     {"pads", pads_of(in[4].toIntVector())},
                     {"dilations", in[5].toIntVector()},
                     {"group", in[8].toInt()}};
  graph.add(std::move(node), result);
}

// batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps, cudnn_enabled): becomes
// part of the convolution whose result it normalises.
void fold_batch_norm(GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
  const std::string value = graph.value_of(in[0].toTensor());
  OnnxNode* conv = graph.producer_of(value);
  if (conv == nullptr || conv->op != "Conv")
    throw Error(ExitCode::config,
                "this network cannot be exported as ONNX: a normalisation does not follow a convolution");
  const auto wide = [&](size_t index) { return in[index].toTensor().detach().to(torch::kDouble); };
  const torch::Tensor scale = wide(1) / (wide(4) + in[7].toDouble()).sqrt();
  torch::Tensor& weight = graph.constant(conv->inputs[1]);
  weight = weight * scale.view({-1, 1, 1, 1});
  torch::Tensor shift = wide(2) - wide(3) * scale;
  if (conv->inputs.size() > 2) {
    torch::Tensor& bias = graph.constant(conv->inputs[2]);
    bias = bias * scale + shift;
  } else {
    conv->inputs.push_back(graph.add_constant(shift, bias_name(conv->inputs[1])));
  }
  graph.set_name(result, value);
}

// A layer of a weight [out, in]; `bias` may be none.
void add_gemm(GraphBuilder& graph, const torch::Tensor& input, const torch::Tensor& weight,
              const c10::IValue& bias, const torch::Tensor& result) {
  const std::string name = graph.add_constant(weight, "linear.weight");
  OnnxNode node{.op = "Gemm",
                .inputs = {graph.value_of(input), name},
                .outputs = {},
                .attributes = {{"transB", int64_t{1}}}};
  if (bias.isTensor() && bias.toTensor().defined())
    node.inputs.push_back(graph.add_constant(bias.toTensor(), bias_name(name)));
  graph.add(std::move(node), result);
}

// linear(input, weight, bias)
void add_linear(GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
  add_gemm(graph, in[0].toTensor(), in[1].toTensor(), in[2], result);
}

// addmm(bias, input, weight [in, out], beta, alpha), which a linear layer of LibTorch's becomes
void add_matrix_product(GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
  add_gemm(graph, in[1].toTensor(), in[2].toTensor().t(), in[0], result);
}

void add_relu(GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
  graph.add({.op = "Relu", .inputs = {graph.value_of(in[0].toTensor())}, .outputs = {}, .attributes = {}},
            result);
}

void add_sum(GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
  graph.add({.op = "Add",
             .inputs = {graph.value_of(in[0].toTensor()), graph.value_of(in[1].toTensor())},
             .outputs = {},
             .attributes = {}},
            result);
}

// max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)
void add_max_pool(GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
  const auto pair = [&](size_t index) {
    std::vector<int64_t> sizes = in[index].toIntVector();
    if (sizes.size() == 1) sizes.push_back(sizes[0]);
    return sizes;
  };
  graph.add({.op = "MaxPool",
             .inputs = {graph.value_of(in[0].toTensor())},
             .outputs = {},
             .attributes = {{"kernel_shape", pair(1)}, {"strides", pair(2)}, {"pads", pads_of(pair(3))}}},
            result);
}

void add_flatten(GraphBuilder& graph, const std::string& value, const torch::Tensor& result) {
  graph.add({.op = "Flatten", .inputs = {value}, .outputs = {}, .attributes = {{"axis", int64_t{1}}}},
            result);
}

// mean(input, dim, keepdim): over height and width.
void add_mean(GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
  if (in[0].toTensor().dim() != 4 || in[1].toIntVector() != std::vector<int64_t>{2, 3} || in[2].toBool())
    throw Error(ExitCode::config,
                "this network cannot be exported as ONNX: it has a mean that is not over space");
  graph.add({.op = "GlobalAveragePool",
             .inputs = {graph.value_of(in[0].toTensor())},
             .outputs = {},
             .attributes = {}},
            result);
  add_flatten(graph, graph.value_of(result), result);
}

using Add = void (*)(GraphBuilder&, const Arguments&, const torch::Tensor& result);

const std::unordered_map<std::string, Add>& operations() {
  static const std::unordered_map<std::string, Add> table = {
      {"aten::convolution", add_convolution},
      {"aten::batch_norm", fold_batch_norm},
      {"aten::linear", add_linear},
      {"aten::addmm", add_matrix_product},
      {"aten::relu", add_relu},
      {"aten::relu_", add_relu},
      {"aten::add", add_sum},
      {"aten::add_", add_sum},
      {"aten::max_pool2d", add_max_pool},
      {"aten::mean", add_mean},
      {"aten::flatten",
       [](GraphBuilder& graph, const Arguments& in, const torch::Tensor& result) {
         add_flatten(graph, graph.value_of(in[0].toTensor()), result);
       }},
  };
  return table;
}

/// Listens to the operations that this thread starts while it lives; of those within another, to none.
class Listener {
 public:
  explicit Listener(GraphBuilder& graph)
      : handle_(at::addThreadLocalCallback(at::RecordFunctionCallback(on_start, on_end)
                                               .needsInputs(true)
                                               .needsOutputs(true)
                                               .scopes({at::RecordScope::FUNCTION}))) {
    state_ = {.graph = &graph, .depth = 0, .error = std::nullopt};
  }
  ~Listener() { at::removeCallback(handle_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  // LibTorch swallows what a callback throws, so that it is kept and thrown here.
  void check() const {
    if (state_.error) throw *state_.error;
  }

 private:
  struct State {
    GraphBuilder* graph = nullptr;
    int depth = 0;
    std::optional<Error> error{};
  };
  struct Call : at::ObserverContext {
    Add add = nullptr;  // null within another operation
    Arguments arguments{};
  };

  static std::unique_ptr<at::ObserverContext> on_start(const at::RecordFunction& function) {
    const auto found = operations().find(function.name());
    if (found == operations().end()) return nullptr;
    auto call = std::make_unique<Call>();
    if (state_.depth++ == 0) {
      call->add = found->second;
      call->arguments.assign(function.inputs().begin(), function.inputs().end());
    }
    return call;
  }

  static void on_end(const at::RecordFunction& function, at::ObserverContext* context) {
    const auto* call = static_cast<const Call*>(context);
    if (call == nullptr) return;
    --state_.depth;
    if (call->add == nullptr || state_.error) return;
    const at::DisableRecordFunctionGuard unheard;  // the arithmetic of folding is not the network's
    try {
      call->add(*state_.graph, call->arguments, function.outputs()[0].toTensor());
    } catch (const Error& error) {
      state_.error = error;
    }
  }

  static thread_local State state_;  // the callbacks are plain functions
  at::CallbackHandle handle_;
};

thread_local Listener::State Listener::state_{};

}  // namespace

OnnxGraph trace(models::Model& model, const models::Task& task) {
  const at::NoGradGuard no_grad;
  const bool was_training = model.is_training();
  model.eval();
  const torch::Tensor images =
      torch::zeros({1, task.channels, task.height, task.width}, model.parameters().at(0).options());
  GraphBuilder builder(model);
  builder.set_name(images, "images");
  torch::Tensor logits;
  {
    const Listener listener(builder);
    logits =
        model.run(models::plain_layers(), images).logits;  // one by one, whatever a training puts together
    model.train(was_training);
    listener.check();
  }
  OnnxGraph graph = builder.finish(logits);
  graph.name = "retort";
  graph.input = {"images", {task.channels, task.height, task.width}};
  graph.output = {"logits", {task.num_classes}};
  return graph;
}

}  // namespace retort::exporting
