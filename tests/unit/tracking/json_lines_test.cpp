// SPDX-License-Identifier: MIT
#include "retort/tracking/json_lines.h"

#include <cmath>
#include <filesystem>
#include <limits>

#include <gtest/gtest.h>

#include "retort/core/file.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;

class JsonLinesTest : public testing::Test {
 protected:
  fs::path path_ =
      fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();

  void SetUp() override { fs::remove(path_); }
  std::string content() const { return read_file(path_, 1 << 20, ExitCode::data); }
};

TEST_F(JsonLinesTest, WritesALineEachTimeAndReadsItBack) {
  {
    JsonLinesTracker tracker(path_, -1);
    tracker.log(1, 0, {{"train/loss", 1.0 / 3}, {"a \"b\"", std::nan("")}});
    tracker.log(2, 0, {{"train/loss", -std::numeric_limits<double>::infinity()}});
  }
  EXPECT_EQ(content(),
            "{\"epoch\":0,\"step\":1,\"train/loss\":0.3333333333333333,\"a \\\"b\\\"\":\"NaN\"}\n"
            "{\"epoch\":0,\"step\":2,\"train/loss\":\"-Infinity\"}\n");
  const auto rows = read_metric_log(path_).rows;
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].metrics[0], (std::pair<std::string, double>("train/loss", 1.0 / 3)));
  EXPECT_TRUE(std::isnan(rows[0].metrics[1].second));
  EXPECT_EQ(rows[1].metrics[0].second, -std::numeric_limits<double>::infinity());
}

TEST_F(JsonLinesTest, ResumeCutsBackToTheCheckpointAndDropsATornLine) {
  {
    JsonLinesTracker tracker(path_, -1);
    for (int step = 1; step <= 4; ++step) tracker.log(step, 0, {{"loss", step}});
  }
  write_file_atomically(path_, content() + "{\"epoch\":0,\"st");
  {
    JsonLinesTracker tracker(path_, 2);
    tracker.log(3, 0, {{"loss", 30}});
  }
  const auto rows = read_metric_log(path_).rows;
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[2].metrics[0].second, 30);
}

TEST_F(JsonLinesTest, ADamagedLineEndsTheLogAndATornOneIsNoDamage) {
  const std::string row = "{\"epoch\":0,\"step\":1,\"loss\":1}\n";
  for (const auto& [text, is_damaged] : {std::pair<std::string, bool>{"{\"epoch\":0,\"st", false},
                                         {"{\"epoch\":0,\"st\n", true},
                                         {"\n" + row, true},
                                         {std::string("\0\0\n", 3) + row, true},
                                         {"", false}}) {
    write_file_atomically(path_, row + text);
    const MetricLog log = read_metric_log(path_);
    EXPECT_EQ(log.rows.size(), 1u) << text;
    EXPECT_EQ(log.is_damaged, is_damaged) << text;
  }
}

TEST_F(JsonLinesTest, TheLastRowsAreThoseThatBeginInTheLastBytes) {
  {
    JsonLinesTracker tracker(path_, -1);
    for (int step = 1; step <= 9; ++step) tracker.log(step, 0, {{"loss", step}});
  }
  const size_t row = content().size() / 9;
  for (const auto& [bytes, count] :
       {std::pair{9 * row, 9u}, {1000, 9}, {2 * row, 2}, {2 * row - 1, 1}, {1, 0}}) {
    const auto rows = read_end_of_metric_log(path_, bytes).rows;
    ASSERT_EQ(rows.size(), count) << bytes;
    EXPECT_TRUE(rows.empty() || rows.back().step == 9) << bytes;
  }
  EXPECT_TRUE(read_end_of_metric_log("nowhere", 10).rows.empty());
}

TEST(MetricRow, IsRefusedWhereItIsNoneOfOurs) {
  EXPECT_TRUE(parse_metric_row(R"({"epoch":0,"step":1})"));
  for (const char* line : {"", "[]", "{}", "null", R"({"epoch":0})", R"({"epoch":0,"step":1.5})",
                           R"({"epoch":0,"step":1,"a":"b"})", R"({"epoch":0,"step":1,"a":[1]})"})
    EXPECT_FALSE(parse_metric_row(line)) << line;
}

}  // namespace
}  // namespace retort::tracking
