// SPDX-License-Identifier: MIT
#include "retort/distributed/watchdog.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace retort::distributed {
namespace {

using namespace std::chrono_literals;

// What all ranks left, without a network.
class Board {
 public:
  explicit Board(size_t size) : beats_(size) {}
  Watchdog::Exchange exchange(size_t rank) {
    return [this, rank](const Beat& own) {
      while (is_blocked) std::this_thread::sleep_for(1ms);
      const std::lock_guard lock(mutex_);
      beats_[rank] = own;
      return beats_;
    };
  }
  void set(size_t rank, const Beat& beat) {
    const std::lock_guard lock(mutex_);
    beats_[rank] = beat;
  }
  std::atomic<bool> is_blocked = false;

 private:
  std::mutex mutex_{};
  std::vector<Beat> beats_;
};

// The line that a watchdog calls out, or nothing within a second.
class Line {
 public:
  Watchdog::OnSilence setter() {
    return [this](const std::string& line) {
      const std::lock_guard lock(mutex_);
      text_ = line;
    };
  }
  std::string wait(std::chrono::milliseconds most = 1000ms) {
    for (const auto end = std::chrono::steady_clock::now() + most; std::chrono::steady_clock::now() < end;) {
      std::this_thread::sleep_for(5ms);
      const std::lock_guard lock(mutex_);
      if (!text_.empty()) return text_;
    }
    return "";
  }

 private:
  std::mutex mutex_{};
  std::string text_{};
};

WatchdogOptions quick(int rank) { return {.rank = rank, .size = 2, .timeout = 100ms, .interval = 10ms}; }

TEST(Watchdog, IsQuietWhileAllLive) {
  Board board(2);
  Line line;
  const Watchdog first(quick(0), board.exchange(0), line.setter());
  const Watchdog second(quick(1), board.exchange(1), line.setter());
  EXPECT_EQ(line.wait(300ms), "");
}

TEST(Watchdog, NamesWhoFellSilentAndItsStep) {
  Board board(2);
  Line line;
  Watchdog watchdog(quick(0), board.exchange(0), line.setter());
  watchdog.set_step(13);
  board.set(1, {.count = 5, .step = 12});
  const std::string text = line.wait();
  EXPECT_NE(text.find("rank 0 of 2 stops at step 13"), text.npos) << text;
  EXPECT_NE(text.find("rank 1 (at step 12)"), text.npos) << text;
}

TEST(Watchdog, IsNotHeldUpByAStoreThatDoesNotAnswer) {
  Board board(2);
  Line line;
  board.is_blocked = true;
  const Watchdog watchdog(quick(1), board.exchange(1), line.setter());
  const std::string text = line.wait();
  EXPECT_NE(text.find("rank 0"), text.npos) << text;
  board.is_blocked = false;
}

TEST(Watchdog, TakesAStoreThatIsGoneForItsHolder) {
  Line line;
  const Watchdog watchdog(
      quick(1), [](const Beat&) -> std::vector<Beat> { throw std::runtime_error("gone"); }, line.setter());
  EXPECT_NE(line.wait().find("rank 0"), std::string::npos);
}

TEST(Watchdog, FindsWhoWasLostWithoutWaitingForTheTimeout) {
  Board board(2);
  Line line;
  WatchdogOptions options = quick(0);
  options.timeout = 100s;
  Watchdog watchdog(options, board.exchange(0), line.setter());
  board.set(1, {.count = 5, .step = 7});
  EXPECT_EQ(watchdog.find_lost(), "rank 1 (at step 7)");
  EXPECT_EQ(line.wait(50ms), "");
}

}  // namespace
}  // namespace retort::distributed
