// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <torch/types.h>

#include "retort/distributed/place.h"

namespace c10d {
class ProcessGroup;
}

namespace retort::distributed {

/// The processes of one training, joined by LibTorch's Gloo over loopback or the network; what lies on GPUs
/// goes by NCCL. Every member but place() and set_step() is called by all of them, in the same order, with
/// tensors of the same shapes.
///
/// A peer that dies, hangs or is stopped ends this process: a call that waits for it gives an Error (peer) as
/// soon as its connection breaks, and where it only falls silent the process exits with that code, `timeout`
/// after the last sign of life. Either line names rank and step. Nothing of the group works after that.
class Group {
 public:
  struct Options {
    Place place{};
    bool has_gpus = false;                                         // each rank computes on one of its own
    std::chrono::milliseconds timeout{60000};                      // of silence
    std::chrono::milliseconds join_timeout{300000};                // until all are there
    std::function<void(const std::string& line)> last_words = {};  // hears the line before the process exits
  };

  /// Returns once all have joined; an Error (peer) where they do not within join_timeout. A stop that is
  /// asked for meanwhile ends the process (interrupted).
  explicit Group(Options options);
  ~Group();
  Group(const Group&) = delete;
  Group& operator=(const Group&) = delete;

  const Place& place() const { return options_.place; }

  /// Rank 0's everywhere.
  void broadcast(const std::vector<torch::Tensor>& tensors);
  std::string broadcast(const std::string& text);
  /// Sums over the ranks, in place; the same bits everywhere.
  void sum(std::span<double> values);
  /// An Error (peer) everywhere when the tensors differ between ranks in one bit: the training has gone
  /// apart.
  void expect_same(const std::vector<torch::Tensor>& tensors);

  /// The training is done, for all: from now on nobody waits for anybody.
  void part();

  /// For messages, also the others': the step that is being done.
  void set_step(int64_t step);

  /// Runs what talks to the peers by itself, and makes Gloo's and NCCL's failures Errors (peer).
  void guarded(const char* what, const std::function<void()>& work);
  c10d::ProcessGroup& process_group();

 private:
  struct Impl;

  Options options_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace retort::distributed
