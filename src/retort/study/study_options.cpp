// SPDX-License-Identifier: MIT
#include "retort/study/study_options.h"

#include <optional>

#include <fmt/format.h>

#include "retort/config/class_numbers.h"
#include "retort/config/merge.h"
#include "retort/config/reader.h"
#include "retort/config/yaml_writer.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"

namespace retort::study {
namespace {

using config::Node;

constexpr size_t kMaxTrainings = 10'000;

Node empty_dictionary() { return Node(Node::Dict{}); }

// An integer N is the seeds seed, seed + 1, ... of which there are N; a list is the seeds themselves.
std::vector<uint64_t> read_seeds(config::Reader& root) {
  std::vector<uint64_t> seeds;
  if (root.node("seeds").is_list()) {
    for (const int64_t seed : root.integers("seeds", {.at_least = 0}))
      seeds.push_back(static_cast<uint64_t>(seed));
    if (seeds.empty()) root.fail("seeds", "expected at least one seed");
    return seeds;
  }
  const auto first = static_cast<uint64_t>(root.integer("seed", {.at_least = 0}));
  const auto count = static_cast<uint64_t>(root.integer("seeds", {.at_least = 1, .at_most = 1000}));
  for (uint64_t i = 0; i < count; ++i) seeds.push_back(first + i);
  return seeds;
}

// "student=mlp 30" of model.student: {name: mlp, widths: [30]}; "temperature=20".
std::string label_of(const std::string& key, const Node& value) {
  const std::string name = key.substr(key.rfind('.') + 1);
  if (key == "model.student" || key == "model.teacher")
    return fmt::format("{}={}", name, models::Architecture::from(value, key).label());
  std::string text = config::describe(value);
  std::erase(text, '\'');
  return fmt::format("{}={}", name, text);
}

// What only distillation looks at is no matter of the student alone.
bool is_of_distillation(const std::string& key) {
  return key.starts_with("method") || key.starts_with("teacher");
}

std::vector<Variant> read_grid(config::Reader& study) {
  std::vector<Variant> variants = {
      {.label = "", .student = "", .changes = empty_dictionary(), .for_control = empty_dictionary()}};
  study.ignore("grid");
  if (!study.has("grid")) return variants;
  const Node& grid = study.node("grid");
  if (!grid.is_dict()) study.fail("grid", "expected a dictionary of keys, each with a list of values");
  for (const auto& [key, values] : grid.as_dict()) {
    if (!values.is_list() || values.as_list().empty())
      study.fail("grid", fmt::format("expected a list of values for {}", printable(key.text())));
    std::vector<Variant> product;
    if (variants.size() * values.as_list().size() > kMaxTrainings)
      study.fail("grid", "too many combinations");
    for (const Variant& variant : variants) {
      for (const Node& value : values.as_list()) {
        Variant next = variant;
        const std::string label = label_of(key.text(), value);
        const auto extend = [&](std::string& text) {
          text += fmt::format("{}{}", text.empty() ? "" : ", ", label);
        };
        extend(next.label);
        next.changes.set(key.text(), value);
        if (!is_of_distillation(key.text())) {
          extend(next.student);
          next.for_control.set(key.text(), value);
        }
        product.push_back(std::move(next));
      }
    }
    variants = std::move(product);
  }
  return variants;
}

// What a distillation alone looks at takes a fixed value, so that changing it is no reason to train anew.
void forget_distillation(Node& config) {
  const Node* const smoothing = config.select("method.label_smoothing");
  config.set("method", Node(Node::Dict{{"name", Node("hinton")},
                                       {"label_smoothing", smoothing != nullptr ? *smoothing : Node(0.0)}}));
  config.set("teacher.checkpoint", Node("none"));
  config.set("teacher.combine", Node("probability_mean"));
  for (const char* key : {"teacher.logits", "teacher.weights"}) config.set(key, Node());
}

trainer::TrainingOptions training(Node config, const char* role, uint64_t seed) {
  config.set("model.name", Node(role));
  config.set("seed", Node(static_cast<int64_t>(seed)));
  return trainer::TrainingOptions::from(config);
}

}  // namespace

StudyOptions StudyOptions::from(const Node& config) {
  config::Reader root(config, "");
  config::Reader study = root.child("study");
  StudyOptions options;
  for (const auto& [name, changes] : {std::pair{"teacher", &options.teacher},
                                      {"student", &options.student},
                                      {"distill", &options.distill}}) {
    study.child(name);  // a dictionary
    *changes = study.node(name);
  }
  options.variants = read_grid(study);
  options.class_bias = config::read_class_numbers(study, "class_bias");
  study.ignore("n_jobs");
  if (study.has("n_jobs"))
    options.n_jobs = static_cast<int>(study.integer("n_jobs", {.at_least = 1, .at_most = 1024}));
  options.folder = study.text("folder");
  options.split = study.choice("split", {"test", "validation"}) == "test" ? Split::test : Split::validation;
  study.ignore("teacher_seeds");
  if (study.has("teacher_seeds"))
    for (const int64_t seed : study.integers("teacher_seeds", {.at_least = 0}))
      options.teacher_seeds.push_back(static_cast<uint64_t>(seed));
  study.finish();
  options.seeds = read_seeds(root);
  if (options.seeds.size() * options.variants.size() > kMaxTrainings)
    root.fail("seeds", fmt::format("more than {} trainings", kMaxTrainings));

  options.config = config;
  for (const char* key : {"study", "seeds"}) options.config.erase(key);
  config::Reader teacher = root.child("teacher");
  if (teacher.has("checkpoint"))
    options.teacher_files = teacher.texts("checkpoint");
  else
    options.config.set("teacher.checkpoint", Node("none"));
  if (!options.teacher_files.empty() && !options.teacher_seeds.empty())
    study.fail("teacher_seeds",
               "teacher.checkpoint names teachers that are there already; give one of the two");

  const bool has_shared_teachers = !options.teacher_files.empty() || !options.teacher_seeds.empty();
  if (options.split == Split::validation && has_shared_teachers)
    study.fail("split",
               "a teacher of another seed has learnt from the pictures that a student's seed holds out");

  // Every key is checked before anything is trained.
  const trainer::TrainingOptions teacher_options = options.teacher_training(options.seeds.front());
  const int64_t held_out = teacher_options.data.validation_size;
  bool uses_gpu = teacher_options.trainer.accelerator == trainer::Accelerator::cuda;
  if (options.split == Split::validation && held_out == 0)
    study.fail("split", "no pictures are held out: data.validation_size is 0");
  for (const Variant& variant : options.variants) {
    const trainer::TrainingOptions control = options.control_training(variant, options.seeds.front());
    const trainer::TrainingOptions distilled =
        options.distilled_training(variant, options.seeds.front(), {"none"});
    for (const auto* one : {&control, &distilled})
      uses_gpu = uses_gpu || one->trainer.accelerator == trainer::Accelerator::cuda;
    const bool is_alike =
        control.data.validation_size == held_out && distilled.data.validation_size == held_out;
    if (options.split == Split::validation && !is_alike)
      study.fail("split",
                 "teacher and students must hold out the same pictures: data.validation_size differs");
    config::Reader trainer = root.child("trainer");
    if (distilled.trainer.ckpt_path)
      trainer.fail("ckpt_path", "a study that was stopped goes on with the same command");
    if (distilled.trainer.devices.value_or(1) > 1 || distilled.trainer.num_nodes > 1)
      trainer.fail("devices", "a study's trainings are one process each; several studies share the work");
    constexpr char kKeepsNothing[] =
        "keeps nothing, and a study compares what its trainings keep; a quick look is trainer.max_epochs=1 "
        "trainer.limit_train_batches=2";
    if (distilled.trainer.is_dev_run) trainer.fail("fast_dev_run", kKeepsNothing);
    if (!distilled.trainer.enable_logging) trainer.fail("barebones", kKeepsNothing);
    if (!distilled.trainer.enable_checkpointing || !distilled.callbacks.model_checkpoint ||
        !distilled.callbacks.model_checkpoint->save_last)
      trainer.fail("enable_checkpointing",
                   "a study measures what its trainings save last (callbacks.model_checkpoint)");
    if (distilled.finds_batch_size())
      root.fail("callbacks",
                "callbacks.batch_size_finder would find a size for each training, and a study compares "
                "them at one: set data.batch_size");
    if (distilled.resumes_by_itself) root.fail("resume", "a study goes on by itself; leave this at never");
  }
  if (uses_gpu && options.n_jobs > 1)
    study.fail("n_jobs", "a GPU does one training at a time; trainer.accelerator=cpu does several");
  if (uses_gpu) options.n_jobs = 1;  // whoever has spoken to the driver cannot be forked
  return options;
}

trainer::TrainingOptions StudyOptions::teacher_training(uint64_t seed) const {
  Node merged = config::merged(config, teacher);
  forget_distillation(merged);
  merged.set("model.student", *merged.select("model.teacher"));
  return training(merged, "teacher", seed);
}

trainer::TrainingOptions StudyOptions::control_training(const Variant& variant, uint64_t seed) const {
  Node merged = config::merged(config::merged(config, student), variant.for_control);
  forget_distillation(merged);
  merged.set("model.teacher", *merged.select("model.student"));
  return training(merged, "student", seed);
}

trainer::TrainingOptions StudyOptions::distilled_training(const Variant& variant, uint64_t seed,
                                                          const std::vector<std::string>& teachers) const {
  Node merged = config::merged(config::merged(config, distill), variant.changes);
  Node::List files;
  for (const std::string& file : teachers) files.emplace_back(file);
  merged.set("teacher.checkpoint", Node(std::move(files)));
  return training(merged, "distill", seed);
}

std::string hash_of(const trainer::TrainingOptions& options) {
  std::string text;
  for (const auto& [key, value] : options.fingerprint) text += fmt::format("{}={}\n", key, value);
  // How long it trains is no matter of the next step, but of the last.
  for (const char* key : {"max_epochs", "max_steps", "min_epochs", "min_steps", "max_time"})
    if (const Node* node = options.config.select(fmt::format("trainer.{}", key)))
      text += fmt::format("trainer.{}={}\n", key, config::describe(*node));
  if (const Node* callbacks = options.config.find("callbacks")) text += config::to_yaml(*callbacks);
  constexpr size_t kDigits = 16;
  return sha256_of(text).substr(0, kDigits);
}

}  // namespace retort::study
