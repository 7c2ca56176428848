// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/nonfinite_policy.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <torch/utils.h>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

NonFinitePolicyCallback::NonFinitePolicyCallback(const TrainerOptions& options, Console& console,
                                                 std::filesystem::path checkpoints)
    : policy_(options.on_nonfinite),
      most_(options.max_nonfinite),
      console_(console),
      checkpoints_(std::move(checkpoints)) {}

void NonFinitePolicyCallback::on_train_batch_start(Trainer& trainer) {
  if (policy_ == NonFinitePolicy::stop) return;
  const torch::NoGradGuard no_grad;
  const auto buffers = trainer.model().buffers();
  buffers_.resize(buffers.size());
  for (size_t i = 0; i < buffers.size(); ++i) {
    if (!buffers_[i].defined()) buffers_[i] = at::empty_like(buffers[i]);
    buffers_[i].copy_(buffers[i]);
  }
}

void NonFinitePolicyCallback::on_train_batch_end(Trainer&, const StepResult&) {
  if (policy_ == NonFinitePolicy::skip) count_ = 0;
}

void NonFinitePolicyCallback::on_nonfinite(Trainer& trainer, const NonFinite& found) {
  constexpr char kAdvice[] = "A smaller optimizer.lr or a warm-up (schedule.warmup_epochs) usually helps";
  if (policy_ == NonFinitePolicy::stop)
    throw Error(ExitCode::numeric, fmt::format("{}; the step was not done. {}", found.to_string(), kAdvice));
  if (++count_ > most_)
    throw Error(ExitCode::numeric, fmt::format("{}; that is more than trainer.max_nonfinite={}. {}",
                                               found.to_string(), most_, kAdvice));
  if (policy_ == NonFinitePolicy::rollback) {
    if (const auto folder = checkpoint::CheckpointStore(checkpoints_).newest()) {
      trainer.load_tensors(checkpoint::load_checkpoint(*folder), *folder);
      console_.warn(fmt::format("{}; back to the network of {}, and on with the next batch",
                                found.to_string(), printable(folder->filename().string())));
      return;
    }
    console_.warn("there is no checkpoint to go back to yet: the batch is left out");
  }
  const torch::NoGradGuard no_grad;
  const auto buffers = trainer.model().buffers();
  for (size_t i = 0; i < buffers.size(); ++i) buffers[i].copy_(buffers_[i]);
  console_.warn(fmt::format("{}; the batch is left out", found.to_string()));
}

nlohmann::json NonFinitePolicyCallback::state() const { return {{"count", count_}}; }
void NonFinitePolicyCallback::load_state(const nlohmann::json& state) { state.at("count").get_to(count_); }

}  // namespace retort::trainer
