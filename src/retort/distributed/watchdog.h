// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace retort::distributed {

/// What a process says of itself: that it lives, and which step it is at.
struct Beat {
  int64_t count = 0;
  int64_t step = 0;
};

struct WatchdogOptions {
  int rank = 0, size = 1;
  std::chrono::milliseconds timeout{60000};  // of silence
  std::chrono::milliseconds interval{500};   // between two beats
};

/// Watches whether the other processes of a training live: each says so every half second, from a thread of
/// its own, so that neither a long step nor a long save looks like death. One that was stopped, was killed,
/// or sits on a machine that is gone, falls silent; while we are stopped ourselves, nobody is. Where one has
/// been silent for `timeout`, `on_silence` is called with a line that names it, from a thread that nothing
/// blocks: neither a collective that waits for ever nor a store that does not answer.
class Watchdog {
 public:
  /// Leaves our beat with the others' and returns the newest of all, a rank each; throws where it cannot.
  using Exchange = std::function<std::vector<Beat>(const Beat& own)>;
  using OnSilence = std::function<void(const std::string& line)>;

  Watchdog(WatchdogOptions options, Exchange exchange, OnSilence on_silence);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  void set_step(int64_t step) { step_ = step; }
  int64_t step() const { return step_; }

  /// Who fell silent, for whoever has just lost a connection: "rank 1 (at step 12)". Waits some beats to see,
  /// and says nothing where all go on. From now on nobody is waited for: the caller ends the process.
  std::optional<std::string> find_lost();

 private:
  using Clock = std::chrono::steady_clock;
  struct Peer {
    Beat beat{-1, 0};
    Clock::time_point heard = Clock::now();
  };

  void beat();
  void judge();
  std::string name_of(int rank) const;
  std::optional<int> silent_since(Clock::duration silence) const;

  const WatchdogOptions options_;
  const Exchange exchange_;
  const OnSilence on_silence_;
  std::atomic<int64_t> step_ = 0;
  mutable std::mutex mutex_{};
  std::condition_variable changed_{};
  std::vector<Peer> peers_;
  bool is_over_ = false, is_losing_ = false;
  std::thread beater_, judge_;  // last: they use the others
};

}  // namespace retort::distributed
