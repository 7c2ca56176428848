// SPDX-License-Identifier: MIT
#include "retort/tracking/append_file.h"

#include <csignal>
#include <filesystem>

#include <gtest/gtest.h>
#include <sys/resource.h>

#include "retort/core/error.h"
#include "retort/core/file.h"

namespace retort::tracking {
namespace {

namespace fs = std::filesystem;

class AppendFileTest : public testing::Test {
 protected:
  fs::path path_ =
      fs::path(testing::TempDir()) / testing::UnitTest::GetInstance()->current_test_info()->name();

  void SetUp() override { fs::remove(path_); }
  std::string content() const { return read_file(path_, 1 << 20, ExitCode::data); }
};

TEST_F(AppendFileTest, GrowsAtOnceAndIsCutBack) {
  AppendFile file(path_, 0);
  file.append("one two three");
  EXPECT_EQ(content(), "one two three");
  file.cut_back(3);
  file.append(" four");
  EXPECT_EQ(content(), "one four");
  EXPECT_EQ(file.size(), 8u);
}

TEST_F(AppendFileTest, KeepsWhatItIsToldToKeep) {
  { AppendFile(path_, 0).append("0123456789"); }
  AppendFile file(path_, 4);
  EXPECT_EQ(content(), "0123");
}

TEST_F(AppendFileTest, DoesNotFollowALink) {
  fs::create_symlink("/tmp/elsewhere", path_);
  EXPECT_THROW(AppendFile(path_, 0), Error);
}

// A limit on the file's size fails as a full disk does.
TEST_F(AppendFileTest, KeepsWhatDoesNotFitUntilThereIsRoom) {
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const rlimit tight{.rlim_cur = 5, .rlim_max = before.rlim_max};
  AppendFile file(path_, 0);
  setrlimit(RLIMIT_FSIZE, &tight);
  file.append("0123456789");
  EXPECT_THROW(file.flush(), Error);
  file.append("abc");
  setrlimit(RLIMIT_FSIZE, &before);
  file.flush();
  EXPECT_EQ(content(), "0123456789abc");
}

}  // namespace
}  // namespace retort::tracking
