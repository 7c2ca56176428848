// SPDX-License-Identifier: MIT
#include "retort/trainer/run_recording.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <torch/version.h>

#include "retort/config/job.h"
#include "retort/config/run_directory.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/tracking/evaluation_record.h"
#include "retort/tracking/json_text.h"
#include "retort/tracking/png.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/placement.h"

namespace retort::trainer {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostSamples = 12;
constexpr size_t kMostConfusionClasses = 100;

// What the same command runs without an override; null where it would not run.
nlohmann::ordered_json default_config() {
  try {
    config::CommandLine line = config::parse_command_line(command_line());
    line.overrides.clear();
    line.rerun.reset();
    return tracking::to_json(config::resolved_config(config::compose_job(line)));
  } catch (const Error&) {
    return nullptr;
  }
}

const char* role_name(Role role) {
  constexpr const char* kNames[] = {"teacher", "student", "distill"};
  return kNames[static_cast<size_t>(role)];
}

double temperature_of(const TrainingOptions& options) {
  const config::Node* node = options.method.is_dict() ? options.method.find("temperature") : nullptr;
  if (node == nullptr) return 1;
  return node->is_int() ? static_cast<double>(node->as_int()) : node->is_float() ? node->as_float() : 1;
}

struct TeacherLogits {
  torch::Tensor plain{}, soft{};  // [N, C], as combined at temperature 1 and at the training's
};

TeacherLogits ask_teacher(methods::Teacher& teacher, data::BatchSource& loader, size_t batches,
                          const TrainingOptions& options, double temperature) {
  const c10::InferenceMode inference;
  const AutocastScope autocast(options.trainer.precision, enter_device(options.trainer).type());
  std::vector<torch::Tensor> plain, soft;
  loader.start_epoch(0);
  while (plain.size() < batches) {
    const auto batch = loader.next();
    if (!batch) break;
    const torch::Tensor logits = teacher.answer(*batch).logits;
    const auto combined = [&](double at) {
      return methods::combine_logits(logits, options.teacher.weights, options.teacher.combine, at)
          .to(torch::kFloat32)
          .cpu();
    };
    plain.push_back(combined(1));
    soft.push_back(combined(temperature));
  }
  return {torch::cat(plain).contiguous(), torch::cat(soft).contiguous()};
}

std::span<const float> floats(const torch::Tensor& tensor) {
  if (!tensor.defined()) return {};
  return {tensor.data_ptr<float>(), static_cast<size_t>(tensor.numel())};
}

std::string name_and_percent(const tracking::EvaluationRecord& record,
                             const std::vector<double>& probabilities) {
  const auto largest = std::max_element(probabilities.begin(), probabilities.end());
  return fmt::format("{} {:.0f} %", record.class_names[static_cast<size_t>(largest - probabilities.begin())],
                     100 * *largest);
}

tracking::Image to_image(const tracking::EvaluationRecord& record, const tracking::SamplePrediction& sample,
                         const data::Dataset& test, size_t index) {
  const auto pixels = static_cast<size_t>(test.channels * test.height * test.width);
  std::string caption = fmt::format("{}: student {}", record.class_names[static_cast<size_t>(sample.label)],
                                    name_and_percent(record, sample.student));
  if (!sample.teacher.empty())
    caption += fmt::format(", teacher {}", name_and_percent(record, sample.teacher));
  return {.name = fmt::format("samples/{}", index),
          .caption = caption,
          .width = test.width,
          .height = test.height,
          .png = tracking::encode_png({test.images.data() + static_cast<size_t>(sample.id) * pixels, pixels},
                                      test.channels, test.height, test.width)};
}

tracking::Table confusion_table(const tracking::EvaluationRecord& record) {
  tracking::Table table{.name = "confusion_matrix", .columns = {"actual", "predicted", "count"}, .rows = {}};
  for (size_t actual = 0; actual < record.confusion.size(); ++actual)
    for (size_t predicted = 0; predicted < record.confusion.size(); ++predicted)
      table.rows.push_back({record.class_names[actual], record.class_names[predicted],
                            static_cast<double>(record.confusion[actual][predicted])});
  return table;
}

tracking::Histogram confidence_histogram(std::string name, const tracking::ClassifierFigures& figures) {
  tracking::Histogram histogram{.name = std::move(name), .edges = {0}, .counts = {}};
  const auto bins = static_cast<double>(figures.bins.size());
  for (const tracking::ReliabilityBin& bin : figures.bins) {
    histogram.counts.push_back(bin.count);
    histogram.edges.push_back(static_cast<double>(histogram.counts.size()) / bins);
    const double sum = static_cast<double>(bin.count) * bin.confidence;
    histogram.sum += sum;
    histogram.sum_of_squares += sum * bin.confidence;
  }
  return histogram;
}

}  // namespace

