// SPDX-License-Identifier: MIT
// What of a Trainer goes into a checkpoint, and comes back.
#include <exception>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {

nlohmann::json Callback::state() const { return nlohmann::json::object(); }

checkpoint::Checkpoint Trainer::checkpoint() {
  checkpoint::Checkpoint checkpoint;
  checkpoint.step = progress_.step;
  checkpoint.files["model"].tensors = checkpoint::state_of(parts_.model);
  checkpoint.files["optimizer"].tensors = parts_.optimizer.state();
  for (auto& [name, tensors] : step_->state()) checkpoint.files[name].tensors = tensors;
  nlohmann::json state = {{"fingerprint", parts_.fingerprint}, {"progress", to_json(progress_)}};
  for (const auto& callback : callbacks_) {
    state["callbacks"][callback->name()] = callback->state();
    callback->on_save_checkpoint(*this, checkpoint);
  }
  checkpoint.state = state.dump();
  return checkpoint;
}

void Trainer::load_tensors(const checkpoint::Checkpoint& checkpoint, const std::filesystem::path& folder) {
  const auto file = [&](const std::string& name) -> const checkpoint::Weights& {
    const auto found = checkpoint.files.find(name);
    if (found == checkpoint.files.end())
      throw Error(ExitCode::checkpoint,
                  fmt::format("checkpoint {} has no {}.safetensors", printable(folder.string()), name));
    return found->second;
  };
  checkpoint::load_into(parts_.model, file("model"), folder / "model.safetensors");
  checkpoint::load_into(parts_.optimizer.state(), file("optimizer"), folder / "optimizer.safetensors");
  // A step of another kind, on another machine or in another precision, has left none: then it begins anew.
  for (const auto& [name, tensors] : step_->state())
    if (checkpoint.files.contains(name))
      checkpoint::load_into(tensors, file(name), folder / (name + ".safetensors"));
  for (auto& callback : callbacks_) callback->on_load_checkpoint(*this, checkpoint);
}

void Trainer::load_checkpoint(const checkpoint::Checkpoint& checkpoint, const std::filesystem::path& folder) {
  load_tensors(checkpoint, folder);
  try {
    const auto state = nlohmann::json::parse(checkpoint.state);
    progress_ = progress_from_json(state.at("progress"));
    for (auto& callback : callbacks_)
      if (state.contains("callbacks") && state["callbacks"].contains(callback->name()))
        callback->load_state(state["callbacks"][callback->name()]);
  } catch (const nlohmann::json::exception& error) {
    throw Error(ExitCode::checkpoint, fmt::format("checkpoint {}: its state is not one of ours: {}",
                                                  printable(folder.string()), error.what()));
  }
}

void Trainer::try_steps(int64_t steps, const std::function<double(int64_t)>& lr,
                        const std::function<bool(const StepResult&)>& visit) {
  checkpoint::Checkpoint before = checkpoint();
  for (auto& [name, file] : before.files)
    for (auto& [key, tensor] : file.tensors) tensor = tensor.detach().clone();
  parts_.model.train();
  std::exception_ptr failure;  // of memory, say: all is as before in any case
  try {
    for (int64_t i = 0; i < steps; ++i) {
      if (progress_.batch >= train_batches_) progress_.batch = 0;
      if (progress_.batch == 0) parts_.train_loader.start_epoch(0);
      const auto outcome = train_step(lr(i), /*tells=*/true);
      const auto* step = std::get_if<StepResult>(&outcome);
      if (step == nullptr || !visit(*step)) break;
    }
  } catch (...) {
    failure = std::current_exception();
  }
  load_checkpoint(before, "before the try");
  if (failure) std::rethrow_exception(failure);
}

}  // namespace retort::trainer
