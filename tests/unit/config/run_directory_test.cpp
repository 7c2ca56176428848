// SPDX-License-Identifier: MIT
#include "retort/config/run_directory.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

#include "retort/core/error.h"

namespace retort::config {
namespace {

namespace fs = std::filesystem;

class RunDirectory : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "retort_run_XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

TEST_F(RunDirectory, ANameThatIsTakenGetsANumber) {
  const fs::path name = folder_ / "2026-11-24" / "15-23-51";
  EXPECT_EQ(make_run_folder(name, /*must_be_new=*/true), name);
  EXPECT_EQ(make_run_folder(name, /*must_be_new=*/true), name.string() + "-2");
  EXPECT_EQ(make_run_folder(name, /*must_be_new=*/true), name.string() + "-3");
  EXPECT_EQ(make_run_folder(name, /*must_be_new=*/false), name);
}

TEST_F(RunDirectory, WhatCannotBeMadeIsAnErrorOfResources) {
  std::ofstream(folder_ / "file") << "x";
  for (const bool must_be_new : {true, false}) {
    try {
      make_run_folder(folder_ / "file" / "run", must_be_new);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::resources);
    }
  }
}

TEST_F(RunDirectory, RemembersTheOverridesOfARun) {
  EXPECT_EQ(read_task_overrides(folder_), std::nullopt);
  fs::create_directory(folder_ / ".hydra");
  const fs::path file = folder_ / ".hydra" / "overrides.yaml";
  std::ofstream(file) << "- a=1\n- 'b=[x, y]'\n";
  EXPECT_EQ(read_task_overrides(folder_), (std::vector<std::string>{"a=1", "b=[x, y]"}));
  std::ofstream(file) << "[]\n";
  EXPECT_EQ(read_task_overrides(folder_), std::vector<std::string>{});
  std::ofstream(file) << "a: 1\n";
  EXPECT_THROW(read_task_overrides(folder_), Error);
}

}  // namespace
}  // namespace retort::config