void forget_outcome(const fs::path& run_directory, bool goes_on) {
  std::error_code ignored;  // what cannot be removed cannot be written either, and that is said then
  for (const char* name : {"results.json", "evaluation.json", "report.html"})
    fs::remove(run_directory / name, ignored);
  if (!goes_on) fs::remove(run_directory / "learning_rate_finder.csv", ignored);
}

std::vector<std::string> command_line() {
  const std::ifstream file("/proc/self/cmdline");
  std::ostringstream bytes;
  bytes << file.rdbuf();
  std::vector<std::string> arguments;
  std::istringstream stream(bytes.str());
  for (std::string argument; std::getline(stream, argument, '\0');) arguments.push_back(argument);
  if (!arguments.empty()) arguments.erase(arguments.begin());
  return arguments;
}

tracking::RunRecord record_run(const TrainingOptions& options, const data::DataModule& data,
                               std::vector<tracking::NetworkRecord> networks, const fs::path& run_directory,
                               bool goes_on) {
  constexpr uint64_t kLargestRecord = 1 << 24;
  tracking::RunRecord record{
      .id = tracking::new_run_id(),
      .role = role_name(options.role),
      .network = options.trained_architecture().label(),
      .arguments = command_line(),
      .overrides = config::read_task_overrides(run_directory)
                       .value_or(config::read_task_overrides(run_directory.parent_path())
                                     .value_or(std::vector<std::string>{})),
      .versions = {{"retort", RETORT_VERSION}, {"LibTorch", TORCH_VERSION}, {"compiler", __VERSION__}},
      .git_commit = tracking::git_commit(fs::current_path()),
      .machine = tracking::this_machine(),
      .started_at = tracking::unix_time(),
      .data_set = options.data.name,
      .class_names = data.train.class_names,
      .networks = std::move(networks),
      .config = tracking::to_json(options.config)};
  record.machine.threads = at::get_num_threads();
  if (const auto defaults = default_config(); !defaults.is_null())
    record.defaults = tracking::defaults_left(record.config, defaults);
  const fs::path file = run_directory / "run.json";
  if (goes_on && fs::exists(file))
    if (const auto earlier =
            tracking::parse_run_record(read_file(file, kLargestRecord, ExitCode::checkpoint))) {
      record.id = earlier->id;
      record.started_at = earlier->started_at;
    }
  write_file_atomically(file, tracking::to_json(record));
  return record;
}

void record_predictions(const TestPredictions& predictions, const TrainingOptions& options,
                        const data::Dataset& test, data::BatchSource& loader, methods::Teacher* teacher,
                        int64_t step, const fs::path& run_directory, tracking::Tracker& tracker) {
  if (predictions.logits.empty()) return;
  const double temperature = temperature_of(options);
  const torch::Tensor logits = torch::cat(predictions.logits).contiguous();
  const torch::Tensor labels = torch::cat(predictions.labels).contiguous();
  const TeacherLogits asked =
      teacher != nullptr ? ask_teacher(*teacher, loader, predictions.logits.size(), options, temperature)
                         : TeacherLogits{};
  tracking::EvaluationRecord record = tracking::describe_predictions(
      {.student = floats(logits),
       .teacher = floats(asked.plain),
       .soft_teacher = floats(asked.soft),
       .labels = {labels.data_ptr<int64_t>(), static_cast<size_t>(labels.numel())},
       .temperature = temperature},
      "test", test.class_names, kMostSamples);

  make_folders(run_directory / "pictures");
  for (size_t i = 0; i < record.samples.size(); ++i) {
    const tracking::Image image = to_image(record, record.samples[i], test, i);
    record.samples[i].picture = fmt::format("pictures/test_{:05}.png", record.samples[i].id);
    write_file_atomically(run_directory / record.samples[i].picture, image.png);
    if (tracker.keeps_media()) tracker.log_image(step, image);
  }
  write_file_atomically(run_directory / "evaluation.json", tracking::to_json(record));
  if (tracker.keeps_media()) {
    if (record.class_names.size() <= kMostConfusionClasses) tracker.log_table(step, confusion_table(record));
    tracker.log_histogram(step, confidence_histogram("confidence/student", record.student));
    if (record.teacher)
      tracker.log_histogram(step, confidence_histogram("confidence/teacher", *record.teacher));
  }
  tracking::Metrics summary = {{"test/ece", record.student.ece}};
  if (record.teacher) {
    summary.emplace_back("test/teacher_agreement", record.agreement);
    summary.emplace_back("test/teacher_accuracy_top1", record.teacher->accuracy);
  }
  tracker.summarize(summary);
  tracker.save_file(run_directory / "evaluation.json");
}

}  // namespace retort::trainer
