// SPDX-License-Identifier: MIT
#include "retort/config/help.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace retort::config {
namespace {

using Names = std::vector<std::string>;

TEST(Help, FindsTheChoicesThatACommentLists) {
  EXPECT_EQ(choices_in("none, crop, crop_flip"), (Names{"none", "crop", "crop_flip"}));
  EXPECT_EQ(choices_in("train, validation or test"), (Names{"train", "validation", "test"}));
  EXPECT_EQ(choices_in("what this run trains: teacher, student (alone) or distill"),
            (Names{"teacher", "student", "distill"}));
  EXPECT_EQ(choices_in("mean: of probabilities; geometric_mean: of logits"),
            (Names{"mean", "geometric_mean"}));
  EXPECT_EQ(choices_in("any of: csv"), (Names{"csv"}));
}

TEST(Help, ProseListsNoChoices) {
  for (const char* comment :
       {"", "pixels", "a file, or a list of files: an ensemble", "-1: no limit", "-1: no limit; 0: none",
        "an integer: so many batches; a float: that share of them", "tau: softens both distributions",
        "fetch the archive when it is absent, checked by size and SHA-256"})
    EXPECT_EQ(choices_in(comment), Names{}) << comment;
}

TEST(Help, CommentStandsBehindTheValue) {
  const auto file = std::filesystem::temp_directory_path() / "retort_help_test.yaml";
  std::ofstream(file) << "a: 1  # the first\nb: 'x # y'  # the second\nc: x#y\n";
  const auto comment_at = [&](int line) {
    return comment_of(Node(1, Source{.where = file.string(), .line = line, .column = 4}));
  };
  EXPECT_EQ(comment_at(1), "the first");
  EXPECT_EQ(comment_at(2), "the second");
  EXPECT_EQ(comment_at(3), "");
  EXPECT_EQ(comment_at(4), "");
  std::filesystem::remove(file);
  EXPECT_EQ(comment_at(1), "");
  EXPECT_EQ(comment_of(Node(1)), "");
}

}  // namespace
}  // namespace retort::config
