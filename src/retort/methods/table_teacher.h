// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "retort/methods/teacher.h"
#include "retort/methods/teacher_table.h"

namespace retort::methods {

/// How a table is held to the live teacher: rows that it answered are answered by the teacher again, and
/// compared.
struct Audit {
  int64_t every_batches = 0;  // one audit in so many answers: a batch of each epoch, drawn at random; 0: none
  int64_t rows = 32;
  double tolerance = 0;  // of the largest logit of the row
  uint64_t seed = 0;
};

/// Answers from tables, one for each network of `live`; what is not there yet is asked of `live`, stored, and
/// given as the table will give it from then on. So a run does not depend on what the tables held when it
/// started. A row that differs from the live teacher is an Error (checkpoint).
std::unique_ptr<Teacher> make_table_teacher(std::shared_ptr<Teacher> live, std::vector<TeacherTable> tables,
                                            const Audit& audit);

/// Which views of a sample are wanted.
using WantedViews = std::function<std::vector<int64_t>(int64_t sample)>;

/// A table's logits [samples, views, C] as one tensor, for a device's memory: float16 where `half`, else
/// float32, and 0 where nothing is wanted. Nothing where a row that is wanted is absent.
std::optional<torch::Tensor> read_table(const TeacherTable& table, int64_t samples, int64_t views, bool half,
                                        const std::vector<int64_t>& wanted_samples,
                                        const WantedViews& wanted_views);

}  // namespace retort::methods
