// SPDX-License-Identifier: MIT
#include "retort/study/study.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <thread>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/methods/teacher.h"
#include "retort/metrics/quality.h"
#include "retort/study/trained.h"
#include "retort/trainer/run_recording.h"

namespace retort::study {
namespace {

namespace fs = std::filesystem;

/// Trains what others wait for and nobody trains yet, until all is there.
class Workshop {
 public:
  Workshop(const StudyOptions& options, Console& console)
      : options_(options), folder_(options.folder), console_(console) {}

  struct Order {
    std::string name;
    trainer::TrainingOptions options;
  };

  /// In the order of the orders. Two with one hash are one training.
  std::vector<Trained> train(const std::vector<Order>& orders) {
    std::map<std::string, Trained> done;
    for (bool is_waiting = true; is_waiting;) {
      is_waiting = false;
      for (const Order& order : orders) {
        const std::string hash = hash_of(order.options);
        if (done.contains(hash)) continue;
        if (auto trained = train_once(order.name, order.options, options_.split, folder_ / hash, console_))
          done.emplace(hash, std::move(*trained));
        else
          is_waiting = true;
      }
      if (is_waiting) wait();
    }
    std::vector<Trained> result;
    for (const Order& order : orders) {
      const std::string hash = hash_of(order.options);
      result.push_back(done.at(hash));
      if (seen_.insert(hash).second) trainings_.push_back({order.name, folder_ / hash});
    }
    return result;
  }

  const std::vector<StudyTraining>& trainings() const { return trainings_; }

 private:
  static void wait() {
    if (stop_requested()) throw Error(ExitCode::interrupted, "stopped by a signal; the same command goes on");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }

