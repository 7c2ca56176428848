// SPDX-License-Identifier: MIT
#include <algorithm>

#include "retort/tracking/evaluation_record.h"
#include "retort/tracking/json_record.h"

namespace retort::tracking {
namespace {

using Json = nlohmann::ordered_json;

Json figures_json(const ClassifierFigures& figures) {
  Json bins = Json::array();
  for (const ReliabilityBin& bin : figures.bins)
    bins.push_back({{"count", bin.count}, {"confidence", bin.confidence}, {"accuracy", bin.accuracy}});
  return {
      {"accuracy", figures.accuracy}, {"nll", figures.nll}, {"ece", figures.ece}, {"bins", std::move(bins)}};
}

ClassifierFigures parse_figures(const Json& json) {
  ClassifierFigures figures{.accuracy = json.at("accuracy"), .nll = json.at("nll"), .ece = json.at("ece")};
  for (const Json& bin : json.at("bins"))
    figures.bins.push_back(
        {.count = bin.at("count"), .confidence = bin.at("confidence"), .accuracy = bin.at("accuracy")});
  return figures;
}

// Sums of many parts may miss by a little.
bool is_share(double value) { return value > -1e-6 && value < 1 + 1e-6; }

bool are_shares(const std::vector<double>& values) {
  return std::all_of(values.begin(), values.end(), is_share);
}

bool is_one_a_class(const std::vector<double>& probabilities, size_t classes) {
  return probabilities.empty() || probabilities.size() == classes;
}

bool is_consistent(const ClassifierFigures& figures) {
  return is_share(figures.accuracy) && is_share(figures.ece) &&
         std::all_of(figures.bins.begin(), figures.bins.end(), [](const ReliabilityBin& bin) {
           return bin.count >= 0 && is_share(bin.confidence) && is_share(bin.accuracy);
         });
}

// A picture is a file beside the record or below it, never elsewhere.
bool is_inside(const std::string& path) {
  return !path.starts_with('/') && path.find("..") == std::string::npos;
}

bool is_consistent(const EvaluationRecord& record) {
  const size_t classes = record.class_names.size();
  if (record.confusion.size() != classes || !(record.temperature > 0) || record.count < 0) return false;
  if (!is_consistent(record.student) || (record.teacher && !is_consistent(*record.teacher)) ||
      !is_share(record.agreement))
    return false;
  for (const auto& row : record.confusion) {
    if (row.size() != classes) return false;
    for (const int64_t count : row)
      if (count < 0) return false;
  }
  for (const SamplePrediction& sample : record.samples)
    if (sample.label < 0 || static_cast<size_t>(sample.label) >= classes ||
        sample.student.size() != classes || !is_one_a_class(sample.teacher, classes) ||
        !is_one_a_class(sample.soft_targets, classes) || !is_inside(sample.picture) ||
        !are_shares(sample.student) || !are_shares(sample.teacher) || !are_shares(sample.soft_targets))
      return false;
  return true;
}

}  // namespace

std::string to_json(const EvaluationRecord& record) {
  Json samples = Json::array();
  for (const SamplePrediction& sample : record.samples)
    samples.push_back({{"id", sample.id},
                       {"label", sample.label},
                       {"picture", sample.picture},
                       {"student", sample.student},
                       {"teacher", sample.teacher},
                       {"soft_targets", sample.soft_targets}});
  Json json = {{"split", record.split},
               {"count", record.count},
               {"temperature", record.temperature},
               {"class_names", record.class_names},
               {"confusion", record.confusion},
               {"student", figures_json(record.student)}};
  if (record.teacher) {
    json["teacher"] = figures_json(*record.teacher);
    json["agreement"] = record.agreement;
  }
  json["samples"] = std::move(samples);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::optional<EvaluationRecord> parse_evaluation_record(std::string_view text) {
  constexpr int kMaxDepth = 8;
  return parse_json_record(text, kMaxDepth, [](const Json& json) -> std::optional<EvaluationRecord> {
    EvaluationRecord record{.split = json.at("split"),
                            .count = json.at("count"),
                            .temperature = json.at("temperature"),
                            .class_names = json.at("class_names"),
                            .confusion = json.at("confusion"),
                            .student = parse_figures(json.at("student"))};
    if (json.contains("teacher")) {
      record.teacher = parse_figures(json.at("teacher"));
      record.agreement = json.at("agreement");
    }
    for (const Json& sample : json.at("samples"))
      record.samples.push_back({.id = sample.at("id"),
                                .label = sample.at("label"),
                                .picture = sample.at("picture"),
                                .student = sample.at("student"),
                                .teacher = sample.at("teacher"),
                                .soft_targets = sample.at("soft_targets")});
    if (!is_consistent(record)) return std::nullopt;
    return record;
  });
}

}  // namespace retort::tracking
