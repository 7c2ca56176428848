// SPDX-License-Identifier: MIT
#include "retort/report/study_record.h"

#include <regex>
#include <string>

#include <gtest/gtest.h>

namespace retort::report {
namespace {

std::string study(const std::string& accuracies, const std::string& losses = "[1,2]") {
  return R"({"teacher":{"test/loss":1},"seeds":{"seeds":[0,1],"teacher":{"network":"mlp","test/accuracy_top1":)" +
         accuracies + R"(,"test/errors":[],"test/loss":)" + losses +
         R"(,"test/ece":[],"test/agreement":[],"folders":["../a"]}},"verdicts":["a line"]})";
}

TEST(StudyRecord, IsReadFromResults) {
  const auto record = parse_study_record(study("[0.5,1]"));
  ASSERT_TRUE(record);
  EXPECT_EQ(record->seeds, (std::vector<int64_t>{0, 1}));
  ASSERT_EQ(record->arms.size(), 1u);
  EXPECT_EQ(record->arms[0].name, "teacher");
  EXPECT_EQ(record->arms[0].accuracies, (std::vector<double>{0.5, 1}));
  EXPECT_EQ(record->arms[0].folders, (std::vector<std::string>{"../a"}));
  EXPECT_EQ(record->verdicts, (std::vector<std::string>{"a line"}));
}

TEST(StudyRecord, SaysWhichPicturesItIsOf) {
  const std::string of_test = study("[0.5,1]");
  EXPECT_TRUE(parse_study_record(of_test)->is_of_test_set);
  const auto held_out = parse_study_record(std::regex_replace(of_test, std::regex("test/"), "val/"));
  ASSERT_TRUE(held_out);
  EXPECT_FALSE(held_out->is_of_test_set);
  EXPECT_EQ(held_out->arms[0].accuracies, (std::vector<double>{0.5, 1}));
}

TEST(StudyRecord, RefusesWhatIsNoneAndWhatContradictsItself) {
  for (const std::string& text :
       {std::string("{}"), std::string(R"({"test/loss":1})"), study("[]"), study("[0.5,7]"), study("[0.5]"),
        study("[0.5,1]", "[\"x\"]"), study("[0.5,1]").substr(0, 80)})
    EXPECT_FALSE(parse_study_record(text)) << text;
}

}  // namespace
}  // namespace retort::report
