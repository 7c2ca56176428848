// SPDX-License-Identifier: MIT
#pragma once

#include <memory>

#include "retort/distributed/gradient_sync.h"
#include "retort/distributed/group.h"
#include "retort/trainer/strategy.h"

namespace retort::trainer {

/// Each process has the whole network and its part of every batch; gradients are averaged, so that all do the
/// same step (Lightning's "ddp").
class DdpStrategy : public Strategy {
 public:
  /// Makes the network that of rank 0. With sync_batchnorm, batch statistics are those of all parts together,
  /// for what this thread trains while this object lives.
  DdpStrategy(distributed::Group& group, models::Model& model, bool sync_batchnorm);
  ~DdpStrategy() override;
  DdpStrategy(const DdpStrategy&) = delete;
  DdpStrategy& operator=(const DdpStrategy&) = delete;

  int rank() const override { return group_.place().rank; }
  int size() const override { return group_.place().size; }
  void begin_step(int64_t step) override { group_.set_step(step); }
  bool any(bool here) override;
  void sum(std::span<double> values) override { group_.sum(values); }
  void backward(const torch::Tensor& loss, bool is_last) override;
  std::string share(const std::string& text) override { return group_.broadcast(text); }
  void share_buffers(models::Model& model) override { group_.broadcast(model.buffers()); }
  void check_weights(models::Model& model) override { group_.expect_same(model.parameters()); }
  void end() override { group_.part(); }

 private:
  distributed::Group& group_;
  distributed::GradientSync gradients_;
};

}  // namespace retort::trainer