  const StudyOptions& options_;
  fs::path folder_;
  Console& console_;
  std::vector<StudyTraining> trainings_;  // that were asked for
  std::set<std::string> seen_;            // their hashes
};

std::string of_seed(const std::string& name, uint64_t seed) { return fmt::format("{}, seed {}", name, seed); }

/// What the students of one seed learn from.
struct Teachers {
  std::vector<std::string> files;
  torch::Tensor logits;  // [N, C] of the ensemble at temperature 1
  torch::Tensor labels;  // [N]
};

Teachers together(const std::vector<Trained>& members, const methods::TeacherOptions& options) {
  Teachers teachers;
  std::vector<torch::Tensor> logits;
  for (const Trained& member : members) {
    teachers.files.push_back(member.weights_file.string());
    logits.push_back(member.logits);
  }
  teachers.labels = members.front().labels;
  teachers.logits =
      methods::combine_logits(torch::stack(logits), options.weights, options.combine, /*temperature=*/1);
  return teachers;
}

/// Adds one network's figures to its arm.
void add(ArmFigures& arm, const Trained& trained, const torch::Tensor& teacher_logits) {
  arm.architecture = trained.architecture;
  if (!trained.folder.empty()) arm.folders.push_back(trained.folder);
  arm.parameters = static_cast<double>(trained.cost.parameters);
  arm.flops = static_cast<double>(trained.cost.forward_flops);
  const metrics::Quality quality = metrics::measure_quality(trained.logits, trained.labels);
  arm.accuracies.push_back(quality.accuracy_top1);
  arm.errors.push_back(static_cast<double>(quality.errors));
  arm.losses.push_back(quality.nll);
  arm.calibration_errors.push_back(quality.ece);
  if (teacher_logits.defined())
    arm.agreements.push_back(metrics::measure_agreement(trained.logits, teacher_logits).top1);
}

// "class bias 3 +3.5: 109 +- 4 errors, 98.6 % of class 3 right (before: 206 errors, 86.8 %)"
std::string biased_line(const StudyOptions& options, const std::string& name,
                        const std::vector<Trained>& networks) {
  std::vector<double> before, after;
  std::map<int64_t, std::pair<std::vector<double>, std::vector<double>>> recalls;
  for (const Trained& network : networks) {
    torch::Tensor shifted = network.logits.clone();
    for (const auto& [label, shift] : options.class_bias) {
      if (label >= shifted.size(1))
        throw Error(ExitCode::config, fmt::format("study.class_bias: there is no class {}", label));
      shifted.select(1, label) += shift;
    }
    const metrics::Quality plain = metrics::measure_quality(network.logits, network.labels);
    const metrics::Quality moved = metrics::measure_quality(shifted, network.labels);
    before.push_back(static_cast<double>(plain.errors));
    after.push_back(static_cast<double>(moved.errors));
    for (const auto& [label, shift] : options.class_bias) {
      const auto share = [&](const metrics::Quality& quality) {
        const metrics::ClassQuality& figures = quality.classes[static_cast<size_t>(label)];
        return 100.0 * static_cast<double>(figures.hits) /
               static_cast<double>(std::max<int64_t>(figures.samples, 1));
      };
      recalls[label].first.push_back(share(plain));
      recalls[label].second.push_back(share(moved));
    }
  }
  std::string text = fmt::format("{}, class bias", name);
  for (const auto& [label, shift] : options.class_bias) text += fmt::format(" {}:{:+}", label, shift);
  text += fmt::format(": {:.1f} errors (without: {:.1f})", spread_of(after).mean, spread_of(before).mean);
  for (const auto& [label, shares] : recalls)
    text += fmt::format("; class {}: {:.1f} % right (without: {:.1f} %)", label,
                        spread_of(shares.second).mean, spread_of(shares.first).mean);
  return text;
}

std::string distilled_name(const Variant& variant) {
  return variant.label.empty() ? "student distilled" : fmt::format("distilled, {}", variant.label);
}

std::string control_name(const Variant& variant) {
  return variant.student.empty() ? "student alone" : fmt::format("alone, {}", variant.student);
}

std::vector<Trained> trained_teachers(const StudyOptions& options, const std::vector<uint64_t>& seeds,
                                      Workshop& workshop) {
  std::vector<Workshop::Order> orders;
  for (const uint64_t seed : seeds)
    orders.push_back({of_seed("teacher", seed), options.teacher_training(seed)});
  return workshop.train(orders);
}

/// The teachers of each seed, and the arm that they are in the table.
std::vector<Teachers> make_teachers(const StudyOptions& options, Workshop& workshop, ArmFigures& arm) {
  const methods::TeacherOptions combining =
      options.distilled_training(options.variants.front(), options.seeds.front(), {"none"}).teacher;
  std::vector<Trained> members;
  if (!options.teacher_files.empty()) {
    const trainer::TrainingOptions training = options.teacher_training(options.seeds.front());
    for (const std::string& file : options.teacher_files)
      members.push_back(answer_of(file, training, options.split));
  } else {
    members = trained_teachers(options, options.teacher_seeds.empty() ? options.seeds : options.teacher_seeds,
                               workshop);
  }
  for (const Trained& member : members) add(arm, member, {});
  const bool is_shared = !options.teacher_files.empty() || !options.teacher_seeds.empty();
  std::vector<Teachers> teachers;
  for (size_t i = 0; i < options.seeds.size(); ++i)
    teachers.push_back(is_shared ? together(members, combining) : together({members[i]}, combining));
  return teachers;
}

}  // namespace

StudyResult run_study(const StudyOptions& options, Console& console) {
  Workshop workshop(options, console);
  StudyResult result;
  result.arms.push_back({.name = "teacher"});
  const std::vector<Teachers> teachers = make_teachers(options, workshop, result.arms[0]);
  if (teachers.front().files.size() > 1) {
    ArmFigures ensemble{.name = fmt::format("ensemble of {}", teachers.front().files.size())};
    Trained whole{.weights_file = {}, .architecture = ""};
    whole.logits = teachers.front().logits;
    whole.labels = teachers.front().labels;
    add(ensemble, whole, {});
    result.arms.push_back(std::move(ensemble));
  }

  std::vector<Workshop::Order> orders;
  for (size_t i = 0; i < options.seeds.size(); ++i) {
    for (const Variant& variant : options.variants) {
      const uint64_t seed = options.seeds[i];
      orders.push_back({of_seed(control_name(variant), seed), options.control_training(variant, seed)});
      orders.push_back({of_seed(distilled_name(variant), seed),
                        options.distilled_training(variant, seed, teachers[i].files)});
    }
  }
  const std::vector<Trained> trained = workshop.train(orders);
  result.trainings = workshop.trainings();

  std::string control_shown = "\n";  // no control's name
  for (size_t v = 0; v < options.variants.size(); ++v) {
    const Variant& variant = options.variants[v];
    ArmFigures control{.name = control_name(variant)}, distilled{.name = distilled_name(variant)};
    std::vector<Trained> students;
    for (size_t i = 0; i < options.seeds.size(); ++i) {
      const size_t place = 2 * (i * options.variants.size() + v);
      add(control, trained[place], teachers[i].logits);
      add(distilled, trained[place + 1], teachers[i].logits);
      students.push_back(trained[place + 1]);
    }
    const std::string words = verdict(control.accuracies, distilled.accuracies);
    result.verdicts.push_back(variant.label.empty() ? words : fmt::format("{}: {}", variant.label, words));
    if (!options.class_bias.empty()) result.biased.push_back(biased_line(options, distilled.name, students));
    if (control.name != control_shown) result.arms.push_back(control);
    control_shown = control.name;
    result.arms.push_back(std::move(distilled));
  }
  return result;
}

std::string study_text(const StudyOptions& options, const StudyResult& result, bool is_unicode) {
  std::string text = arms_table(result.arms, is_unicode) + "\n";
  for (const std::string& line : result.verdicts) text += line + "\n";
  for (const std::string& line : result.biased) text += line + "\n";
  const ArmFigures &teacher = result.arms.front(), &student = result.arms.back();
  text += fmt::format(
      "The student has {:.1f} times fewer parameters than the teacher, {:.1f} times fewer FLOPs.\n"
      "{} on the {}",
      teacher.parameters / student.parameters, teacher.flops / student.flops,
      options.seeds.size() == 1 ? "One seed,"
                                : fmt::format("Mean and deviation over {} seeds", options.seeds.size()),
      options.split == Split::test ? "test set, of the last epoch: none was chosen by it."
                                   : "pictures held out of the training set, of the last epoch.");
  return text;
}

nlohmann::ordered_json study_json(const StudyOptions& options, const StudyResult& result,
                                  const fs::path& run_directory) {
  const auto folders_of = [&](const ArmFigures& arm) {
    std::vector<std::string> folders;
    for (const fs::path& folder : arm.folders)
      folders.push_back(fs::absolute(folder).lexically_proximate(fs::absolute(run_directory)).string());
    return folders;
  };
  nlohmann::ordered_json json;
  const auto of_split = [&](const char* name) {
    return fmt::format("{}/{}", options.split == Split::test ? "test" : "val", name);
  };
  for (const ArmFigures& arm : result.arms) {
    json[arm.name] = {{of_split("accuracy_top1"), spread_of(arm.accuracies).mean},
                      {of_split("accuracy_top1_deviation"), spread_of(arm.accuracies).deviation},
                      {of_split("errors"), spread_of(arm.errors).mean},
                      {of_split("loss"), spread_of(arm.losses).mean},
                      {of_split("ece"), spread_of(arm.calibration_errors).mean},
                      {"parameters", arm.parameters},
                      {"forward_flops", arm.flops}};
    if (!arm.agreements.empty()) json[arm.name][of_split("agreement")] = spread_of(arm.agreements).mean;
  }
  nlohmann::ordered_json& seeds = json["seeds"];
  seeds["seeds"] = options.seeds;
  for (const ArmFigures& arm : result.arms)
    seeds[arm.name] = {{"network", arm.architecture},
                       {of_split("accuracy_top1"), arm.accuracies},
                       {of_split("errors"), arm.errors},
                       {of_split("loss"), arm.losses},
                       {of_split("ece"), arm.calibration_errors},
                       {of_split("agreement"), arm.agreements},
                       {"folders", folders_of(arm)}};
  json["verdicts"] = result.verdicts;
  json["command"] = trainer::command_line();
  for (const StudyTraining& training : result.trainings) json["trainings"].push_back(account_of(training));
  if (!result.biased.empty()) json["class_bias"] = result.biased;
  return json;
}

}  // namespace retort::study
