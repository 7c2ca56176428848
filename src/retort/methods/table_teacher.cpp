// SPDX-License-Identifier: MIT
#include "retort/methods/table_teacher.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/random.h"
#include "retort/core/text.h"

namespace retort::methods {
namespace {

// Part of a batch is filled up to whole groups with copies of its last row: kernels for a few rows may add in
// another order than those for many, and a row should not depend on its company.
constexpr int64_t kGroup = 16;

class TableTeacher : public Teacher {
 public:
  TableTeacher(std::shared_ptr<Teacher> live, std::vector<TeacherTable> tables, const Audit& audit)
      : live_(std::move(live)), tables_(std::move(tables)), audit_(audit) {
    TORCH_CHECK(live_->size() == static_cast<int64_t>(tables_.size()), tables_.size(), " tables for ",
                live_->size(), " teachers");
  }

  int64_t size() const override { return live_->size(); }

  TeacherOutput answer(const data::Batch& batch) override {
    for (const TeacherTable& table : tables_) table.check_size();
    const int64_t rows = batch.labels.size(0);
    torch::Tensor logits = at::empty({size(), rows, classes()}, torch::kFloat);
    std::vector<int64_t> absent, present;
    for (int64_t row = 0; row < rows; ++row) (read(batch, row, logits) ? present : absent).push_back(row);
    if (is_audit_due()) check_against_live(batch, logits, std::move(present));
    if (absent.empty()) return {.logits = logits};

    const torch::Tensor fresh = ask_live(batch, absent);
    for (size_t i = 0; i < absent.size(); ++i)
      for (int64_t k = 0; k < size(); ++k) {
        const std::span<float> row = row_of(logits, k, absent[i]);
        const std::span<float> answer = row_of(fresh, k, static_cast<int64_t>(i));
        std::copy(answer.begin(), answer.end(), row.begin());
        tables_[static_cast<size_t>(k)].write(sample_of(batch, absent[i]), view_of(batch, absent[i]), row);
      }
    return {.logits = logits};
  }

 private:
  static int64_t sample_of(const data::Batch& batch, int64_t row) {
    return batch.sample_ids.const_data_ptr<int64_t>()[row];
  }
  static int64_t view_of(const data::Batch& batch, int64_t row) {
    return batch.view_ids.const_data_ptr<int64_t>()[row];
  }

  // Of [K, N, C], contiguous.
  static std::span<float> row_of(const torch::Tensor& logits, int64_t k, int64_t row) {
    const int64_t classes = logits.size(2);
    return {logits.mutable_data_ptr<float>() + (k * logits.size(1) + row) * classes,
            static_cast<size_t>(classes)};
  }

  int64_t classes() const { return tables_.front().classes(); }

  bool read(const data::Batch& batch, int64_t row, const torch::Tensor& logits) const {
    for (int64_t k = 0; k < size(); ++k)
      if (!tables_[static_cast<size_t>(k)].read(sample_of(batch, row), view_of(batch, row),
                                                row_of(logits, k, row)))
        return false;
    return true;
  }

  // Rows ascend; [K, rows.size() or more, C].
  torch::Tensor ask_live(const data::Batch& batch, std::vector<int64_t> rows) const {
    if (static_cast<int64_t>(rows.size()) == batch.labels.size(0))
      return live_->answer(batch).logits.contiguous();
    rows.resize((rows.size() + kGroup - 1) / kGroup * kGroup, rows.back());
    const torch::Tensor index = at::tensor(rows, torch::kLong);
    return live_
        ->answer({.images = batch.images.index_select(0, index),
                  .labels = batch.labels.index_select(0, index),
                  .sample_ids = batch.sample_ids.index_select(0, index),
                  .view_ids = batch.view_ids.index_select(0, index),
                  .soft_labels = {}})
        .logits.contiguous();
  }

  // One batch in each stretch of every_batches, drawn anew.
  bool is_audit_due() {
    if (audit_.every_batches == 0) return false;
    const auto stretch = static_cast<uint64_t>(answers_ / audit_.every_batches);
    const int64_t place = answers_++ % audit_.every_batches;
    return place == CounterRng(audit_.seed, RandomStream::audit, stretch, /*sample=*/0)
                        .below(static_cast<uint32_t>(audit_.every_batches));
  }

  void check_against_live(const data::Batch& batch, const torch::Tensor& logits, std::vector<int64_t> rows) {
    const auto count = std::min<size_t>(rows.size(), static_cast<size_t>(audit_.rows));
    if (count == 0) return;
    CounterRng rng(audit_.seed, RandomStream::audit, static_cast<uint64_t>(answers_), /*sample=*/1);
    for (size_t i = 0; i < count; ++i)
      std::swap(rows[i], rows[i + rng.below(static_cast<uint32_t>(rows.size() - i))]);
    rows.resize(count);
    std::sort(rows.begin(), rows.end());  // ask_live() takes a whole batch in its own order
    const torch::Tensor live = ask_live(batch, rows);
    for (size_t i = 0; i < count; ++i)
      for (int64_t k = 0; k < size(); ++k)
        compare(row_of(logits, k, rows[i]), row_of(live, k, static_cast<int64_t>(i)),
                tables_[static_cast<size_t>(k)], sample_of(batch, rows[i]), view_of(batch, rows[i]));
  }

  void compare(std::span<const float> stored, std::span<const float> live, const TeacherTable& table,
               int64_t sample, int64_t view) const {
    float difference = 0, largest = 0;
    for (size_t c = 0; c < live.size(); ++c) {
      difference = std::max(difference, std::abs(stored[c] - live[c]));
      largest = std::max(largest, std::abs(live[c]));
    }
    if (static_cast<double>(difference) > audit_.tolerance * static_cast<double>(largest))
      throw Error(ExitCode::checkpoint,
                  fmt::format("{}: the row of sample {}, view {} is {:.3g} from what the teacher says, whose "
                              "largest logit is {:.3g}: the table is not this teacher's; delete it",
                              printable(table.path().string()), sample, view, difference, largest));
  }

  std::shared_ptr<Teacher> live_;
  std::vector<TeacherTable> tables_;
  Audit audit_;
  int64_t answers_ = 0;
};

}  // namespace

std::unique_ptr<Teacher> make_table_teacher(std::shared_ptr<Teacher> live, std::vector<TeacherTable> tables,
                                            const Audit& audit) {
  return std::make_unique<TableTeacher>(std::move(live), std::move(tables), audit);
}

std::optional<torch::Tensor> read_table(const TeacherTable& table, int64_t samples, int64_t views, bool half,
                                        const std::vector<int64_t>& wanted_samples,
                                        const WantedViews& wanted_views) {
  table.check_size();
  const int64_t classes = table.classes();
  const torch::Tensor logits = at::zeros({samples, views, classes}, half ? torch::kHalf : torch::kFloat);
  std::vector<float> row(static_cast<size_t>(classes));
  for (const int64_t sample : wanted_samples)
    for (const int64_t view : wanted_views(sample)) {
      if (!table.read(sample, view, row)) return std::nullopt;
      const int64_t place = (sample * views + view) * classes;
      if (half)
        std::copy(row.begin(), row.end(), logits.mutable_data_ptr<c10::Half>() + place);
      else
        std::copy(row.begin(), row.end(), logits.mutable_data_ptr<float>() + place);
    }
  return logits;
}

}  // namespace retort::methods
