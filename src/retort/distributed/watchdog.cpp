// SPDX-License-Identifier: MIT
#include "retort/distributed/watchdog.h"

#include <exception>
#include <utility>

#include <fmt/format.h>

namespace retort::distributed {

Watchdog::Watchdog(WatchdogOptions options, Exchange exchange, OnSilence on_silence)
    : options_(options),
      exchange_(std::move(exchange)),
      on_silence_(std::move(on_silence)),
      peers_(static_cast<size_t>(options.size)),
      beater_([this] { beat(); }),
      judge_([this] { judge(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_all();
  judge_.join();
  beater_.join();
}

void Watchdog::beat() {
  for (int64_t count = 0;; ++count) {
    std::vector<Beat> beats;
    try {
      beats = exchange_({count, step_});
    } catch (const std::exception&) {  // that nothing is heard is what judge() looks at
    }
    std::unique_lock lock(mutex_);
    for (size_t rank = 0; rank < beats.size(); ++rank)
      if (beats[rank].count != std::exchange(peers_[rank].beat, beats[rank]).count)
        peers_[rank].heard = Clock::now();
    if (changed_.wait_for(lock, options_.interval, [this] { return is_over_; })) return;
  }
}

void Watchdog::judge() {
  std::unique_lock lock(mutex_);
  auto looked = Clock::now();
  while (!changed_.wait_for(lock, options_.interval / 2, [this] { return is_over_; })) {
    // Who was stopped himself, with his job or his machine, does not know who was silent meanwhile.
    const auto now = Clock::now();
    if (now - std::exchange(looked, now) > options_.timeout / 2)
      for (Peer& peer : peers_) peer.heard = now;
    const auto silent = is_losing_ ? std::nullopt : silent_since(options_.timeout);
    if (!silent) continue;
    const auto seconds =
        std::chrono::duration<double>(Clock::now() - peers_[static_cast<size_t>(*silent)].heard).count();
    const std::string line = fmt::format(
        "rank {} of {} stops at step {}: nothing was heard of {} for {:.0f} s; it is stuck or gone",
        options_.rank, options_.size, step_.load(), name_of(*silent), seconds);
    is_losing_ = true;
    lock.unlock();
    on_silence_(line);
    lock.lock();
  }
}

std::string Watchdog::name_of(int rank) const {
  return fmt::format("rank {} (at step {})", rank, peers_[static_cast<size_t>(rank)].beat.step);
}

// Where not even our own beat comes back, it is the store's holder that does not answer: rank 0.
std::optional<int> Watchdog::silent_since(Clock::duration silence) const {
  const auto is_silent = [&](int rank) {
    return Clock::now() - peers_[static_cast<size_t>(rank)].heard > silence;
  };
  if (is_silent(options_.rank)) return 0;
  for (int rank = 0; rank < options_.size; ++rank)
    if (is_silent(rank)) return rank;
  return std::nullopt;
}

std::optional<std::string> Watchdog::find_lost() {
  std::unique_lock lock(mutex_);
  is_losing_ = true;
  const auto silence = 3 * options_.interval;
  for (const auto begin = Clock::now(); Clock::now() - begin < 2 * silence;) {
    if (const auto silent = silent_since(silence)) return name_of(*silent);
    changed_.wait_for(lock, options_.interval / 2);
  }
  return std::nullopt;
}

}  // namespace retort::distributed
