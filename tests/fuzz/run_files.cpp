// SPDX-License-Identifier: MIT
// The files of a run that reports are made from: run.json, evaluation.json, metrics.jsonl.
#include <cstdlib>

#include "driver.h"
#include "retort/tracking/evaluation_record.h"
#include "retort/tracking/json_lines.h"
#include "retort/tracking/run_record.h"

using namespace retort::tracking;

int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(input), size);
  if (const auto record = parse_run_record(text))
    if (!parse_run_record(to_json(*record))) std::abort();
  if (const auto record = parse_evaluation_record(text))
    if (!parse_evaluation_record(to_json(*record))) std::abort();
  parse_metric_row(text);
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  const std::vector<float> logits = {1, 2, 4, 3};
  const std::vector<int64_t> labels = {0, 1};
  RunRecord run{.id = "abcdefgh", .class_names = {"cat", "dog"}};
  run.networks.push_back({.role = "student", .network = "mlp", .parameters = 10});
  run.config = {{"seed", 0}};
  return {
      to_json(run),
      to_json(describe_predictions(
          {.student = logits, .teacher = logits, .soft_teacher = logits, .labels = labels, .temperature = 4},
          "test", {"cat", "dog"}, 2)),
      R"({"epoch":0,"step":5,"train/loss":0.25,"lr":"NaN"})"};
}
