// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow_meta.h"

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

// What mlflow-skinny 3.17.2 wrote: MlflowClient("mlruns").create_experiment("parity experiment"), and in it
// create_run(..., run_name="it's: b") and set_terminated().
constexpr char kExperiment[] =
    "artifact_location: /tmp/mlruns/293231842371480921\ncreation_time: 1795598414075\n"
    "effective_trace_archival_retention: null\nexperiment_id: '293231842371480921'\n"
    "last_update_time: 1795598414075\nlifecycle_stage: active\nname: parity experiment\n"
    "trace_location: null\nworkspace: default\n";
constexpr char kRun[] =
    "artifact_uri: /tmp/mlruns/293231842371480921/eecd27deca464b45991b57fd9e3374b1/artifacts\n"
    "end_time: 1795598414179\nentry_point_name: ''\nexperiment_id: '293231842371480921'\n"
    "lifecycle_stage: active\nrun_id: eecd27deca464b45991b57fd9e3374b1\nrun_name: 'it''s: b'\n"
    "source_name: ''\nsource_type: 4\nsource_version: ''\nstart_time: 1795598414140\nstatus: 3\ntags: []\n"
    "user_id: unknown\n";

TEST(MlflowMeta, ReadsAnExperimentOfMlflows) {
  const auto meta = parse_mlflow_experiment_meta(kExperiment);
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->id, "293231842371480921");
  EXPECT_EQ(meta->name, "parity experiment");
  EXPECT_EQ(meta->created_ms, 1795598414075);
}

TEST(MlflowMeta, WritesARunAsMlflowDoes) {
  const auto meta = parse_mlflow_run_meta(kRun);
  ASSERT_TRUE(meta);
  EXPECT_EQ(meta->name, "it's: b");
  EXPECT_EQ(to_yaml(*meta), kRun);
}

TEST(MlflowMeta, KeepsOddNames) {
  for (const char* name :
       {"it's", "a: b", "123", "true", " x ", "line\nbreak", "\x01", "ü", "${x}", "???", "#"}) {
    const auto run =
        parse_mlflow_run_meta(to_yaml(MlflowRunMeta{.id = "0", .experiment_id = "1", .name = name}));
    ASSERT_TRUE(run) << name;
    EXPECT_EQ(run->name, name);
  }
}

TEST(MlflowMeta, RefusesWhatIsNone) {
  for (const char* text : {"", "[]", "name", "name: x\n", "{", "experiment_id: 5\nname: x\n"}) {
    EXPECT_FALSE(parse_mlflow_experiment_meta(text)) << text;
    EXPECT_FALSE(parse_mlflow_run_meta(text)) << text;
  }
}

}  // namespace
}  // namespace retort::tracking
