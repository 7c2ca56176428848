// SPDX-License-Identifier: MIT
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/engine.h"
#include "apps/evaluate_options.h"
#include "apps/evaluate_text.h"
#include "apps/weights_file.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/data/registry.h"
#include "retort/methods/teacher.h"
#include "retort/metrics/quality.h"
#include "retort/trainer/evaluation.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/network_file.h"

namespace retort::apps {
namespace {

namespace fs = std::filesystem;

/// A row of what is shown: one network, or the ensemble of them.
struct Answers {
  std::string name;          // the file
  std::string architecture;  // for people
  torch::Tensor logits;      // [N, C] float32
};

/// The pictures of one split, and what networks say of them.
class Questions {
 public:
  Questions(const EvaluateOptions& options, Console& console)
      : options_(options), console_(console), data_(data::load_data(options.data, options.seed)) {}

  Answers ask(const std::string& path) {
    const WeightsFile file = read_weights_file(path, console_);
    const bool has_several = options_.checkpoints.size() + options_.teachers.size() > 1;
    const auto network = trainer::load_network(
        file.weights, file.path,
        {.architecture = options_.architecture, .key = "architecture", .is_fallback = has_several},
        trainer::task_of(data_.train), data_.normalization);
    if (options_.split == "validation") check_split(network.provenance);
    const auto loader = trainer::make_evaluation_loader(dataset(), ids(), data_.normalization, options_.data);
    std::vector<torch::Tensor> logits, labels;
    const auto progress = [&](int64_t done, int64_t batches) {
      console_.set_live_line(fmt::format("evaluating {}: {} of {} batches", path, done, batches));
      return !stop_requested();
    };
    const auto sink = [&](const torch::Tensor& batch_logits, const torch::Tensor& batch_labels) {
      logits.push_back(batch_logits);
      labels.push_back(batch_labels);
    };
    const auto evaluated = trainer::evaluate(*network.model, *loader, loader->batches_per_epoch(),
                                             trainer::Precision::float32, progress, sink);
    if (!evaluated) throw Error(ExitCode::interrupted, "stopped by a signal; nothing was written");
    labels_ = torch::cat(labels);
    return {.name = file.path.string(),
            .architecture = network.architecture.label(),
            .logits = torch::cat(logits)};
  }

  /// Several networks as one, at temperature 1.
  torch::Tensor together(const std::vector<Answers>& answers) const {
    std::vector<torch::Tensor> logits;
    for (const Answers& one : answers) logits.push_back(one.logits);
    const auto combine =
        options_.is_geometric ? methods::Combine::geometric_mean : methods::Combine::probability_mean;
    return methods::combine_logits(torch::stack(logits), {}, combine, /*temperature=*/1);
  }

  const torch::Tensor& labels() const { return labels_; }
  const data::Dataset& dataset() const { return options_.split == "test" ? data_.test : data_.train; }

 private:
  // Another seed or size draws other pictures: some that the network was trained on.
  void check_split(const trainer::Provenance& provenance) const {
    const auto& held_out = provenance.held_out;
    if (!held_out ||
        (held_out->seed == options_.seed && held_out->validation_size == options_.data.validation_size))
      return;
    throw Error(ExitCode::config,
                fmt::format("split=validation would hold pictures that the network was trained "
                            "on: what it has not seen is drawn by seed={} "
                            "data.validation_size={}",
                            held_out->seed, held_out->validation_size));
  }

  std::vector<int64_t> ids() const {
    if (options_.split == "test") return trainer::all_ids(data_.test);
    return options_.split == "train" ? data_.train_ids : data_.validation_ids;
  }

