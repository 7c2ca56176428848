// SPDX-License-Identifier: MIT
#include "retort/models/summary.h"

#include <algorithm>

#include <ATen/record_function.h>
#include <fmt/format.h>
#include <torch/types.h>

#include "retort/core/text.h"
#include "retort/core/text_table.h"

namespace retort::models {
namespace {

/// Counts the work of convolutions and linear layers that this thread starts while it lives. It listens to
/// the dispatcher, so that any network is counted without saying anything of itself.
class FlopCounter {
 public:
  FlopCounter()
      : handle_(at::addThreadLocalCallback(at::RecordFunctionCallback(on_start, on_end)
                                               .needsInputs(true)
                                               .needsOutputs(true)
                                               .scopes({at::RecordScope::FUNCTION}))) {
    flops_ = 0;
  }
  ~FlopCounter() { at::removeCallback(handle_); }
  FlopCounter(const FlopCounter&) = delete;
  FlopCounter& operator=(const FlopCounter&) = delete;

  int64_t flops() const { return flops_; }

 private:
  struct Work : at::ObserverContext {
    int64_t flops_per_output = 0;
  };

  // Inputs are known at the start of an operator and outputs at its end; the context carries over.
  static std::unique_ptr<at::ObserverContext> on_start(const at::RecordFunction& call) {
    const std::string_view name = call.name();
    auto work = std::make_unique<Work>();
    if (name == "aten::convolution") {
      const torch::Tensor& weight = call.inputs()[1].toTensor();  // [out, in / groups, H, W]
      work->flops_per_output = 2 * weight.numel() / weight.size(0);
    } else if (name == "aten::addmm") {                                  // what a linear layer becomes
      work->flops_per_output = 2 * call.inputs()[1].toTensor().size(1);  // [N, in]
    } else {
      return nullptr;
    }
    return work;
  }

  static void on_end(const at::RecordFunction& call, at::ObserverContext* context) {
    if (const auto* work = static_cast<const Work*>(context))
      flops_ += work->flops_per_output * call.outputs()[0].toTensor().numel();
  }

  static thread_local int64_t flops_;  // the callbacks are plain functions
  at::CallbackHandle handle_;
};

thread_local int64_t FlopCounter::flops_ = 0;

int64_t count_forward_flops(Model& model, const Task& task) {
  const torch::NoGradGuard no_grad;
  const bool was_training = model.is_training();
  model.eval();
  const auto options = model.parameters().at(0).options();
  const FlopCounter counter;
  model.forward(torch::zeros({1, task.channels, task.height, task.width}, options));
  model.train(was_training);
  return counter.flops();
}

using Cells = std::vector<std::string>;

Cells cells_of(const SummaryRow& row) {
  constexpr size_t kLongestName = 16;
  return {row.role, printable(row.network, kLongestName),
          human_count(static_cast<uint64_t>(row.cost.parameters)),
          human_bytes(static_cast<uint64_t>(row.cost.parameter_bytes)),
          human_count(static_cast<uint64_t>(row.cost.forward_flops))};
}

Cells ratio_cells(const std::vector<SummaryRow>& rows) {
  const Cost& student = rows.back().cost;
  Cost others;
  for (size_t i = 0; i + 1 < rows.size(); ++i) {
    others.parameters += rows[i].cost.parameters;
    others.parameter_bytes += rows[i].cost.parameter_bytes;
    others.forward_flops += rows[i].cost.forward_flops;
  }
  const auto ratio = [](int64_t a, int64_t b) {
    return fmt::format("{:.1f}x", static_cast<double>(a) / static_cast<double>(b));
  };
  const std::string name =
      fmt::format("{}{} / {}", rows[0].role, rows.size() > 2 ? "s" : "", rows.back().role);
  return {name, "", ratio(others.parameters, student.parameters),
          ratio(others.parameter_bytes, student.parameter_bytes),
          ratio(others.forward_flops, student.forward_flops)};
}

}  // namespace

Cost measure_cost(Model& model, const Task& task) {
  Cost cost{.forward_flops = count_forward_flops(model, task)};
  for (const torch::Tensor& parameter : model.parameters()) {
    cost.parameters += parameter.numel();
    cost.parameter_bytes += static_cast<int64_t>(parameter.nbytes());
  }
  for (const torch::Tensor& buffer : model.buffers())
    cost.parameter_bytes += static_cast<int64_t>(buffer.nbytes());
  return cost;
}

std::string summary_table(const std::vector<SummaryRow>& rows, bool is_unicode) {
  std::vector<Cells> table = {{"network", "architecture", "parameters", "size", "FLOPs/picture"}};
  for (const SummaryRow& row : rows) table.push_back(cells_of(row));
  if (rows.size() > 1) table.push_back(ratio_cells(rows));
  std::string text = text_table(table, {.right = {2, 3, 4}, .is_unicode = is_unicode});
  text.pop_back();
  return text;
}

}  // namespace retort::models
