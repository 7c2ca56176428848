// SPDX-License-Identifier: MIT
#include "retort/trainer/training.h"

#include <charconv>
#include <optional>

#include <c10/util/Exception.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/cuda/device.h"
#include "retort/cuda/graph.h"
#include "retort/models/bfloat16_probe.h"
#include "retort/tracking/fan_out.h"
#include "retort/tracking/registry.h"
#include "retort/trainer/batch_size_finder.h"
#include "retort/trainer/callback_list.h"
#include "retort/trainer/callbacks/effort.h"
#include "retort/trainer/callbacks/metric_log.h"
#include "retort/trainer/callbacks/progress_bar.h"
#include "retort/trainer/compute_settings.h"
#include "retort/trainer/ddp_strategy.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/networks.h"
#include "retort/trainer/out_of_memory.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/resume.h"
#include "retort/trainer/run_recording.h"
#include "retort/trainer/teachers.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

namespace fs = std::filesystem;

std::unique_ptr<Strategy> make_strategy(distributed::Group* group, models::Model& model,
                                        const TrainerOptions& options) {
  if (group == nullptr) return std::make_unique<Strategy>();
  return std::make_unique<DdpStrategy>(*group, model, options.sync_batchnorm);
}

// The GPU, where one computes. On a CPU slow bfloat16 is said, not refused: the person chose it, and its
// numbers are what they are.
void describe_machine(const TrainerOptions& options, Console& console) {
  if (options.accelerator == Accelerator::cuda) {
    console.say(fmt::format("training on {}", cuda::name_of(enter_device(options))));
    return;
  }
  if (options.precision != Precision::bf16_mixed && options.precision != Precision::bf16_true) return;
  const double gain = models::measure_bfloat16_gain();
  if (gain >= 1) return;
  console.warn(
      fmt::format("bfloat16 convolutions take {:.1f} times as long as float32's on this CPU; "
                  "trainer.precision=32-true may be faster",
                  1 / gain));
}

// Of a GPU's steps; a processor's are followed by the host, which is the same.
std::unique_ptr<Repeater> make_repeater(const TrainerOptions& options, Console& console) {
  if (options.accelerator == Accelerator::cpu) return nullptr;
  return cuda::make_graph_repeater([&console](const std::string& reason) {
    console.warn(fmt::format("steps are not captured in a CUDA graph, and take longer: {}", reason));
  });
}

// The configuration's, and what only the run knows.
Fingerprint fingerprint_of_run(const TrainingOptions& options, const Strategy& strategy) {
  Fingerprint fingerprint = options.fingerprint;
  fingerprint["trainer.devices"] = std::to_string(strategy.size());
  fingerprint["trainer.sync_batchnorm"] =
      strategy.size() > 1 && options.trainer.sync_batchnorm ? "true" : "false";
  return fingerprint;
}

// Rank 0 finds it, for all.
std::optional<ResumePoint> find_resume(const TrainingOptions& options, const fs::path& run_directory,
                                       Strategy& strategy, Console& console) {
  ResumeTerms terms{run_directory, fingerprint_of_run(options, strategy), options.trainer.allow_changes};
  if (options.finds_batch_size()) terms.allow_changes.emplace_back(kBatchSize);  // it was found there
  std::optional<ResumePoint> point;
  if (strategy.is_main() && options.trainer.ckpt_path)
    point = find_resume_point(*options.trainer.ckpt_path, terms, console);
  else if (strategy.is_main() && options.resumes_by_itself)
    point = find_last(terms, console);
  const std::string folder = strategy.share(point ? fs::absolute(point->folder).string() : "");
  if (!strategy.is_main() && !folder.empty()) point = find_resume_point(folder, terms, console);
  return point;
}

int64_t batch_size_of(const ResumePoint& point) {
  const auto found = point.fingerprint.find(kBatchSize);
  const std::string text = found == point.fingerprint.end() ? "" : found->second;
  int64_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, size);
  if (error != std::errc() || rest != end || size < 1)
    throw Error(ExitCode::checkpoint, fmt::format("cannot go on from {}: its {} is no number",
                                                  printable(point.folder.string()), kBatchSize));
  return size;
}

