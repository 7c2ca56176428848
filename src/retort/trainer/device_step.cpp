// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <c10/util/Exception.h>
#include <torch/utils.h>

#include "retort/optim/gradient_scaler.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/gradients.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/step.h"
#include "retort/trainer/stopwatch.h"

namespace retort::trainer {
namespace {

constexpr int64_t kMostLosses = 8;  // "loss" and a method's terms

// What steps have found since one told, in one float64 tensor so that one wait tells all of it.
struct Findings {
  explicit Findings(torch::Device device)
      : all(torch::zeros({2 * kMostLosses + 2}, torch::TensorOptions(torch::kFloat64).device(device))),
        newest(all.narrow(0, 0, kMostLosses)),
        sums(all.narrow(0, kMostLosses, kMostLosses)),
        samples(all.select(0, 2 * kMostLosses)),
        fault(all.select(0, 2 * kMostLosses + 1)) {}

  torch::Tensor all;
  torch::Tensor newest;   // the last step's losses
  torch::Tensor sums;     // of losses over samples, of the steps that were done
  torch::Tensor samples;  // in those sums
  torch::Tensor fault;    // 1 + the number of the first step that was not finite; 0: none
};

// All that a step decides is decided by tensors: whether it is left out, and what it adds to the findings. So
// the host only asks for work, and waits where it wants to know.
class DeviceStep : public Step {
 public:
  DeviceStep(const TrainerOptions& options, const StepParts& parts)
      : options_(options),
        parts_(parts),
        parameters_(parts.model.parameters()),
        device_(device_of(parts.model)),
        lr_(torch::zeros({}, torch::TensorOptions(torch::kFloat32).device(device_))),
        number_(torch::zeros({}, torch::TensorOptions(torch::kFloat64).device(device_))),
        findings_(device_) {
    if (options.precision == Precision::float16_mixed) scaler_.emplace(device_);
  }

  StepOutcome run(const StepRequest& request) override;
  StepOutcome take_untold() override;
  std::map<std::string, checkpoint::NamedTensors> state() override;

 private:
  void work(const data::Batch& batch);
  torch::Tensor unscale(const std::vector<torch::Tensor>& gradients);
  void note(const methods::Losses& losses, int64_t samples, const torch::Tensor& is_left_out,
            const torch::Tensor& is_fault);
  bool hold(const data::Batch& batch, bool is_last_of_epoch);
  StepOutcome tell(StepResult result);
  NonFinite fault_at(int64_t step);

