// SPDX-License-Identifier: MIT
#pragma once

#include <span>
#include <string>

#include <torch/types.h>

#include "retort/models/model.h"

namespace retort::trainer {

/// How the processes of one training act as one. All of them call the same members in the same order. This
/// one is a process by itself, with nobody to agree with.
class Strategy {
 public:
  virtual ~Strategy() = default;
  virtual int rank() const { return 0; }
  virtual int size() const { return 1; }
  bool is_main() const { return rank() == 0; }  // it alone writes files and speaks

  /// Before a step, for messages.
  virtual void begin_step(int64_t /*step*/) {}
  /// True everywhere where it is true anywhere: what depends on signals and clocks.
  virtual bool any(bool here) { return here; }
  /// Adds up over the processes.
  virtual void sum(std::span<double>) {}
  /// The backward pass. The last one of a step averages, over the processes, the gradients that this and the
  /// earlier ones gave.
  virtual void backward(const torch::Tensor& loss, bool /*is_last*/) { loss.backward(); }
  /// Rank 0's text everywhere.
  virtual std::string share(const std::string& text) { return text; }
  /// Rank 0's batch statistics everywhere: those that each process has of its own batches differ.
  virtual void share_buffers(models::Model&) {}
  /// An Error (peer) where the processes' weights are no longer the same.
  virtual void check_weights(models::Model&) {}
  /// Nobody waits for anybody any more.
  virtual void end() {}
};

}  // namespace retort::trainer
