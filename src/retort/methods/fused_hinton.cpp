// SPDX-License-Identifier: MIT
#include "retort/methods/fused_hinton.h"

#include <algorithm>
#include <array>
#include <vector>

#include <ATen/Parallel.h>
#include <c10/core/DeviceType.h>
#include <c10/util/Exception.h>
#include <torch/csrc/autograd/custom_function.h>

#include "retort/methods/hinton_kernel.h"

namespace retort::methods {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

// A thread's share below this many logits costs less than waking the thread.
constexpr int64_t kLogitsPerThread = 16'384;

// One a type of device; nullptr where there is none.
std::array<RunHintonRows, c10::COMPILE_TIME_MAX_DEVICE_TYPES>& rows_on_devices() {
  static std::array<RunHintonRows, c10::COMPILE_TIME_MAX_DEVICE_TYPES> table{};
  return table;
}

RunHintonRows rows_on(const torch::Tensor& tensor) {
  return rows_on_devices()[static_cast<size_t>(tensor.device().type())];
}

// How several teachers are one.
struct Ensemble {
  std::vector<double> shares;
  Combine combine;
};

double tau_squared(const HintonOptions& options) {
  return options.scale_by_temperature_squared ? options.temperature * options.temperature : 1.0;
}

// {total, hard, distill}: means over the rows, on the logits' device; `gradient` is that of the total.
tensor_list run_here(const torch::Tensor& student, const torch::Tensor& teacher, const torch::Tensor& labels,
                     const HintonOptions& options, const Ensemble& ensemble, torch::Tensor& gradient) {
  const int64_t rows = student.size(0), classes = student.size(1);
  std::vector<const float*> teachers;
  for (int64_t k = 0; k < teacher.size(0); ++k)
    teachers.push_back(teacher.const_data_ptr<float>() + k * rows * classes);
  const HintonKernel kernel{
      .teachers = teachers,
      .shares = ensemble.shares,
      .geometric = ensemble.combine == Combine::geometric_mean,
      .classes = classes,
      .temperature = options.temperature,
      .label_smoothing = options.label_smoothing,
      .hard_scale = options.hard_loss_weight / static_cast<double>(rows),
      .distill_scale = options.distill_loss_weight * tau_squared(options) / static_cast<double>(rows)};

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
      sums[static_cast<size_t>(task)] =
          kernel.run(z, y, task * rows_per_task, std::min(rows, (task + 1) * rows_per_task), slope, scratch);
  });
  HintonKernel::Sums all;
  for (const auto& of : sums) {
    all.hard += of.hard;
    all.distill += of.distill;
  }
  const double hard = all.hard / static_cast<double>(rows);
  const double distill = tau_squared(options) * all.distill / static_cast<double>(rows);
  const auto scalar = [&](double value) { return torch::full({}, value, student.options()); };
  return {scalar(options.hard_loss_weight * hard + options.distill_loss_weight * distill), scalar(hard),
          scalar(distill)};
}

tensor_list run_on_device(const torch::Tensor& student, const torch::Tensor& teacher,
                          const torch::Tensor& labels, const HintonOptions& options, const Ensemble& ensemble,
                          torch::Tensor& gradient) {
  const auto rows = static_cast<double>(student.size(0));
  const torch::Tensor terms = torch::empty({2, student.size(0)}, student.options());
  HintonRows problem{
      .student = student.const_data_ptr<float>(),
      .teachers = teacher.const_data_ptr<float>(),
      .labels = labels.const_data_ptr<int64_t>(),
      .gradient = gradient.mutable_data_ptr<float>(),
      .hard = terms.mutable_data_ptr<float>(),
      .distill = terms.mutable_data_ptr<float>() + student.size(0),
      .rows = student.size(0),
      .classes = student.size(1),
      .num_teachers = static_cast<int>(teacher.size(0)),
      .geometric = ensemble.combine == Combine::geometric_mean,
      .temperature = static_cast<float>(options.temperature),
      .label_smoothing = static_cast<float>(options.label_smoothing),
      .hard_scale = static_cast<float>(options.hard_loss_weight / rows),
      .distill_scale = static_cast<float>(options.distill_loss_weight * tau_squared(options) / rows)};
  std::copy(ensemble.shares.begin(), ensemble.shares.end(), problem.shares.begin());
  rows_on(student)(problem);
  const torch::Tensor means = terms.mean(1);
  const torch::Tensor hard = means[0], distill = tau_squared(options) * means[1];
  return {options.hard_loss_weight * hard + options.distill_loss_weight * distill, hard, distill};
}

struct Fused : torch::autograd::Function<Fused> {
  static tensor_list forward(AutogradContext* context, const torch::Tensor& student,
                             const torch::Tensor& teacher, const torch::Tensor& labels,
                             const HintonOptions& options, const Ensemble& ensemble) {
    torch::Tensor gradient = torch::empty_like(student);
    const auto run = rows_on(student) == nullptr ? run_here : run_on_device;
    tensor_list outputs = run(student, teacher, labels, options, ensemble, gradient);
    context->mark_non_differentiable({outputs[1], outputs[2]});
    context->save_for_backward({gradient});
    return outputs;
  }

  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const torch::Tensor slope = context->get_saved_variables().front();
    return {slope * gradients.front(), {}, {}, {}, {}};
  }
};

}  // namespace

bool can_fuse_hinton(const torch::Tensor& student_logits, const torch::Tensor& teacher_logits,
                     const torch::Tensor& labels) {
  const bool has_kernel = student_logits.device().is_cpu() || rows_on(student_logits) != nullptr;
  const auto fits = [&](const torch::Tensor& logits) {
    return logits.device() == student_logits.device() &&
           (logits.scalar_type() == torch::kFloat || logits.scalar_type() == torch::kBFloat16 ||
            logits.scalar_type() == torch::kHalf);
  };
  return has_kernel && fits(student_logits) && fits(teacher_logits) && labels.dim() == 1 &&
         (rows_on(student_logits) == nullptr || teacher_logits.size(0) <= HintonRows::kMostTeachers);
}

void set_hinton_rows(torch::DeviceType device, RunHintonRows run) {
  rows_on_devices()[static_cast<size_t>(device)] = run;
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
  TORCH_CHECK(rows_on(student_logits) != nullptr ||
                  std::all_of(y.const_data_ptr<int64_t>(), y.const_data_ptr<int64_t>() + y.numel(),
                              [&](int64_t label) { return label >= 0 && label < classes; }),
              "a label is not in [0, ", classes, ")");

  const std::vector<double> shares =
      teacher.weights.empty()
          ? std::vector<double>(static_cast<size_t>(size), 1.0 / static_cast<double>(size))
          : teacher.weights;
  const auto wide = [](const torch::Tensor& logits) { return logits.to(torch::kFloat).contiguous(); };
  const tensor_list outputs = Fused::apply(wide(student_logits), wide(teacher_logits.detach()), y, options,
                                           Ensemble{shares, teacher.combine});
  return {.total = outputs[0], .terms = {.hard = outputs[1], .distill = outputs[2]}};
}

}  // namespace retort::methods