  TrainerOptions options_;
  StepParts parts_;
  std::vector<torch::Tensor> parameters_;
  torch::Device device_;
  std::optional<optim::GradientScaler> scaler_{};  // of 16-mixed
  torch::Tensor lr_, number_;                      // of the step: scalars, float32 and float64
  Findings findings_;
  std::vector<std::string> names_{};  // of the losses, once a step has said them
  data::Batch held_{};                // where repeated work finds its batch
  StepRequest newest_{};              // and its pictures, for messages
  torch::Tensor newest_images_{};
};

StepOutcome DeviceStep::run(const StepRequest& request) {
  TORCH_CHECK(request.batches == 1, "a step that is not followed is of one batch, not of ", request.batches);
  Stopwatch clock;
  StepResult result{.lr = request.lr};
  const data::Batch batch = next_batch(parts_);
  newest_ = request;
  newest_images_ = batch.images;
  result.data_seconds = clock.lap();
  result.samples = batch.labels.size(0);
  lr_.fill_(request.lr);
  number_.fill_(static_cast<double>(request.step));
  seed_dropout(parts_, request.first_batch_of_all);
  if (hold(batch, request.first_batch + 1 == parts_.batches.batches_per_epoch()))
    parts_.repeater->run([this] { work(held_); });
  else
    work(batch);
  result.forward_seconds = clock.lap();
  StepOutcome outcome = request.tells ? tell(result) : result;
  if (auto* step = std::get_if<StepResult>(&outcome))
    step->seconds = step->data_seconds + step->forward_seconds + clock.lap();
  return outcome;
}

// Copies a batch to where repeated work finds it. An epoch's last batch may be smaller: by it no place is
// made, and where it does not fit it is worked on where it lies.
bool DeviceStep::hold(const data::Batch& batch, bool is_last_of_epoch) {
  if (!held_.images.defined()) {
    if (is_last_of_epoch) return false;
    held_ = {
        .images = torch::empty_like(batch.images),
        .labels = torch::empty_like(batch.labels),
        .sample_ids = torch::empty_like(batch.sample_ids),
        .view_ids = torch::empty_like(batch.view_ids),
        .soft_labels = batch.soft_labels.defined() ? torch::empty_like(batch.soft_labels) : torch::Tensor()};
  }
  if (held_.images.sizes() != batch.images.sizes()) return false;
  held_.images.copy_(batch.images);
  held_.labels.copy_(batch.labels);
  held_.sample_ids.copy_(batch.sample_ids);
  held_.view_ids.copy_(batch.view_ids);
  if (held_.soft_labels.defined()) held_.soft_labels.copy_(batch.soft_labels);
  return true;
}

// Repeated as it is: nothing here may depend on the host's numbers but by what was seen at the first time.
void DeviceStep::work(const data::Batch& batch) {
  parts_.optimizer.zero_grad();
  const methods::Losses losses =
      losses_of(parts_, options_.precision, batch, ask_teacher(parts_, batch), /*progress=*/0);
  parts_.strategy.backward(scaler_ ? scaler_->scaled(losses.total) : losses.total, /*is_last=*/true);

  const torch::NoGradGuard no_grad;
  const std::vector<torch::Tensor> gradients = gradients_of(parameters_);
  const torch::Tensor is_scaled_down = unscale(gradients);
  const torch::Tensor norm = gradient_norm_there(gradients);
  const torch::Tensor is_broken = (norm.isfinite() & losses.total.isfinite()).logical_not();
  if (options_.gradient_clip_val)
    clip_gradients(gradients, norm, *options_.gradient_clip_val, options_.gradient_clip_algorithm);
  const torch::Tensor is_left_out = is_broken | is_scaled_down;
  parts_.optimizer.step(lr_, is_left_out.to(torch::kFloat32));
  note(losses, batch.labels.size(0), is_left_out, is_broken & is_scaled_down.logical_not());
}

// Whether the scale was too large, and is now smaller. A scale below 1 has nothing more to do with float16.
torch::Tensor DeviceStep::unscale(const std::vector<torch::Tensor>& gradients) {
  if (!scaler_) return torch::zeros({}, torch::TensorOptions(torch::kBool).device(device_));
  scaler_->unscale(gradients);
  scaler_->update();
  return scaler_->found_inf().gt(0) & scaler_->scale().ge(1);
}

void DeviceStep::note(const methods::Losses& losses, int64_t samples, const torch::Tensor& is_left_out,
                      const torch::Tensor& is_fault) {
  TORCH_CHECK(static_cast<int64_t>(losses.terms.size()) < kMostLosses, "a method has ", losses.terms.size(),
              " losses of its own");
  names_ = {"loss"};
  std::vector<torch::Tensor> values = {losses.total.detach().to(torch::kFloat64)};
  for (const auto& [name, term] : losses.terms) {
    names_.push_back(name);
    values.push_back(term.to(torch::kFloat64));
  }
  const auto count = static_cast<int64_t>(values.size());
  const torch::Tensor newest = findings_.newest.narrow(0, 0, count);
  newest.copy_(torch::stack(values));
  const auto weight = static_cast<double>(samples);
  findings_.sums.narrow(0, 0, count).add_(torch::where(is_left_out, 0.0, newest) * weight);
  findings_.samples.add_(is_left_out.logical_not() * weight);
  findings_.fault.copy_(torch::where(is_fault & findings_.fault.eq(0), number_ + 1, findings_.fault));
}

StepOutcome DeviceStep::tell(StepResult result) {
  // The one place where the host waits.
  const torch::Tensor found =
      findings_.all.to(torch::kCPU, torch::kFloat64, /*non_blocking=*/false, /*copy=*/true);
  const double* const values = found.const_data_ptr<double>();
  const double fault = values[2 * kMostLosses + 1];
  // The scaler has left out this very step: the sums of those before it are told by a later one.
  if (fault == 0 && !std::isfinite(values[0])) return ScaledDown{};
  findings_.all.zero_();
  if (fault > 0) return fault_at(static_cast<int64_t>(fault) - 1);
  for (size_t i = 0; i < names_.size(); ++i) {
    result.losses.emplace_back(names_[i], values[i]);
    result.sums.emplace_back(names_[i], values[static_cast<size_t>(kMostLosses) + i]);
  }
  result.summed_samples = static_cast<int64_t>(values[2 * kMostLosses]);
  return result;
}

// The pictures are those of the newest step; what they show is mostly what the faulty one's did.
NonFinite DeviceStep::fault_at(int64_t step) {
  return {.what = "the loss or a gradient",
          .place = find_nonfinite(parts_.model, newest_images_.to(storage_dtype(options_.precision))),
          .step = step,
          .epoch = newest_.epoch,
          .batch = newest_.first_batch - (newest_.step - step),
          .lr = newest_.lr};
}

StepOutcome DeviceStep::take_untold() {
  findings_.newest.zero_();  // told with its own step, or wanted by nobody
  StepOutcome outcome = tell({});
  if (auto* step = std::get_if<StepResult>(&outcome)) step->losses.clear();
  return outcome;
}

std::map<std::string, checkpoint::NamedTensors> DeviceStep::state() {
  std::map<std::string, checkpoint::NamedTensors> state;
  state["findings"] = {{"findings", findings_.all}};
  if (scaler_) state["scaler"] = scaler_->state();
  return state;
}

}  // namespace

std::unique_ptr<Step> make_device_step(const TrainerOptions& options, const StepParts& parts) {
  return std::make_unique<DeviceStep>(options, parts);
}

}  // namespace retort::trainer
