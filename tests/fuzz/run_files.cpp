// SPDX-License-Identifier: MIT
// The files of a run that are read again: run.json, evaluation.json, metrics.jsonl, metrics.csv,
// learning_rate_finder.csv, .mlflow.json, .wandb.json, a study's results.json, and the meta.yaml of MLflow's
// file store.
#include <cstdlib>

#include "driver.h"
#include "retort/report/study_record.h"
#include "retort/tracking/csv.h"
#include "retort/tracking/evaluation_record.h"
#include "retort/tracking/json_lines.h"
#include "retort/tracking/mlflow_meta.h"
#include "retort/tracking/mlflow_state.h"
#include "retort/tracking/rate_curve.h"
#include "retort/tracking/run_record.h"
#include "retort/tracking/wandb_state.h"

using namespace retort::tracking;

int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(input), size);
  if (const auto record = parse_run_record(text))
    if (!parse_run_record(to_json(*record))) std::abort();
  if (const auto record = parse_evaluation_record(text))
    if (!parse_evaluation_record(to_json(*record))) std::abort();
  if (const auto curve = parse_rate_curve(text))
    if (!parse_rate_curve(to_csv(*curve))) std::abort();
  if (const auto state = parse_mlflow_state(text))
    if (!parse_mlflow_state(to_json(*state))) std::abort();
  if (const auto state = parse_wandb_state(text))
    if (!parse_wandb_state(to_json(*state))) std::abort();
  if (const auto meta = parse_mlflow_experiment_meta(text)) {
    const auto again = parse_mlflow_experiment_meta(to_yaml(*meta));
    if (!again || again->name != meta->name) std::abort();
  }
  if (const auto meta = parse_mlflow_run_meta(text)) {
    const auto again = parse_mlflow_run_meta(to_yaml(*meta));
    if (!again || again->name != meta->name || again->user != meta->user) std::abort();
  }
  if (const auto table = parse_metrics_table(text, /*through_step=*/1000))
    for (const auto& row : table->rows)
      if (row.size() != table->columns.size()) std::abort();
  parse_metric_row(text);
  retort::report::parse_study_record(text);
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
      to_csv({.points = {{1e-5, 2.5}, {0.01, 1.25}}, .suggestion = 0.01}),
      to_json(
          MlflowState{.tracking_uri = "http://127.0.0.1:5000", .run_id = "0123456789abcdef", .rows_sent = 7}),
      to_json(WandbState{.id = "r3t0rt42", .folder = "wandb/offline-run-20261124_152351-r3t0rt42"}),
      to_yaml(MlflowExperimentMeta{.id = "1", .name = "it's", .artifact_location = "/mlruns/1"}),
      to_yaml(MlflowRunMeta{.id = "0123", .experiment_id = "1", .name = "a: b", .end_ms = 1795596754790}),
      R"({"verdicts":["a line"],"seeds":{"seeds":[0,1],"teacher":{"network":"mlp","test/accuracy_top1":[0.5,1],)"
      R"("test/errors":[50,0],"test/loss":[1,2],"test/ece":[0.1,0],"test/agreement":[],"folders":["../a","../b"]}}})",
      "epoch,step,train/loss,lr\n0,5,0.25,0.1\n0,10,,0.1\n",
      R"({"epoch":0,"step":5,"train/loss":0.25,"lr":"NaN"})"};
}