std::unique_ptr<tracking::Tracker> make_tracker_of_run(const TrainingOptions& options,
                                                       const fs::path& run_directory,
                                                       const std::optional<ResumePoint>& resume, bool is_main,
                                                       Console& console) {
  const auto warn = [&](const std::string& trouble) {
    console.warn("the metrics wait in memory, training goes on: " + trouble);
  };
  if (!is_main) return tracking::fan_out({}, warn);
  if (!resume || !fs::equivalent(resume->run_directory, run_directory))
    tracking::forget_earlier(run_directory);
  if (resume) tracking::carry_over(resume->run_directory, run_directory);
  tracking::TrackerOptions tracking = options.tracking;
  if (!options.trainer.enable_logging) tracking.names.clear();
  return tracking::make_tracker(tracking, run_directory, resume ? resume->checkpoint.step : -1, warn);
}

std::vector<tracking::NetworkRecord> network_records(const std::vector<models::SummaryRow>& rows) {
  std::vector<tracking::NetworkRecord> records;
  for (const models::SummaryRow& row : rows)
    records.push_back({.role = row.role,
                       .network = row.network,
                       .parameters = row.cost.parameters,
                       .parameter_bytes = row.cost.parameter_bytes,
                       .forward_flops = row.cost.forward_flops});
  return records;
}

