// SPDX-License-Identifier: MIT
#include "retort/models/normalization.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>

#include "retort/models/normalization_kernel.h"

namespace retort::models {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

/// The rows of a channels-last tensor, and how they are shared out. Chunks do not depend on the number of
/// threads, and neither do the sums.
struct Rows {
  explicit Rows(const torch::Tensor& x)
      : channels(x.size(1)), count(x.numel() / x.size(1)), chunk(std::max<int64_t>(64, (count + 63) / 64)) {}

  int64_t chunks() const { return (count + chunk - 1) / chunk; }

  template <class Work>  // work(first, last)
  void for_each(Work work) const {
    at::parallel_for(0, chunks(), /*grain_size=*/1,
                     [&](int64_t begin, int64_t end) { work(begin * chunk, std::min(count, end * chunk)); });
  }

  /// Two sums a channel: sum(first, last, a, b) adds those of some rows to a[C] and b[C].
  template <class Sum>
  std::pair<std::vector<double>, std::vector<double>> reduce(Sum sum) const {
    const auto width = static_cast<size_t>(channels);
    std::vector<double> partial(2 * width * static_cast<size_t>(chunks()));
    at::parallel_for(0, chunks(), /*grain_size=*/1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) {
        double* const a = partial.data() + 2 * width * static_cast<size_t>(i);
        sum(i * chunk, std::min(count, (i + 1) * chunk), a, a + width);
      }
    });
    std::pair<std::vector<double>, std::vector<double>> total{std::vector<double>(width),
                                                              std::vector<double>(width)};
    for (size_t i = 0; i < partial.size(); i += 2 * width)
      for (size_t c = 0; c < width; ++c) {
        total.first[c] += partial[i + c];
        total.second[c] += partial[i + width + c];
      }
    return total;
  }

  int64_t channels, count, chunk;
};

template <class Value>
const Value* values_of(const torch::Tensor& tensor) {
  return tensor.defined() ? static_cast<const Value*>(tensor.const_data_ptr()) : nullptr;
}
template <class Value>
Value* mutable_values_of(const torch::Tensor& tensor) {
  return tensor.defined() ? static_cast<Value*>(tensor.mutable_data_ptr()) : nullptr;
}

// Calls work with a value of the type that the tensor's elements are handled as.
template <class Work>
void with_values_of(const torch::Tensor& tensor, Work work) {
  if (tensor.scalar_type() == torch::kBFloat16)
    work(uint16_t{});
  else
    work(float{});
}

SumOverProcesses& sum_over_processes() {
  static thread_local SumOverProcesses sum;
  return sum;
}

/// Two sums a channel and the number of rows behind them, over all processes where they are synchronised.
struct Sums {
  std::vector<double> first, second;
  double count;

  void add_up() {
    if (!sum_over_processes()) return;
    std::vector<double> all = first;
    all.insert(all.end(), second.begin(), second.end());
    all.push_back(count);
    sum_over_processes()(all);
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(first.size());
    std::copy(all.begin(), middle, first.begin());
    std::copy(middle, all.end() - 1, second.begin());
    count = all.back();
  }
};

struct Statistics {
  torch::Tensor mean, variance;  // [C] float32; the batch's, variance over count
  double count;                  // values a channel
};

// Sums and squares about each process's own origin become those about 0, which can be added up. In float64
// the mean's square takes nothing from the variance that float32 would show.
void move_to_zero(Sums& sums, std::vector<double>& origin) {
  if (!sum_over_processes()) return;
  for (size_t c = 0; c < origin.size(); ++c) {
    sums.second[c] += origin[c] * (2 * sums.first[c] + sums.count * origin[c]);
    sums.first[c] += sums.count * origin[c];
    origin[c] = 0;
  }
}

Statistics statistics_of(const torch::Tensor& x) {
  const Rows rows(x);
  // The first row is as good a guess at the mean as any.
  const torch::Tensor origin =
      x.permute({0, 2, 3, 1}).reshape({rows.count, rows.channels})[0].to(torch::kFloat);
  Statistics result{.mean = torch::empty_like(origin), .variance = torch::empty_like(origin), .count = 0};
  with_values_of(x, [&](auto type) {
    using Value = decltype(type);
    const float* const near = origin.const_data_ptr<float>();
    auto [firsts, squares] = rows.reduce([&](int64_t first, int64_t last, double* a, double* b) {
      sum_moments(values_of<Value>(x), near, first, last, rows.channels, a, b);
    });
    std::vector<double> about(near, near + rows.channels);
    Sums sums{std::move(firsts), std::move(squares), static_cast<double>(rows.count)};
    move_to_zero(sums, about);
    sums.add_up();
    for (size_t c = 0; c < about.size(); ++c) {
      const double offset = sums.first[c] / sums.count;
      result.mean.mutable_data_ptr<float>()[c] = static_cast<float>(about[c] + offset);
      result.variance.mutable_data_ptr<float>()[c] =
          static_cast<float>(std::max(0.0, sums.second[c] / sums.count - offset * offset));
    }
    result.count = sums.count;
  });
  return result;
}

