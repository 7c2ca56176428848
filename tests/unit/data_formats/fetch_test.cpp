// SPDX-License-Identifier: MIT
#include "retort/data/fetch.h"

#include <thread>

#include "retort/core/file.h"
#include "retort/core/sha256.h"
#include "scripted_server.h"
#include "support.h"
#include "whole_cifar10.h"

namespace retort::data {
namespace {

namespace fs = std::filesystem;

class FetchCifar10 : public testing::Test {
 protected:
  static const std::string& archive() {
    static const std::string packed = gzipped(cifar10_tar());
    return packed;
  }
  DataOptions options() const {
    return {.root = folder_.path() / "data", .download = true, .sha256 = sha256_of(archive())};
  }
  static Answer whole(const std::string& body) {
    return {.text = "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
  }

  TemporaryFolder folder_;
};

TEST_F(FetchCifar10, OneOfManyFetchesAndTheOthersWait) {
  ScriptedServer server([](const std::string&, int) { return whole(archive()); });
  DataOptions fetching = options();
  fetching.url = server.url();
  std::vector<std::thread> runs;
  std::atomic<int> succeeded = 0;
  for (int i = 0; i < 8; ++i)
    runs.emplace_back([&] {
      fetch_cifar10(fetching);
      succeeded += has_cifar10(fetching.root);
    });
  for (std::thread& run : runs) run.join();
  EXPECT_EQ(succeeded, 8);
  EXPECT_EQ(server.requests().size(), 1u);
  EXPECT_FALSE(fs::exists(fetching.root / kCifar10Archive)) << "the six files are all that is kept";

  fetching.url = "http://127.0.0.1:1/nobody-there";
  fetch_cifar10(fetching);  // nothing to do
}

TEST_F(FetchCifar10, TakesTheArchiveThatLiesThereAndLeavesIt) {
  DataOptions offline = options();
  offline.download = false;
  write(offline.root / kCifar10Archive, archive());
  // What is left of a process that was killed while it wrote: a temporary file of AtomicFile's.
  fs::path leftover;
  {
    fs::create_directories(offline.root / kCifar10Folder);
    AtomicFile file(offline.root / kCifar10Folder / "test_batch.bin");
    leftover = fs::directory_iterator(offline.root / kCifar10Folder)->path();
  }
  write(leftover, "half a file");
  fetch_cifar10(offline);
  EXPECT_FALSE(fs::exists(leftover));
  EXPECT_TRUE(has_cifar10(offline.root));
  EXPECT_TRUE(fs::exists(offline.root / kCifar10Archive));
}

TEST_F(FetchCifar10, ReadsNothingFromAnArchiveWithAnotherChecksum) {
  DataOptions other = options();
  other.sha256 = std::string(64, '0');
  other.url = "http://127.0.0.1:1/never-asked";
  write(other.root / kCifar10Archive, archive());
  const auto message = error_of(ExitCode::data, [&] { fetch_cifar10(other); });
  EXPECT_NE(
      message.find("expected SHA-256 " + *other.sha256 + " (data.sha256), found " + sha256_of(archive())),
      std::string::npos)
      << message;
  EXPECT_FALSE(fs::exists(other.root / kCifar10Folder));
}

TEST_F(FetchCifar10, SaysWhatWouldBeRightWhenNothingIsThere) {
  DataOptions offline{.root = folder_.path() / "nowhere"};
  EXPECT_EQ(error_of(ExitCode::data, [&] { fetch_cifar10(offline); }),
            "CIFAR-10 not found: expected cifar-10-batches-bin or cifar-10-binary.tar.gz under '" +
                offline.root.string() + "' (data.root); add data.download=True to fetch it");
  EXPECT_FALSE(fs::exists(offline.root));
  offline.download = true;
  error_of(ExitCode::config, [&] { fetch_cifar10(offline); });
}

}  // namespace
}  // namespace retort::data
