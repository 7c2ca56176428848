// SPDX-License-Identifier: MIT
#include "retort/methods/teacher_options.h"

#include <numeric>

#include "retort/config/reader.h"

namespace retort::methods {

TeacherOptions TeacherOptions::from(const config::Node& node) {
  config::Reader reader(node, "teacher");
  TeacherOptions options;
  options.checkpoints = reader.texts("checkpoint");
  if (options.checkpoints.empty()) reader.fail("checkpoint", "must name at least one file");
  options.logits = reader.optional_text("logits");
  const std::string combine = reader.choice("combine", {"probability_mean", "geometric_mean"});
  if (combine == "geometric_mean") options.combine = Combine::geometric_mean;
  reader.ignore("weights");  // null: equal
  if (reader.has("weights")) {
    options.weights = reader.numbers("weights", {.above = 0});
    if (options.weights.size() != options.checkpoints.size()) {
      reader.fail("weights", "must be one number for each of the " +
                                 std::to_string(options.checkpoints.size()) + " files in teacher.checkpoint");
    }
    const double sum = std::accumulate(options.weights.begin(), options.weights.end(), 0.0);
    for (double& weight : options.weights) weight /= sum;
  }
  reader.ignore("precision");  // null: as the trainer's
  if (reader.has("precision")) {
    const std::string precision = reader.choice("precision", {"32-true", "bf16", "int8"});
    options.precision = precision == "32-true" ? TeacherPrecision::float32
                        : precision == "bf16"  ? TeacherPrecision::bfloat16
                                               : TeacherPrecision::int8;
  }
  options.table = reader.optional_text("table").value_or("");
  options.half_rows = reader.choice("table_rows", {"float16", "float32"}) == "float16";
  options.audit_rows = reader.integer("audit_rows", {.at_least = 0, .at_most = 1 << 20});
  reader.finish();
  return options;
}

}  // namespace retort::methods