struct Fused : torch::autograd::Function<Fused> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& x, const torch::Tensor& gamma,
                               const torch::Tensor& beta, const std::optional<torch::Tensor>& given,
                               bool relu, const torch::Tensor& mean, const torch::Tensor& variance,
                               double eps) {
    const torch::Tensor shortcut = given.value_or(torch::Tensor());
    const torch::Tensor deviation_inverse = (variance + eps).rsqrt();
    const torch::Tensor scale = gamma * deviation_inverse;
    const torch::Tensor shift = beta - mean * scale;
    torch::Tensor y = torch::empty_like(x);
    const Rows rows(x);
    with_values_of(x, [&](auto type) {
      using Value = decltype(type);
      rows.for_each([&](int64_t first, int64_t last) {
        normalize(values_of<Value>(x), scale.const_data_ptr<float>(), shift.const_data_ptr<float>(),
                  values_of<Value>(shortcut), relu, first, last, rows.channels, mutable_values_of<Value>(y));
      });
    });
    const bool keeps_result = shortcut.defined() && relu;
    context->save_for_backward(
        {x, keeps_result ? y : torch::Tensor(), scale, shift, mean, deviation_inverse});
    context->saved_data["relu"] = relu;
    context->saved_data["shortcut"] = shortcut.defined();
    return y;
  }

  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const torch::Tensor &x = saved[0], &y = saved[1], &scale = saved[2], &shift = saved[3], &mean = saved[4],
                        &deviation_inverse = saved[5];
    const torch::Tensor gradient =
        gradients.front().to(x.scalar_type()).contiguous(torch::MemoryFormat::ChannelsLast);
    const Rows rows(x);
    const NormalizationSide side{.scale = scale.const_data_ptr<float>(),
                                 .shift = shift.const_data_ptr<float>(),
                                 .mean = mean.const_data_ptr<float>(),
                                 .relu = context->saved_data["relu"].toBool()};
    torch::Tensor gamma_gradient = torch::empty_like(mean), beta_gradient = torch::empty_like(mean);
    torch::Tensor x_gradient = torch::empty_like(x), shortcut_gradient;
    if (context->saved_data["shortcut"].toBool())
      shortcut_gradient = side.relu ? torch::empty_like(x) : gradient;
    with_values_of(x, [&](auto type) {
      using Value = decltype(type);
      auto [firsts, products] = rows.reduce([&](int64_t first, int64_t last, double* a, double* b) {
        sum_gradients(values_of<Value>(gradient), values_of<Value>(x), values_of<Value>(y), side, first, last,
                      rows.channels, a, b);
      });
      Sums sums{std::move(firsts), std::move(products), static_cast<double>(rows.count)};
      const size_t channels = sums.first.size();
      const auto inverse = [&](size_t c) {
        return static_cast<double>(deviation_inverse.const_data_ptr<float>()[c]);
      };
      for (size_t c = 0; c < channels; ++c) {
        gamma_gradient.mutable_data_ptr<float>()[c] = static_cast<float>(sums.second[c] * inverse(c));
        beta_gradient.mutable_data_ptr<float>()[c] = static_cast<float>(sums.first[c]);
      }
      sums.add_up();
      std::vector<float> offset(channels), slope(channels);
      for (size_t c = 0; c < channels; ++c) {
        offset[c] = static_cast<float>(sums.first[c] / sums.count);
        slope[c] = static_cast<float>(sums.second[c] * inverse(c) * inverse(c) / sums.count);
      }
      Value* const through = side.relu ? mutable_values_of<Value>(shortcut_gradient) : nullptr;
      rows.for_each([&](int64_t first, int64_t last) {
        normalize_gradient(values_of<Value>(gradient), values_of<Value>(x), values_of<Value>(y), side,
                           offset.data(), slope.data(), first, last, rows.channels,
                           mutable_values_of<Value>(x_gradient), through);
      });
    });
    return {x_gradient, gamma_gradient, beta_gradient, shortcut_gradient, {}, {}, {}, {}};
  }
};

}  // namespace

bool can_fuse_batch_norm(const torch::nn::BatchNorm2dImpl& bn, const torch::Tensor& x,
                         const Epilogue& epilogue) {
  const auto fits = [&](const torch::Tensor& tensor) {
    return tensor.device().is_cpu() && tensor.dim() == 4 && tensor.numel() > 0 &&
           (tensor.scalar_type() == torch::kFloat || tensor.scalar_type() == torch::kBFloat16) &&
           tensor.is_contiguous(torch::MemoryFormat::ChannelsLast);
  };
  const auto& shortcut = epilogue.shortcut;
  return bn.is_training() && bn.weight.defined() && bn.weight.scalar_type() == torch::kFloat &&
         bn.running_mean.defined() && bn.options.momentum().has_value() && fits(x) &&
         (!shortcut.defined() ||
          (fits(shortcut) && shortcut.scalar_type() == x.scalar_type() && shortcut.sizes() == x.sizes()));
}

torch::Tensor fused_batch_norm(torch::nn::BatchNorm2dImpl& bn, const torch::Tensor& x,
                               const Epilogue& epilogue) {
  Statistics batch;
  {
    const torch::NoGradGuard no_grad;
    batch = statistics_of(x);
    TORCH_CHECK(batch.count > 1, "batch normalisation in training needs more than one value a channel");
    const double momentum = *bn.options.momentum();
    bn.running_mean.lerp_(batch.mean, momentum);
    bn.running_var.lerp_(batch.variance * (batch.count / (batch.count - 1)), momentum);
    bn.num_batches_tracked.add_(1);
  }
  std::optional<torch::Tensor> shortcut;  // autograd takes no undefined tensor
  if (epilogue.shortcut.defined()) shortcut = epilogue.shortcut;
  return Fused::apply(x, bn.weight, bn.bias, shortcut, epilogue.relu, batch.mean, batch.variance,
                      bn.options.eps());
}

void synchronize_batch_norm(SumOverProcesses sum) { sum_over_processes() = std::move(sum); }

UnsynchronizedBatchNorm::UnsynchronizedBatchNorm() : before_(std::exchange(sum_over_processes(), {})) {}
UnsynchronizedBatchNorm::~UnsynchronizedBatchNorm() { sum_over_processes() = std::move(before_); }

}  // namespace retort::models
