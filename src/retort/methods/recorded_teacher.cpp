// SPDX-License-Identifier: MIT
#include "retort/methods/recorded_teacher.h"

#include <utility>

#include <ATen/ops/stack.h>
#include <c10/util/Exception.h>

namespace retort::methods {
namespace {

class RecordedTeacher : public Teacher {
 public:
  RecordedTeacher(torch::Tensor rows_KRC, int64_t views) : rows_KRC_(std::move(rows_KRC)), views_(views) {}

  TeacherOutput answer(const data::Batch& batch) override {
    const torch::Tensor rows = views_ > 1 ? batch.sample_ids * views_ + batch.view_ids : batch.sample_ids;
    return {.logits = rows_KRC_.index_select(1, rows).to(torch::kFloat32)};
  }

  int64_t size() const override { return rows_KRC_.size(0); }

 private:
  torch::Tensor rows_KRC_;  // row sample * views + view
  int64_t views_;
};

class RemoteTeacher : public Teacher {
 public:
  RemoteTeacher(std::shared_ptr<Teacher> teacher, torch::Device device)
      : teacher_(std::move(teacher)), device_(device) {}

  TeacherOutput answer(const data::Batch& batch) override {
    const TeacherOutput output = teacher_->answer({.images = batch.images.to(device_),
                                                   .labels = batch.labels.to(device_),
                                                   .sample_ids = batch.sample_ids.to(device_),
                                                   .view_ids = batch.view_ids.to(device_),
                                                   .soft_labels = {}});
    return {.logits = output.logits.cpu()};
  }

  int64_t size() const override { return teacher_->size(); }

 private:
  std::shared_ptr<Teacher> teacher_;
  torch::Device device_;
};

}  // namespace

std::unique_ptr<Teacher> make_recorded_teacher(torch::Tensor logits_NVC) {
  return make_recorded_teachers({std::move(logits_NVC)});
}

std::unique_ptr<Teacher> make_recorded_teachers(const std::vector<torch::Tensor>& logits_NVC) {
  TORCH_CHECK(!logits_NVC.empty() && logits_NVC.front().dim() == 3, "recorded logits are not [N, V, C]");
  const torch::Tensor rows = logits_NVC.size() == 1 ? logits_NVC.front().unsqueeze(0) : at::stack(logits_NVC);
  return std::make_unique<RecordedTeacher>(rows.flatten(1, 2), logits_NVC.front().size(1));
}

std::unique_ptr<Teacher> make_remote_teacher(std::shared_ptr<Teacher> teacher, torch::Device device) {
  return std::make_unique<RemoteTeacher>(std::move(teacher), device);
}

}  // namespace retort::methods