  const EvaluateOptions& options_;
  Console& console_;
  const data::DataModule data_;
  torch::Tensor labels_;
};

void add_class_bias(torch::Tensor& logits, const EvaluateOptions& options) {
  for (const auto& [label, shift] : options.class_bias) {
    if (label >= logits.size(1))
      throw Error(ExitCode::config, fmt::format("class_bias: there is no class {}", label));
    logits.select(1, label) += shift;
  }
}

nlohmann::ordered_json figures_json(const metrics::Quality& quality, const std::string& prefix) {
  nlohmann::ordered_json json = {{prefix + "accuracy_top1", quality.accuracy_top1},
                                 {prefix + "accuracy_top5", quality.accuracy_top5},
                                 {prefix + "errors", quality.errors},
                                 {prefix + "loss", quality.nll},
                                 {prefix + "brier", quality.brier},
                                 {prefix + "ece", quality.ece}};
  return json;
}

nlohmann::ordered_json details_json(const metrics::Quality& quality, const std::vector<std::string>& names) {
  nlohmann::ordered_json bins = nlohmann::ordered_json::array(), classes = bins;
  for (const metrics::ReliabilityBin& bin : quality.bins)
    bins.push_back({{"low", bin.low},
                    {"high", bin.high},
                    {"samples", bin.samples},
                    {"confidence", bin.confidence},
                    {"accuracy", bin.accuracy}});
  for (size_t i = 0; i < quality.classes.size(); ++i)
    classes.push_back({{"name", i < names.size() ? names[i] : ""},
                       {"samples", quality.classes[i].samples},
                       {"predicted", quality.classes[i].predicted},
                       {"hits", quality.classes[i].hits}});
  return {{"reliability", bins}, {"classes", classes}};
}

}  // namespace

void evaluate(const Invocation& invocation) {
  const auto options = EvaluateOptions::from(invocation.config);
  if (options.predictions && !fs::is_directory(fs::absolute(*options.predictions).parent_path()))
    throw Error(ExitCode::resources,
                fmt::format("predictions={}: there is no such folder", printable(*options.predictions)));
  Console& console = invocation.console;
  Questions questions(options, console);
  std::vector<Answers> rows, teachers;
  for (const std::string& path : options.checkpoints) rows.push_back(questions.ask(path));
  for (const std::string& path : options.teachers) teachers.push_back(questions.ask(path));
  console.clear_live_line();
  const torch::Tensor teacher_logits = teachers.empty() ? torch::Tensor() : questions.together(teachers);
  if (options.is_ensemble)
    rows.push_back({.name = "ensemble",
                    .architecture = fmt::format("{} networks", rows.size()),
                    .logits = questions.together(rows)});

  const std::string prefix = options.split == "validation" ? "val/" : options.split + "/";
  nlohmann::ordered_json results;
  for (Answers& row : rows) {
    add_class_bias(row.logits, options);
    const metrics::Quality quality = metrics::measure_quality(row.logits, questions.labels());
    console.say(fmt::format("{} ({}) on {} {}: {}", printable(row.name), row.architecture, options.data.name,
                            options.split, quality_line(quality)));
    nlohmann::ordered_json figures = figures_json(quality, prefix);
    if (teacher_logits.defined()) {
      const metrics::Agreement agreement = metrics::measure_agreement(row.logits, teacher_logits);
      console.say(fmt::format("  agrees with the teacher on {:.2f} %; KL(teacher || student) {:.4f}",
                              100 * agreement.top1, agreement.kl));
      figures[prefix + "agreement"] = agreement.top1;
      figures[prefix + "kl"] = agreement.kl;
    }
    figures.update(details_json(quality, questions.dataset().class_names));
    if (rows.size() == 1)
      results = std::move(figures);
    else
      results[row.name] = std::move(figures);
    if (&row != &rows.back() || (rows.size() > 1 && !options.is_ensemble)) continue;
    console.say(fmt::format("\n{}", reliability_diagram(quality.bins, console.has_unicode())));
    console.say(class_table(quality.classes, questions.dataset().class_names, console.has_unicode()));
  }
  write_file_atomically(invocation.run_directory / "results.json", results.dump(2) + "\n");
  if (options.predictions) {
    checkpoint::save_weights(
        *options.predictions,
        {.tensors = {{"logits", rows.back().logits}, {"labels", questions.labels()}}, .metadata = {}});
    console.say(fmt::format("predictions: {}", printable(*options.predictions)));
  }
}

}  // namespace retort::apps
