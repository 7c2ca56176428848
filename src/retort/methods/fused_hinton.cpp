// SPDX-License-Identifier: MIT
#include "retort/methods/fused_hinton.h"

#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/custom_function.h>

#include "retort/methods/hinton_kernel.h"

namespace retort::methods {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

// A thread's share below this many logits costs less than waking the thread.
constexpr int64_t kLogitsPerThread = 16'384;

struct Fused : torch::autograd::Function<Fused> {
  static tensor_list forward(AutogradContext* context, const torch::Tensor& student,
                             const torch::Tensor& teacher, const torch::Tensor& labels,
                             const HintonOptions& options, const std::vector<double>& shares,
                             Combine combine) {
    const int64_t rows = student.size(0), classes = student.size(1);
    std::vector<const float*> teachers;
    for (int64_t k = 0; k < teacher.size(0); ++k)
      teachers.push_back(teacher.const_data_ptr<float>() + k * rows * classes);
    const double tau_squared =
        options.scale_by_temperature_squared ? options.temperature * options.temperature : 1.0;
    const HintonKernel kernel{
        .teachers = teachers,
        .shares = shares,
        .geometric = combine == Combine::geometric_mean,
        .classes = classes,
        .temperature = options.temperature,
        .label_smoothing = options.label_smoothing,
        .hard_scale = options.hard_loss_weight / static_cast<double>(rows),
        .distill_scale = options.distill_loss_weight * tau_squared / static_cast<double>(rows)};

    torch::Tensor gradient = torch::empty_like(student);
    // A row's sums are added in the order of rows, whatever thread made them.
    const int64_t rows_per_task = std::max<int64_t>(1, kLogitsPerThread / classes);
    const int64_t tasks = (rows + rows_per_task - 1) / rows_per_task;
    std::vector<HintonKernel::Sums> sums(static_cast<size_t>(tasks));
    const float* const z = student.const_data_ptr<float>();
    const int64_t* const y = labels.const_data_ptr<int64_t>();
    auto* const slope = gradient.mutable_data_ptr<float>();
    at::parallel_for(0, tasks, /*grain_size=*/1, [&](int64_t begin, int64_t end) {
      std::vector<float> scratch(static_cast<size_t>(kernel.scratch_floats()));
      for (int64_t task = begin; task < end; ++task)
        sums[static_cast<size_t>(task)] = kernel.run(
            z, y, task * rows_per_task, std::min(rows, (task + 1) * rows_per_task), slope, scratch);
    });
    HintonKernel::Sums all;
    for (const auto& of : sums) {
      all.hard += of.hard;
      all.distill += of.distill;
    }
    const double hard = all.hard / static_cast<double>(rows);
    const double distill = tau_squared * all.distill / static_cast<double>(rows);
    const auto scalar = [&](double value) { return torch::full({}, value, student.options()); };
    tensor_list outputs = {scalar(options.hard_loss_weight * hard + options.distill_loss_weight * distill),
                           scalar(hard), scalar(distill)};
    context->mark_non_differentiable({outputs[1], outputs[2]});
    context->save_for_backward({gradient});
    return outputs;
  }

  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const torch::Tensor slope = context->get_saved_variables().front();
    return {slope * gradients.front(), {}, {}, {}, {}, {}};
  }
};

}  // namespace

bool can_fuse_hinton(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                     const torch::Tensor& labels) {
  const auto fits = [](const torch::Tensor& logits) {
    return logits.device().is_cpu() &&
           (logits.scalar_type() == torch::kFloat || logits.scalar_type() == torch::kBFloat16 ||
            logits.scalar_type() == torch::kHalf);
  };
  return fits(student_logits) && fits(teacher_logits) && labels.dim() == 1;
}

FusedHinton fused_hinton_loss(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                              const torch::Tensor& labels, const HintonOptions& options,
                              const TeacherOptions& teacher) {
  TORCH_CHECK(student_logits.dim() == 2 && teacher_logits.dim() == 3 &&
                  student_logits.sizes() == teacher_logits.sizes().slice(1),
              "logits [N, C] of student and [K, N, C] of teachers differ: ", student_logits.sizes(), " and ",
              teacher_logits.sizes());
  const int64_t size = teacher_logits.size(0);
  TORCH_CHECK(teacher.weights.empty() || static_cast<int64_t>(teacher.weights.size()) == size,
              teacher.weights.size(), " weights for ", size, " teachers");
  TORCH_CHECK(
      labels.dim() == 1 && labels.size(0) == student_logits.size(0) && labels.scalar_type() == torch::kLong,
      "labels ", labels.sizes(), " for logits ", student_logits.sizes());
  const torch::Tensor y = labels.contiguous();
  const int64_t classes = student_logits.size(1);
  TORCH_CHECK(std::all_of(y.const_data_ptr<int64_t>(), y.const_data_ptr<int64_t>() + y.numel(),
                          [&](int64_t label) { return label >= 0 && label < classes; }),
              "a label is not in [0, ", classes, ")");

  const std::vector<double> shares =
      teacher.weights.empty()
          ? std::vector<double>(static_cast<size_t>(size), 1.0 / static_cast<double>(size))
          : teacher.weights;
  const auto wide = [](const torch::Tensor& logits) { return logits.to(torch::kFloat).contiguous(); };
  const tensor_list outputs =
      Fused::apply(wide(student_logits), wide(teacher_logits.detach()), y, options, shares, teacher.combine);
  return {.total = outputs[0], .terms = {.hard = outputs[1], .distill = outputs[2]}};
}

}  // namespace retort::methods
