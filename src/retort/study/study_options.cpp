// SPDX-License-Identifier: MIT
#include "retort/study/study_options.h"

#include "retort/config/merge.h"
#include "retort/config/reader.h"

namespace retort::study {
namespace {

// The configuration of one training: the study's own, without `study`, with what the arm changes and its role
// merged in.
trainer::TrainingOptions arm_options(const config::Node& config, const std::string& arm) {
  config::Node merged = config::merged(config, *config.select("study." + arm));
  merged.erase("study");
  merged.set("model.name", config::Node(arm));
  return trainer::TrainingOptions::from(merged);
}

}  // namespace

StudyOptions StudyOptions::from(const config::Node& config) {
  config::Reader root(config, "");
  config::Reader arms = root.child("study");
  for (const char* arm : {"teacher", "student", "distill"}) arms.ignore(arm);
  arms.finish();
  StudyOptions options{.teacher = arm_options(config, "teacher"),
                       .student = arm_options(config, "student"),
                       .distill = arm_options(config, "distill")};
  if (options.student.trainer.ckpt_path)
    root.fail("trainer",
              "a study that was stopped goes on with hydra.run.dir=ITS_FOLDER, not with trainer.ckpt_path");
  if (options.teacher.teacher.checkpoints.size() != 1)
    root.fail("teacher", "a study trains one teacher: give one file as teacher.checkpoint");
  return options;
}

}  // namespace retort::study
