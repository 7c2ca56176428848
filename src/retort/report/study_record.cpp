// SPDX-License-Identifier: MIT
#include "retort/report/study_record.h"

#include <algorithm>

#include "retort/tracking/json_record.h"

namespace retort::report {
namespace {

using Json = nlohmann::ordered_json;

bool is_consistent(const StudyArm& arm) {
  const auto fits = [&](const std::vector<double>& values) {
    return values.empty() || values.size() == arm.accuracies.size();
  };
  return !arm.accuracies.empty() && fits(arm.errors) && fits(arm.losses) && fits(arm.calibration_errors) &&
         fits(arm.agreements) && arm.folders.size() <= arm.accuracies.size() &&
         std::all_of(arm.accuracies.begin(), arm.accuracies.end(),
                     [](double share) { return share >= 0 && share <= 1; });
}

}  // namespace

std::optional<StudyRecord> parse_study_record(std::string_view text) {
  constexpr int kMaxDepth = 5;
  return tracking::parse_json_record(text, kMaxDepth, [](const Json& json) -> std::optional<StudyRecord> {
    StudyRecord record{.verdicts = json.at("verdicts")};
    if (json.contains("class_bias")) record.class_bias = json.at("class_bias");
    for (const auto& [name, value] : json.at("seeds").items()) {
      if (name == "seeds") {
        record.seeds = value.get<std::vector<int64_t>>();
        continue;
      }
      record.is_of_test_set = value.contains("test/errors");
      const std::string split = record.is_of_test_set ? "test/" : "val/";
      record.arms.push_back({.name = name,
                             .network = value.at("network"),
                             .accuracies = value.at(split + "accuracy_top1"),
                             .errors = value.at(split + "errors"),
                             .losses = value.at(split + "loss"),
                             .calibration_errors = value.at(split + "ece"),
                             .agreements = value.at(split + "agreement"),
                             .folders = value.value("folders", std::vector<std::string>())});
    }
    if (record.seeds.empty() || record.arms.empty() ||
        !std::all_of(record.arms.begin(), record.arms.end(), is_consistent))
      return std::nullopt;
    return record;
  });
}

}  // namespace retort::report
