// SPDX-License-Identifier: MIT
#include "retort/trainer/networks.h"

#include <c10/util/Exception.h>
#include <torch/utils.h>

#include "retort/core/random.h"
#include "retort/methods/method_options.h"
#include "retort/methods/recorded_teacher.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/recorded_logits.h"
#include "retort/trainer/teachers.h"

namespace retort::trainer {
namespace {

void load_teacher(Networks& networks, const TrainingOptions& options, const data::DataModule& data,
                  Console& console) {
  if (options.teacher.logits) {
    networks.teacher.training = methods::make_recorded_teacher(
        load_recorded_logits(options, data, console).to(enter_device(options.trainer)));
    return;
  }
  networks.teachers = load_teachers(options, data, console);
  networks.teacher = make_teacher(options, networks.teachers, data, console);
  for (const LoadedNetwork& loaded : networks.teachers)
    for (const torch::Tensor& parameter : loaded.model->parameters())
      TORCH_CHECK(!parameter.requires_grad(), "a parameter of the teacher would be trained");
}

}  // namespace

Networks make_networks(const TrainingOptions& options, const data::DataModule& data, Console& console) {
  const models::Task task = task_of(data.train);
  Networks networks;
  networks.method = options.role == Role::distill
                        ? methods::make_method(options.method, options.teacher)
                        : methods::make_supervised(methods::label_smoothing_of(options.method));
  if (networks.method->needs_teacher()) load_teacher(networks, options, data, console);

  torch::manual_seed(derived_seed(options.seed, RandomStream::initialization, /*step=*/0));
  networks.model = models::make_model(options.trained_architecture(), task);
  for (const LoadedNetwork& loaded : networks.teachers)
    networks.summary.push_back(
        {"teacher", loaded.architecture.label(), models::measure_cost(*loaded.model, task)});
  networks.summary.push_back({options.role == Role::teacher ? "teacher" : "student",
                              options.trained_architecture().label(),
                              models::measure_cost(*networks.model, task)});
  place(*networks.model, enter_device(options.trainer), storage_dtype(options.trainer.precision));
  return networks;
}

}  // namespace retort::trainer
