// SPDX-License-Identifier: MIT
#include <cmath>
#include <optional>
#include <utility>
#include <vector>

#include <torch/utils.h>

#include "retort/models/normalization.h"
#include "retort/optim/gradient_scaler.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/gradients.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/progress.h"
#include "retort/trainer/step.h"
#include "retort/trainer/stopwatch.h"

namespace retort::trainer {
namespace {

class HostStep : public Step {
 public:
  HostStep(const TrainerOptions& options, const StepParts& parts)
      : options_(options), parts_(parts), parameters_(parts.model.parameters()) {
    if (options.precision == Precision::float16_mixed) scaler_.emplace(device_of(parts.model));
  }

  StepOutcome run(const StepRequest& request) override;
  StepOutcome take_untold() override { return StepResult{}; }
  std::map<std::string, checkpoint::NamedTensors> state() override {
    if (!scaler_) return {};
    return {{"scaler", scaler_->state()}};
  }

 private:
  void add_up(const methods::Losses& losses, int64_t samples, StepResult& result);
  bool unscale(const std::vector<torch::Tensor>& gradients);
  StepOutcome fault(const char* what, const data::Batch& batch, const StepRequest& request, int64_t done);

  TrainerOptions options_;
  StepParts parts_;
  std::vector<torch::Tensor> parameters_;
  std::optional<optim::GradientScaler> scaler_{};  // of 16-mixed
};

StepOutcome HostStep::run(const StepRequest& request) {
  Stopwatch clock;
  StepResult result{.losses = {}, .lr = request.lr};
  parts_.optimizer.zero_grad();
  data::Batch batch;
  for (int64_t i = 0; i < request.batches; ++i) {
    batch = next_batch(parts_);
    result.data_seconds += clock.lap();
    seed_dropout(parts_, request.first_batch_of_all + i);
    const methods::TeacherOutput teacher = ask_teacher(parts_, batch);
    result.teacher_seconds += clock.lap();
    const methods::Losses losses = losses_of(parts_, options_.precision, batch, teacher, request.progress);
    add_up(losses, batch.labels.size(0), result);
    result.forward_seconds += clock.lap();
    if (!scaler_ && !std::isfinite(result.losses.front().second)) return fault("the loss", batch, request, i);
    const torch::Tensor loss = losses.total / static_cast<double>(options_.accumulate_grad_batches);
    parts_.strategy.backward(scaler_ ? scaler_->scaled(loss) : loss, /*is_last=*/i + 1 == request.batches);
    result.backward_seconds += clock.lap();
  }
  const std::vector<torch::Tensor> gradients = gradients_of(parameters_);
  if (scaler_ && !unscale(gradients)) return ScaledDown{};
  const double norm = gradient_norm(gradients);
  if (!std::isfinite(norm)) return fault("a gradient", batch, request, request.batches);
  if (options_.gradient_clip_val)
    clip_gradients(gradients, norm, *options_.gradient_clip_val, options_.gradient_clip_algorithm);
  parts_.optimizer.step(request.lr);
  result.update_seconds = clock.lap();
  result.seconds = result.data_seconds + result.teacher_seconds + result.forward_seconds +
                   result.backward_seconds + result.update_seconds;
  for (auto& [name, value] : result.losses) {
    value /= static_cast<double>(result.samples);
    result.sums.emplace_back(name, value * static_cast<double>(result.samples));
  }
  result.summed_samples = result.samples;
  return result;
}

// False where the scale was too large, and the step is to be left out. A scale below 1 has nothing more to do
// with float16: then the network itself is broken, and its gradients are looked at as without a scaler.
bool HostStep::unscale(const std::vector<torch::Tensor>& gradients) {
  scaler_->unscale(gradients);
  scaler_->update();
  return scaler_->found_inf().item<float>() == 0 || scaler_->scale().item<float>() < 1;
}

// Adds each loss, times the samples that it is a mean over; over all processes.
void HostStep::add_up(const methods::Losses& losses, int64_t samples, StepResult& result) {
  NamedValues batch = {{"loss", losses.total.item<double>()}};
  for (const auto& [name, term] : losses.terms) batch.emplace_back(name, term.item<double>());
  std::vector<double> values = {static_cast<double>(samples)};
  for (const auto& [name, mean] : batch) values.push_back(mean * static_cast<double>(samples));
  parts_.strategy.sum(values);
  for (size_t i = 0; i < batch.size(); ++i)
    remember(result.losses, batch[i].first, find(result.losses, batch[i].first).value_or(0) + values[i + 1]);
  result.samples += static_cast<int64_t>(values.front());
}

StepOutcome HostStep::fault(const char* what, const data::Batch& batch, const StepRequest& request,
                            int64_t done) {
  const models::UnsynchronizedBatchNorm alone;  // the place is looked for in each process by itself
  NonFinite found{what,
                  find_nonfinite(parts_.model, batch.images.to(storage_dtype(options_.precision))),
                  request.step,
                  request.epoch,
                  request.first_batch,
                  request.lr};
  while (++done < request.batches) next_batch(parts_);
  return found;
}

}  // namespace

std::unique_ptr<Step> make_host_step(const TrainerOptions& options, const StepParts& parts) {
  return std::make_unique<HostStep>(options, parts);
}

}  // namespace retort::trainer
