// SPDX-License-Identifier: MIT
#include "retort/methods/teacher.h"

#include <cmath>

#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/tensor.h>
#include <c10/util/Exception.h>

#include "retort/methods/precision.h"

namespace retort::methods {
namespace {

class NetworkTeacher : public Teacher {
 public:
  explicit NetworkTeacher(std::vector<models::InferenceModel> networks) : networks_(std::move(networks)) {
    TORCH_CHECK(!networks_.empty(), "a teacher needs a network");
  }

  TeacherOutput answer(const data::Batch& batch) override {
    std::vector<torch::Tensor> logits;
    for (models::InferenceModel& network : networks_) logits.push_back(network.forward(batch.images));
    return {.logits = at::stack(logits)};
  }

  int64_t size() const override { return static_cast<int64_t>(networks_.size()); }

 private:
  std::vector<models::InferenceModel> networks_;
};

}  // namespace

torch::Tensor combine_logits(const torch::Tensor& teacher_logits, const std::vector<double>& weights,
                             Combine combine, double temperature) {
  TORCH_CHECK(teacher_logits.dim() == 3, "teacher logits ", teacher_logits.sizes(), " are not [K, N, C]");
  const int64_t size = teacher_logits.size(0);
  TORCH_CHECK(weights.empty() || static_cast<int64_t>(weights.size()) == size, weights.size(),
              " weights for ", size, " teachers");
  if (size == 1) return teacher_logits[0];

  const torch::Tensor logits = at_least_float32(teacher_logits);
  const std::vector<double> shares =
      weights.empty() ? std::vector<double>(size, 1.0 / static_cast<double>(size)) : weights;
  // Shares stay the host's numbers: a tensor of them on a GPU would be waited for.
  const auto of_each = [&](const auto& part) {
    std::vector<torch::Tensor> parts;
    for (int64_t k = 0; k < size; ++k) parts.push_back(part(logits[k], shares[static_cast<size_t>(k)]));
    return at::stack(parts);
  };
  if (combine == Combine::geometric_mean)
    return of_each([](const torch::Tensor& own, double share) { return own * share; }).sum(0);
  // In logarithms throughout: a class that every teacher finds impossible keeps a finite logit.
  return temperature * at::logsumexp(of_each([&](const torch::Tensor& own, double share) {
                                       return at::log_softmax(own / temperature, 1) + std::log(share);
                                     }),
                                     0);
}

std::unique_ptr<Teacher> make_network_teacher(std::vector<models::InferenceModel> networks) {
  return std::make_unique<NetworkTeacher>(std::move(networks));
}

}  // namespace retort::methods
