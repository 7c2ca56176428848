// SPDX-License-Identifier: MIT
#include "retort/trainer/teachers.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"
#include "retort/models/summary.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/placement.h"

namespace retort::trainer {
namespace {

namespace fs = std::filesystem;

// A teacher that lost its accuracy on the way (other pictures, other classes, other normalisation) teaches
// nonsense; a few hundred pictures tell. Leaves it where the training computes. Refused when it is four
// deviations of that sample below what its training recorded.
void check_teacher(const LoadedNetwork& teacher, const std::string& file, const TrainingOptions& options,
                   const data::DataModule& data, Console& console) {
  constexpr int64_t kFewest = 64, kMost = 512;
  constexpr int64_t kFlops = 200'000'000'000;  // half a second of a core; a large network sees fewer pictures
  const int64_t flops = models::measure_cost(*teacher.model, task_of(data.train)).forward_flops;
  const int64_t pictures = std::clamp(kFlops / std::max<int64_t>(1, flops), kFewest, kMost);
  std::vector<int64_t> ids = all_ids(data.test);
  ids.resize(static_cast<size_t>(std::min(pictures, data.test.size())));
  const auto samples = static_cast<double>(ids.size());
  const torch::Device device = enter_device(options.trainer);
  place(*teacher.model, device, torch::kFloat32);
  const auto loader =
      make_evaluation_loader(data.test, std::move(ids), data.normalization, options.data, device);
  const auto now = evaluate(*teacher.model, *loader, loader->batches_per_epoch(),
                            teacher_precision(options.trainer.precision));
  const auto& recorded = teacher.provenance.test_accuracy;
  console.say(
      fmt::format("teacher {} from {}: accuracy {:.2f} % on {:.0f} test pictures{}",
                  teacher.architecture.label(), file, 100 * now->accuracy_top1, samples,
                  recorded ? fmt::format(" ({:.2f} % on all when it was trained)", 100 * *recorded) : ""));
  warn_near_chance(now->accuracy_top1, samples, data.test.num_classes(), file, console);
  if (!recorded || teacher.provenance.data != options.data.name) return;
  const double deviation = std::sqrt(std::max(*recorded * (1 - *recorded), 1 / samples) / samples);
  if (now->accuracy_top1 < *recorded - 4 * deviation)
    throw Error(
        ExitCode::checkpoint,
        fmt::format(
            "{}: the teacher's accuracy is {:.2f} % here, but {:.2f} % was recorded when it was trained: "
            "the data or the file is not what it was",
            file, 100 * now->accuracy_top1, 100 * *recorded));
}

// resnet50, or {name:mlp,widths:[32]}: what may stand after `model.teacher=`.
std::string as_override(const models::Architecture& architecture) {
  models::Architecture plain;
  plain.name = architecture.name;
  if (architecture == plain) return architecture.name;
  std::string text = architecture.to_json();
  std::erase(text, '"');
  return text;
}

}  // namespace

std::vector<LoadedNetwork> load_teachers(const TrainingOptions& options, const data::DataModule& data,
                                         Console& console) {
  std::vector<LoadedNetwork> teachers;
  for (const std::string& file : options.teacher.checkpoints) {
    if (!fs::exists(file))
      throw Error(
          ExitCode::checkpoint,
          fmt::format(
              "no teacher at {0} (teacher.checkpoint); train it with: ./retort train model.name=teacher "
              "data={1} 'model.teacher={2}' 'teacher.checkpoint={0}'",
              printable(file), options.data.name, as_override(options.teacher_architecture)));
    // An ensemble's files may hold networks of different kinds, each saying which; one file must be
    // model.teacher.
    const bool is_ensemble = options.teacher.checkpoints.size() > 1;
    LoadedNetwork teacher = load_network(
        file,
        {.architecture = options.teacher_architecture, .key = "model.teacher", .is_fallback = is_ensemble},
        task_of(data.train), data.normalization);
    check_teacher(teacher, printable(file), options, data, console);
    teachers.push_back(std::move(teacher));
  }
  return teachers;
}

void warn_near_chance(double accuracy, double samples, int64_t num_classes, const std::string& teacher,
                      Console& console) {
  const double chance = 1 / static_cast<double>(num_classes);
  const double reach = 4 * std::sqrt(chance * (1 - chance) / samples);  // four deviations of guessing
  if (accuracy > chance + reach) return;
  console.warn(fmt::format(
      "{}: an accuracy of {:.1f} % is near chance ({:.1f} %): its classes may be in another order, or "
      "its pictures normalised otherwise (data.mean, data.std)",
      teacher, 100 * accuracy, 100 * chance));
}

void prepare_teacher_folder(const TrainingOptions& options) {
  if (options.teacher.checkpoints.size() != 1)
    throw Error(ExitCode::config,
                fmt::format("teacher.checkpoint names {} files: the training of a teacher leaves one",
                            options.teacher.checkpoints.size()));
  const fs::path file = fs::absolute(options.teacher.checkpoints.front());
  if (fs::exists(file) && !fs::is_regular_file(file))
    throw Error(ExitCode::config, fmt::format("teacher.checkpoint: {} is no file", printable(file.string())));
  make_folders(file.parent_path());
  AtomicFile probe(file);  // vanishes with the scope
}

fs::path publish_teacher(const TrainingOptions& options, const models::Model& model,
                         const Provenance& provenance, Console& console) {
  const fs::path file = options.teacher.checkpoints.front();
  if (fs::exists(file)) {
    // A second name for the old file, then the replacement: at no moment is there no teacher.
    fs::path previous = file;
    previous.replace_extension(".previous" + file.extension().string());
    std::error_code error;
    fs::remove(previous, error);
    fs::create_hard_link(file, previous, error);
    console.say(
        error ? std::string("the teacher that stood there is replaced")
              : fmt::format("the teacher that stood there is kept as {}", printable(previous.string())));
  }
  checkpoint::Weights weights{.tensors = checkpoint::state_of(model), .metadata = provenance.to_metadata()};
  checkpoint::seal(weights);
  checkpoint::save_weights(file, weights);
  console.say(fmt::format("teacher saved as {}", printable(file.string())));
  return file;
}

}  // namespace retort::trainer
