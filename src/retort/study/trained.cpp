// SPDX-License-Identifier: MIT
#include "retort/study/trained.h"

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "retort/checkpoint/weights.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/data/registry.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/network_file.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/training.h"

namespace retort::study {
namespace {

namespace fs = std::filesystem;

// Written last, beside the weights: what the network says of the split. Its presence says that the training
// is finished.
const char* answers_name(Split split) {
  return split == Split::test ? "answers.safetensors" : "validation_answers.safetensors";
}

/// The kernel's lock on a training's folder: it goes with the process.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : descriptor_(open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644)) {
    if (descriptor_ < 0)
      throw Error(ExitCode::resources, fmt::format("cannot write to {}: {}", printable(folder.string()),
                                                   std::generic_category().message(errno)));
    is_held_ = flock(descriptor_, LOCK_EX | LOCK_NB) == 0;
  }
  ~FolderLock() { close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;
  bool is_held() const { return is_held_; }

 private:
  int descriptor_;
  bool is_held_ = false;
};

const torch::Tensor& find_tensor(const checkpoint::Weights& weights, const std::string& name,
                                 const fs::path& file) {
  for (const auto& [found, tensor] : weights.tensors)
    if (found == name) return tensor;
  throw Error(ExitCode::checkpoint, fmt::format("{} holds no '{}'", printable(file.string()), name));
}

fs::path weights_in(const fs::path& folder, trainer::Role role) {
  return folder /
         (role == trainer::Role::teacher ? "teacher.safetensors" : "checkpoints/last/model.safetensors");
}

void save_answers(const fs::path& file, const Trained& trained) {
  checkpoint::save_weights(
      file, {.tensors = {{"logits", trained.logits}, {"labels", trained.labels}},
             .metadata = {{"retort.parameters", fmt::format("{}", trained.cost.parameters)},
                          {"retort.forward_flops", fmt::format("{}", trained.cost.forward_flops)}}});
}

Trained load_answers(const fs::path& file, const trainer::TrainingOptions& options) {
  const checkpoint::Weights saved = checkpoint::load_weights(file);
  const auto count = [&](const char* key) {
    const auto found = saved.metadata.find(key);
    return found == saved.metadata.end() ? 0 : std::strtoll(found->second.c_str(), nullptr, 10);
  };
  Trained trained{.weights_file = weights_in(file.parent_path(), options.role),
                  .folder = file.parent_path(),
                  .architecture = options.trained_architecture().label(),
                  .logits = find_tensor(saved, "logits", file),
                  .labels = find_tensor(saved, "labels", file)};
  trained.cost.parameters = count("retort.parameters");
  trained.cost.forward_flops = count("retort.forward_flops");
  return trained;
}

Trained answer(const fs::path& weights_file, const trainer::TrainingOptions& options,
               const data::DataModule& data, Split split) {
  const models::Task task = trainer::task_of(data.test);
  const auto network = trainer::load_network(
      weights_file, {.architecture = options.trained_architecture(), .key = "model", .is_fallback = true},
      task, data.normalization);
  const torch::Device device = trainer::enter_device(options.trainer);
  trainer::place(*network.model, device, torch::kFloat32);
  const bool is_test = split == Split::test;
  const auto loader = trainer::make_evaluation_loader(
      is_test ? data.test : data.train, is_test ? trainer::all_ids(data.test) : data.validation_ids,
      data.normalization, options.data, device);
  const auto& limit = is_test ? options.trainer.limit_test_batches : options.trainer.limit_val_batches;
  std::vector<torch::Tensor> logits, labels;
  const auto figures = trainer::evaluate(
      *network.model, *loader, limit.of(loader->batches_per_epoch()),
      trainer::teacher_precision(options.trainer.precision),
      [](int64_t, int64_t) { return !stop_requested(); },
      [&](const torch::Tensor& batch_logits, const torch::Tensor& batch_labels) {
        logits.push_back(batch_logits);
        labels.push_back(batch_labels);
      });
  if (!figures) throw Error(ExitCode::interrupted, "stopped by a signal; the same command goes on");
  if (logits.empty())
    throw Error(ExitCode::config, fmt::format("trainer.limit_{}_batches leaves nothing to compare the "
                                              "networks by",
                                              is_test ? "test" : "val"));
  return {.weights_file = weights_file,
          .architecture = network.architecture.label(),
          .cost = models::measure_cost(*network.model, task),
          .logits = torch::cat(logits),
          .labels = torch::cat(labels)};
}

}  // namespace

Trained answer_of(const fs::path& weights_file, const trainer::TrainingOptions& options, Split split) {
  return answer(weights_file, options, data::load_data(options.data, options.seed), split);
}

std::optional<Trained> train_once(const std::string& name, trainer::TrainingOptions options, Split split,
                                  const fs::path& folder, Console& console) {
  make_folders(folder);
  const FolderLock lock(folder);
  if (!lock.is_held()) return std::nullopt;
  const fs::path answers = folder / answers_name(split);
  if (fs::exists(answers)) {
    console.say(fmt::format("{}: taken from {}", name, printable(folder.string())));
    return load_answers(answers, options);
  }
  const data::DataModule data = data::load_data(options.data, options.seed);
  if (fs::exists(folder / "checkpoints/last")) options.trainer.ckpt_path = folder.string();
  // A teacher leaves its file where the students will look for it.
  if (options.role == trainer::Role::teacher)
    options.teacher.checkpoints = {weights_in(folder, options.role).string()};
  console.say(fmt::format("\n{} ({})", name, options.trained_architecture().label()));
  try {
    trainer::run_training(options, data, folder, console);
  } catch (const Error& error) {
    if (error.code() != ExitCode::interrupted) throw;
    throw Error(ExitCode::interrupted,
                fmt::format("stopped by a signal while training {}; the same command goes on", name));
  }
  Trained trained = answer(weights_in(folder, options.role), options, data, split);
  trained.folder = folder;
  save_answers(answers, trained);
  return trained;
}

}  // namespace retort::study
