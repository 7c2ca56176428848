// SPDX-License-Identifier: MIT
#include "retort/distributed/gradient_sync.h"

#include <tuple>

#include <c10/util/Exception.h>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/reducer.hpp>

namespace retort::distributed {
namespace {

// Gradients come in about the opposite order of the parameters. PyTorch arranges the buckets anew by the
// order of the first backward pass; here they stay, since who adds what depends on them: a run that is gone
// on with would sum its first step in another order than the one that never stopped.
std::vector<std::vector<size_t>> buckets_of(const std::vector<torch::Tensor>& parameters) {
  const std::vector<torch::Tensor> backwards(parameters.rbegin(), parameters.rend());
  std::vector<std::vector<size_t>> buckets = std::get<0>(c10d::compute_bucket_assignment_by_size(
      backwards, {c10d::kDefaultFirstBucketBytes, c10d::kDefaultBucketBytesCap}));
  for (auto& bucket : buckets)
    for (size_t& index : bucket) index = parameters.size() - 1 - index;
  return buckets;
}

// The weights of a 1 x 1 convolution lie the same way by several sets of strides; the reducer warns where a
// gradient has others than its weights, and copies all the same.
class WithoutStrides : public c10::WarningHandler {
  void process(const c10::Warning& warning) override {
    if (warning.msg().find("Grad strides do not match") == std::string::npos)
      c10::WarningHandler::process(warning);
  }
};

}  // namespace

struct GradientSync::Impl {
  Group& group;
  std::vector<torch::Tensor> parameters;
  std::unique_ptr<c10d::Reducer> reducer{};
  int64_t steps = 0;

  void make_reducer() {
    reducer.reset();  // its hooks go before others come
    reducer = std::make_unique<c10d::Reducer>(
        parameters, buckets_of(parameters),
        c10::intrusive_ptr<c10d::ProcessGroup>::reclaim_copy(&group.process_group()),
        /*expect_sparse_gradients=*/std::vector<bool>(parameters.size(), false), c10d::kDefaultBucketBytesCap,
        /*find_unused_parameters=*/false, /*gradient_as_bucket_view=*/false,
        /*param_names=*/std::unordered_map<size_t, std::string>{}, c10d::kDefaultFirstBucketBytes,
        /*skip_all_reduce_unused_params=*/false, /*use_python_reducer=*/false,
        /*bucket_bytes_cap_list=*/std::vector<int64_t>{});
  }
};

GradientSync::GradientSync(Group& group, const std::vector<torch::Tensor>& parameters)
    : impl_(new Impl{.group = group, .parameters = parameters}) {
  group.broadcast(parameters);
}

GradientSync::~GradientSync() = default;

void GradientSync::backward(const torch::Tensor& loss) {
  WithoutStrides handler;
  const c10::WarningUtils::WarningHandlerGuard guard(&handler);
  // A reducer that never arranges its buckets anew notes the order of each step for it, and keeps all notes.
  constexpr int64_t kStepsOfAReducer = 1000;
  if (impl_->steps++ % kStepsOfAReducer == 0) impl_->make_reducer();
  impl_->group.guarded("averaging gradients", [&] {
    impl_->reducer->prepare_for_forward();
    impl_->reducer->prepare_for_backward({loss});
    loss.backward();
  });
}

}  // namespace retort::distributed
