// SPDX-License-Identifier: MIT
#include "retort/core/file.h"

#include <csignal>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retort/core/input_file.h"
#include "retort/core/sha256.h"

namespace retort {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLimit = 1 << 20;

std::span<const std::byte> bytes_of(std::string_view text) { return std::as_bytes(std::span(text)); }

// The message of the Error that the action ends in; fails where it ends well or with another code.
template <typename Action>
std::string error_of(ExitCode code, Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    return error.what();
  }
  ADD_FAILURE() << "no Error";
  return "";
}

class AtomicFileTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/file_test.XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    path_ = folder_ / "target.txt";
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string content() const { return read_file(path_, kLimit, ExitCode::data); }
  size_t count_of_files() const {
    return static_cast<size_t>(std::distance(fs::directory_iterator(folder_), fs::directory_iterator()));
  }

  fs::path folder_, path_;
};

TEST_F(AtomicFileTest, ReplacesTheOldContentOnlyAtCommit) {
  write_file_atomically(path_, "old");
  AtomicFile file(path_);
  file.write(bytes_of("new "));
  file.write(bytes_of("content"));
  EXPECT_EQ(content(), "old");
  file.commit();
  EXPECT_EQ(content(), "new content");
  EXPECT_EQ(file.size(), 11u);
  EXPECT_EQ(file.sha256(), sha256_of("new content"));
  EXPECT_EQ(count_of_files(), 1u);
}

TEST_F(AtomicFileTest, LeavesNothingWhenItIsNotCommitted) {
  {
    AtomicFile file(path_);
    file.write(bytes_of("half"));
    EXPECT_EQ(count_of_files(), 1u);
    EXPECT_TRUE(is_temporary_name(fs::directory_iterator(folder_)->path().filename().string()));
  }
  EXPECT_EQ(count_of_files(), 0u);
  EXPECT_FALSE(is_temporary_name("target.txt"));
  EXPECT_FALSE(is_temporary_name(".retort-0123456789abcdeX.tmp"));
}

TEST_F(AtomicFileTest, ReservedRoomThatIsNotUsedDoesNotShow) {
  AtomicFile file(path_, /*expected_bytes=*/100'000);
  file.write(bytes_of("short"));
  file.commit();
  EXPECT_EQ(content(), "short");
}

TEST_F(AtomicFileTest, HasTheModeThatTheUmaskLeaves) {
  const mode_t old = umask(027);
  write_file_atomically(path_, "");
  umask(old);
  EXPECT_EQ(fs::status(path_).permissions(), fs::perms(0640));
}

TEST_F(AtomicFileTest, DoesNotWriteThroughOrOverALink) {
  const fs::path outside = folder_ / "outside";
  write_file_atomically(outside, "precious");
  fs::create_symlink(outside, path_);
  const std::string message =
      error_of(ExitCode::resources, [&] { write_file_atomically(path_, "overwritten"); });
  EXPECT_NE(message.find("symbolic link"), std::string::npos) << message;
  EXPECT_NE(message.find(path_.string()), std::string::npos) << message;
  EXPECT_EQ(read_file(outside, kLimit, ExitCode::data), "precious");
  EXPECT_TRUE(fs::is_symlink(path_));
}

TEST_F(AtomicFileTest, RefusesAFolderAPipeAndAnAbsentFolder) {
  error_of(ExitCode::resources, [&] { AtomicFile file(folder_); });
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  error_of(ExitCode::resources, [&] { AtomicFile file(path_); });
  const std::string message =
      error_of(ExitCode::resources, [&] { AtomicFile file(folder_ / "absent" / "a"); });
  EXPECT_NE(message.find("No such file or directory"), std::string::npos) << message;
}

// RLIMIT_FSIZE stands for every refused write; its signal is ignored as watch_stop_signals() does.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit limit{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &old_); }

 private:
  rlimit old_{};
};

TEST_F(AtomicFileTest, ARefusedWriteKeepsTheOldContentAndSaysWhatItNeeded) {
  write_file_atomically(path_, "old");
  const std::string large(100'000, 'x');
  const std::string message = error_of(ExitCode::resources, [&] {
    const FileSizeLimit limit(4096);
    AtomicFile file(path_);
    file.write(bytes_of(large));
  });
  EXPECT_NE(message.find("File too large (needs 93.7 KiB more after 4.0 KiB"), std::string::npos) << message;
  EXPECT_EQ(content(), "old");
  EXPECT_EQ(count_of_files(), 1u);
}

TEST_F(AtomicFileTest, RoomThatIsNotThereShowsBeforeTheFirstByte) {
  constexpr uint64_t kPebibyte = uint64_t{1} << 50;
  const std::string message = error_of(ExitCode::resources, [&] { AtomicFile file(path_, kPebibyte); });
  EXPECT_NE(message.find("needs 1024.0 TiB more"), std::string::npos) << message;
  EXPECT_EQ(count_of_files(), 0u);
}

TEST_F(AtomicFileTest, ALinkIsReplacedInOneStepAndAFileNever) {
  const fs::path link = folder_ / "last";
  replace_link(link, "step-1");
  replace_link(link, "step-2");
  EXPECT_EQ(fs::read_symlink(link), "step-2");
  EXPECT_EQ(count_of_files(), 1u);
  write_file_atomically(path_, "a file");
  error_of(ExitCode::resources, [&] { replace_link(path_, "step-2"); });
  EXPECT_EQ(content(), "a file");
  EXPECT_EQ(count_of_files(), 2u);
}

TEST_F(AtomicFileTest, MakesFoldersOnTheWay) {
  const fs::path deep = folder_ / "a" / "b" / "c";
  make_folders(deep);
  make_folders(deep);
  EXPECT_TRUE(fs::is_directory(deep));
  write_file_atomically(path_, "a file");
  error_of(ExitCode::resources, [&] { make_folders(path_); });
  error_of(ExitCode::resources, [&] { make_folders(path_ / "below"); });
}

TEST_F(AtomicFileTest, ReadsAWholeFileUpToALimit) {
  write_file_atomically(path_, "12345");
  EXPECT_EQ(read_file(path_, 5, ExitCode::data), "12345");
  const std::string message = error_of(ExitCode::config, [&] { read_file(path_, 4, ExitCode::config); });
  EXPECT_NE(message.find("5 B, more than the 4 B"), std::string::npos) << message;
}

TEST_F(AtomicFileTest, ReadsRegularFilesOnlyAndDoesNotWaitForAPipe) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  error_of(ExitCode::data, [&] { read_file(path_, kLimit, ExitCode::data); });
  error_of(ExitCode::data, [&] { read_file(folder_, kLimit, ExitCode::data); });
  error_of(ExitCode::data, [&] { read_file("/dev/zero", kLimit, ExitCode::data); });
  error_of(ExitCode::checkpoint, [&] { read_file(folder_ / "absent", kLimit, ExitCode::checkpoint); });
}

TEST_F(AtomicFileTest, AFileCutShortWhileItIsReadIsAnError) {
  write_file_atomically(path_, "0123456789");
  const InputFile file(path_, ExitCode::data);
  fs::resize_file(path_, 4);
  std::string content(file.size(), '\0');
  const std::string message =
      error_of(ExitCode::data, [&] { file.read(0, std::as_writable_bytes(std::span(content))); });
  EXPECT_NE(message.find("it ends at byte 4"), std::string::npos) << message;
}

}  // namespace
}  // namespace retort
