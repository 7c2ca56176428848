// SPDX-License-Identifier: MIT
#include "retort/tracking/mlflow_state.h"

#include <gtest/gtest.h>

namespace retort::tracking {
namespace {

TEST(MlflowState, IsReadBack) {
  const auto read = parse_mlflow_state(
      to_json(MlflowState{.tracking_uri = "mlruns", .run_id = "0a", .has_params = true, .rows_sent = 7}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->tracking_uri, "mlruns");
  EXPECT_EQ(read->run_id, "0a");
  EXPECT_TRUE(read->has_params);
  EXPECT_EQ(read->rows_sent, 7u);
}

TEST(MlflowState, RefusesWhatIsDamaged) {
  for (const char* text : {"", "{}", R"({"tracking_uri":5,"run_id":"","has_params":false,"rows_sent":0})",
                           R"({"tracking_uri":"","run_id":"../x","has_params":false,"rows_sent":0})"})
    EXPECT_FALSE(parse_mlflow_state(text)) << text;
}

}  // namespace
}  // namespace retort::tracking
