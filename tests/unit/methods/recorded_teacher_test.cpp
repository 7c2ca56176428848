// SPDX-License-Identifier: MIT
#include "retort/methods/recorded_teacher.h"

#include <gtest/gtest.h>

namespace retort::methods {
namespace {

data::Batch batch_of(const std::vector<int64_t>& samples, const std::vector<int64_t>& views) {
  data::Batch batch;
  batch.sample_ids = torch::tensor(samples);
  batch.view_ids = torch::tensor(views);
  return batch;
}

TEST(RecordedTeacher, AnswersByPictureAndView) {
  const torch::Tensor logits = torch::arange(4 * 3 * 2, torch::kFloat).view({4, 3, 2});
  const auto teacher = make_recorded_teacher(logits);
  EXPECT_EQ(teacher->size(), 1);
  const TeacherOutput output = teacher->answer(batch_of({2, 0, 2}, {1, 2, 0}));
  const torch::Tensor expected = torch::stack({logits[2][1], logits[0][2], logits[2][0]}).unsqueeze(0);
  EXPECT_TRUE(output.logits.equal(expected));
}

TEST(RecordedTeacher, HasOneAnswerForEveryViewWhereOneIsGiven) {
  const torch::Tensor logits = torch::arange(8, torch::kFloat).view({4, 1, 2});
  const TeacherOutput output = make_recorded_teacher(logits)->answer(batch_of({3, 1}, {40, 12}));
  EXPECT_TRUE(output.logits.equal(torch::stack({logits[3][0], logits[1][0]}).unsqueeze(0)));
}

TEST(RecordedTeacher, SpeaksForSeveralInFloat32) {
  const torch::Tensor first = torch::arange(24, torch::kHalf).view({4, 3, 2}), second = first + 100;
  const auto teachers = make_recorded_teachers({first, second});
  EXPECT_EQ(teachers->size(), 2);
  const torch::Tensor logits = teachers->answer(batch_of({2, 0}, {1, 2})).logits;
  EXPECT_EQ(logits.scalar_type(), torch::kFloat32);
  const auto expected = [](const torch::Tensor& of) {
    return torch::stack({of[2][1], of[0][2]}).to(torch::kFloat32);
  };
  EXPECT_TRUE(logits.equal(torch::stack({expected(first), expected(second)})));
}

TEST(RemoteTeacher, AnswersAsTheTeacherDoes) {
  const torch::Tensor logits = torch::arange(24, torch::kFloat).view({4, 3, 2});
  data::Batch batch = batch_of({3, 1, 1}, {0, 2, 1});
  batch.images = torch::zeros({3, 1, 2, 2});
  batch.labels = torch::zeros({3}, torch::kLong);
  const auto remote = make_remote_teacher(make_recorded_teacher(logits), torch::kCPU);
  EXPECT_EQ(remote->size(), 1);
  EXPECT_TRUE(remote->answer(batch).logits.equal(make_recorded_teacher(logits)->answer(batch).logits));
}

TEST(RecordedTeacher, WantsThreeDimensions) { EXPECT_ANY_THROW(make_recorded_teacher(torch::zeros({4, 2}))); }

}  // namespace
}  // namespace retort::methods
