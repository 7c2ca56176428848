// SPDX-License-Identifier: MIT
#include "retort/study/study.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"
#include "retort/data/registry.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/network_file.h"

namespace retort::study {
namespace {

namespace fs = std::filesystem;

Arm evaluate_teacher(const trainer::TrainingOptions& options, const data::DataModule& data) {
  const std::string& file = options.teacher.checkpoints.front();
  const auto teacher =
      trainer::load_network(file, {.architecture = options.teacher_architecture, .key = "model.teacher"},
                            trainer::task_of(data.train), data.normalization);
  const auto loader = trainer::make_evaluation_loader(data.test, trainer::all_ids(data.test),
                                                      data.normalization, options.data);
  const int64_t batches = options.trainer.limit_test_batches.of(loader->batches_per_epoch());
  return {.name = "teacher",
          .architecture = teacher.architecture.label(),
          .test = *trainer::evaluate(*teacher.model, *loader, batches, options.trainer.precision),
          .cost = models::measure_cost(*teacher.model, trainer::task_of(data.train))};
}

Arm train_arm(const std::string& name, trainer::TrainingOptions options, const data::DataModule& data,
              const fs::path& run_directory, Console& console) {
  // A study that was stopped goes on where its arms stand: each in its own folder.
  if (fs::exists(run_directory / "checkpoints")) options.trainer.ckpt_path = run_directory.string();
  console.say(fmt::format("\n{} ({})", name, options.trained_architecture().label()));
  make_folders(run_directory);
  const trainer::TrainingResult result = [&] {
    try {
      return trainer::run_training(options, data, run_directory, console);
    } catch (const Error& error) {
      if (error.code() != ExitCode::interrupted) throw;
      throw Error(
          ExitCode::interrupted,
          fmt::format(
              "stopped by a signal while training the {}; go on with the same command and hydra.run.dir={}",
              name, printable(run_directory.parent_path().string())));
    }
  }();
  return {.name = name,
          .architecture = options.trained_architecture().label(),
          .test = result.test,
          .cost = result.cost,
          .seconds = result.seconds};
}

}  // namespace

std::vector<Arm> run_study(const StudyOptions& options, const fs::path& run_directory, Console& console) {
  const data::DataModule data = data::load_data(options.student.data, options.student.seed);
  std::vector<Arm> arms;
  const std::string& teacher_file = options.teacher.teacher.checkpoints.front();
  if (fs::exists(teacher_file)) {
    console.say(fmt::format("teacher: {} is there and is taken; delete it to train it anew",
                            printable(teacher_file)));
    arms.push_back(evaluate_teacher(options.teacher, data));
  } else {
    arms.push_back(train_arm("teacher", options.teacher, data, run_directory / "teacher", console));
  }
  arms.push_back(train_arm("student alone", options.student, data, run_directory / "student", console));
  arms.push_back(train_arm("student distilled", options.distill, data, run_directory / "distill", console));
  return arms;
}

std::string study_table(const std::vector<Arm>& arms) {
  std::string table = fmt::format("{:<18} {:<16} {:>9} {:>9} {:>9} {:>7} {:>7}\n", "", "network", "params",
                                  "FLOPs", "accuracy", "errors", "loss");
  for (const Arm& arm : arms)
    table += fmt::format("{:<18} {:<16} {:>9} {:>9} {:>7.2f} % {:>7} {:>7.4f}\n", arm.name, arm.architecture,
                         human_count(static_cast<uint64_t>(arm.cost.parameters)),
                         human_count(static_cast<uint64_t>(arm.cost.forward_flops)),
                         100 * arm.test.accuracy_top1, arm.test.errors, arm.test.loss);
  const Arm &teacher = arms[0], &alone = arms[1], &distilled = arms[2];
  table += fmt::format(
      "\nThe student has {:.1f} times fewer parameters than the teacher. Distilled, it makes {} errors on {} "
      "test pictures, "
      "alone {}. One seed: another can turn a small difference round.",
      static_cast<double>(teacher.cost.parameters) / static_cast<double>(distilled.cost.parameters),
      distilled.test.errors, distilled.test.samples, alone.test.errors);
  return table;
}

}  // namespace retort::study