// A training, and all that it works with.
class Run {
 public:
  Run(TrainingOptions options, const data::DataModule& data, const fs::path& own_directory, Console& console,
      distributed::Group* group);
  ~Run() { console_.set_listener({}); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  TrainingResult fit_and_test(const MakeReport& make_report);
  /// Ends the record of the run, and tells the person what its trackers have to say.
  void finish(ExitCode code);

 private:
  void make_trainer();
  void go_on();
  Error stopped() const;

  TrainingOptions options_;
  const data::DataModule& data_;
  Console& console_;
  Networks networks_;
  std::unique_ptr<Strategy> strategy_;
  fs::path directory_;
  std::unique_ptr<optim::Optimizer> optimizer_;
  std::unique_ptr<Repeater> repeater_;
  std::optional<ResumePoint> resume_;
  TrainingLoaders loaders_;
  std::unique_ptr<tracking::Tracker> tracker_;
  tracking::RunRecord record_;
  Provenance provenance_;
  ModelCheckpoint* checkpoints_ = nullptr;  // the trainer's
  const Effort* effort_ = nullptr;          // likewise
  std::unique_ptr<Trainer> trainer_;
};

Run::Run(TrainingOptions options, const data::DataModule& data, const fs::path& own_directory,
         Console& console, distributed::Group* group)
    : options_(std::move(options)), data_(data), console_(console) {
  apply_compute_settings(options_.trainer);
  const bool is_main = group == nullptr || group->place().is_main();
  if (is_main) describe_machine(options_.trainer, console_);
  if (is_main && options_.role == Role::teacher && !options_.trainer.is_dev_run)
    prepare_teacher_folder(options_);
  networks_ = make_networks(options_, data_, console_);
  if (options_.trainer.enable_model_summary)
    console_.say(models::summary_table(networks_.summary, console_.has_unicode()));
  strategy_ = make_strategy(group, *networks_.model, options_.trainer);
  const std::string main_directory = strategy_->share(is_main ? fs::absolute(own_directory).string() : "");
  directory_ = is_main ? own_directory : fs::path(main_directory);
  optimizer_ = optim::make_optimizer(options_.optimizer, checkpoint::parameters_of(*networks_.model));
  resume_ = find_resume(options_, directory_, *strategy_, console_);
  if (options_.finds_batch_size())
    options_.set_batch_size(resume_ ? batch_size_of(*resume_)
                                    : find_batch_size(options_, data_, networks_, *optimizer_, console_));
  loaders_ = make_loaders(options_, data_, strategy_->rank(), strategy_->size());
  if (leaves_one_picture(data_, options_.data.batch_size, strategy_->size()))
    console_.say("the last picture of each epoch is left out: it would be a batch by itself");
  tracker_ = make_tracker_of_run(options_, directory_, resume_, is_main, console_);
  repeater_ = make_repeater(options_.trainer, console_);
  make_trainer();
  if (!is_main) return;
  record_ = record_run(options_, data_, network_records(networks_.summary), directory_, resume_.has_value());
  tracker_->start(record_);
  forget_outcome(directory_, /*goes_on=*/resume_.has_value());
}

void Run::make_trainer() {
  const std::string evaluation_name = loaders_.evaluation_name();
  std::vector<std::unique_ptr<Callback>> loggers;
  loggers.push_back(
      std::make_unique<ProgressBar>(console_, options_.trainer.enable_progress_bar, evaluation_name));
  loggers.push_back(std::make_unique<MetricLog>(*tracker_, evaluation_name));
  auto effort = std::make_unique<Effort>();
  effort_ = effort.get();
  loggers.push_back(std::move(effort));
  provenance_ = {.architecture = options_.trained_architecture(),
                 .data = options_.data.name,
                 .normalization = data_.normalization,
                 .held_out = HeldOut{options_.seed, options_.data.validation_size}};
  CallbackList callbacks = make_callbacks({.options = options_,
                                           .model = *networks_.model,
                                           .run_directory = directory_,
                                           .console = console_,
                                           .evaluation_name = evaluation_name,
                                           .metadata = provenance_.to_metadata()},
                                          std::move(loggers));
  checkpoints_ = callbacks.checkpoints;
  trainer_ = std::make_unique<Trainer>(options_.trainer,
                                       TrainingParts{.strategy = *strategy_,
                                                     .model = *networks_.model,
                                                     .method = *networks_.method,
                                                     .teacher = networks_.teacher.training.get(),
                                                     .optimizer = *optimizer_,
                                                     .schedule = options_.schedule,
                                                     .base_lr = options_.optimizer.lr,
                                                     .train_loader = *loaders_.train,
                                                     .validation_loader = *loaders_.validation,
                                                     .evaluation_name = evaluation_name,
                                                     .seed = options_.seed,
                                                     .repeater = repeater_.get(),
                                                     .fingerprint = fingerprint_of_run(options_, *strategy_)},
                                       std::move(callbacks.callbacks));
  if (resume_) go_on();
}

// The trainer as it was when the checkpoint was taken; the best ones of another run's folder come along.
void Run::go_on() {
  trainer_->load_checkpoint(resume_->checkpoint, resume_->folder);
  const auto lr_there = resume_->fingerprint.find("optimizer.lr");
  if (lr_there != resume_->fingerprint.end() && lr_there->second != options_.fingerprint.at("optimizer.lr"))
    trainer_->set_base_lr(options_.optimizer.lr);  // a change that was allowed
  if (!strategy_->is_main() || checkpoints_ == nullptr) return;
  if (fs::equivalent(resume_->run_directory, directory_))
    checkpoints_->mend_names(resume_->checkpoint.step);
  else
    checkpoints_->adopt(resume_->folder.parent_path(), resume_->checkpoint);
}

TrainingResult Run::fit_and_test(const MakeReport& make_report) {
  console_.set_listener(
      [this](std::string_view line, bool is_error) { tracker_->log_console(line, is_error); });
  if (resume_)
    console_.say(fmt::format("resuming from {}: epoch {}, step {}", printable(resume_->folder.string()),
                             trainer_->progress().epoch, trainer_->progress().step));
  try {
    trainer_->fit();
  } catch (const c10::OutOfMemoryError&) {
    throw examine_shortage(options_, data_, networks_, *optimizer_, strategy_->size());
  }
  strategy_->end();
  if (trainer_->was_stopped()) throw stopped();
  if (!strategy_->is_main()) return {.cost = networks_.cost()};
  const auto result = leave_results({.options = options_,
                                     .data = data_,
                                     .run_directory = directory_,
                                     .networks = networks_,
                                     .loaders = loaders_,
                                     .progress = trainer_->progress(),
                                     .record = record_,
                                     .tracker = *tracker_,
                                     .console = console_,
                                     .seconds = effort_->seconds(),
                                     .images_per_second = effort_->images_per_second()},
                                    provenance_, make_report);
  if (!result) throw stopped();
  return *result;
}

void Run::finish(ExitCode code) {
  console_.set_listener({});
  std::string words = tracker_->finish(static_cast<int>(code));
  if (words.ends_with('\n')) words.pop_back();
  if (!words.empty()) console_.say(words);
}

Error Run::stopped() const {
  const int64_t step = trainer_->progress().step;
  return Error(ExitCode::interrupted,
               checkpoints_ == nullptr
                   ? fmt::format("stopped by a signal after step {}; no checkpoint was asked for", step)
                   : fmt::format("stopped by a signal after step {}; go on with trainer.ckpt_path={}", step,
                                 printable(directory_.string())));
}

}  // namespace

TrainingResult run_training(TrainingOptions options, const data::DataModule& data,
                            const fs::path& run_directory, Console& console, distributed::Group* group,
                            const MakeReport& make_report) {
  Run run(std::move(options), data, run_directory, console, group);
  try {
    TrainingResult result = run.fit_and_test(make_report);
    run.finish(ExitCode::ok);
    return result;
  } catch (const Error& error) {
    run.finish(error.code());
    throw;
  }
}

}  // namespace retort::trainer
