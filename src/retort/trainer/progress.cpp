// SPDX-License-Identifier: MIT
#include "retort/trainer/progress.h"

#include <nlohmann/json.hpp>

namespace retort::trainer {
namespace {

nlohmann::json to_json(const std::optional<metrics::Classification>& figures) {
  if (!figures) return nullptr;
  return {{"loss", figures->loss},
          {"accuracy_top1", figures->accuracy_top1},
          {"accuracy_top5", figures->accuracy_top5},
          {"errors", figures->errors},
          {"samples", figures->samples}};
}

std::optional<metrics::Classification> classification_from_json(const nlohmann::json& json) {
  if (json.is_null()) return std::nullopt;
  metrics::Classification figures;
  json.at("loss").get_to(figures.loss);
  json.at("accuracy_top1").get_to(figures.accuracy_top1);
  json.at("accuracy_top5").get_to(figures.accuracy_top5);
  json.at("errors").get_to(figures.errors);
  json.at("samples").get_to(figures.samples);
  return figures;
}

}  // namespace

nlohmann::json to_json(const Progress& progress) {
  return {{"epoch", progress.epoch},
          {"batch", progress.batch},
          {"step", progress.step},
          {"is_settled", progress.is_settled},
          {"loss_sums", progress.loss_sums},
          {"samples", progress.samples},
          {"validated_batches", progress.validated_batches},
          {"evaluation", to_json(progress.evaluation)},
          {"evaluated_step", progress.evaluated_step},
          {"metrics", progress.metrics},
          {"base_lr", progress.base_lr}};
}

Progress progress_from_json(const nlohmann::json& json) {
  Progress progress;
  json.at("epoch").get_to(progress.epoch);
  json.at("batch").get_to(progress.batch);
  json.at("step").get_to(progress.step);
  json.at("is_settled").get_to(progress.is_settled);
  progress.loss_sums = json.at("loss_sums").get<NamedValues>();
  json.at("samples").get_to(progress.samples);
  json.at("validated_batches").get_to(progress.validated_batches);
  progress.evaluation = classification_from_json(json.at("evaluation"));
  json.at("evaluated_step").get_to(progress.evaluated_step);
  progress.metrics = json.at("metrics").get<NamedValues>();
  json.at("base_lr").get_to(progress.base_lr);
  return progress;
}

void remember(NamedValues& values, const std::string& name, double value) {
  for (auto& [known, old] : values)
    if (known == name) {
      old = value;
      return;
    }
  values.emplace_back(name, value);
}

std::optional<double> find(const NamedValues& values, const std::string& name) {
  for (const auto& [known, value] : values)
    if (known == name) return value;
  return std::nullopt;
}

}  // namespace retort::trainer
