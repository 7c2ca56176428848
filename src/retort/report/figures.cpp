// SPDX-License-Identifier: MIT
#include "retort/report/figures.h"

#include <cmath>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::report {
namespace {

Outcome make(std::string name, std::optional<double> value, int direction, auto to_text) {
  return {.name = std::move(name),
          .text = value ? to_text(*value) : std::string(),
          .value = value,
          .direction = direction};
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }
std::string four_digits(double value) { return fmt::format("{:.4f}", value); }
std::string count(double value) { return human_count(static_cast<uint64_t>(value)); }

}  // namespace

std::vector<Outcome> outcomes_of(const Run& run) {
  const auto& evaluation = run.evaluation;
  const auto of_evaluation = [&](auto figure) -> std::optional<double> {
    if (!evaluation) return std::nullopt;
    return figure(*evaluation);
  };
  const auto of_network = [&](auto figure) -> std::optional<double> {
    if (run.record.networks.empty()) return std::nullopt;
    return static_cast<double>(figure(run.record.networks.back()));
  };
  std::optional<double> agreement;
  if (evaluation && evaluation->teacher) agreement = evaluation->agreement;
  std::optional<double> accuracy = run.figure("test/accuracy_top1"), loss = run.figure("test/loss");
  if (evaluation) {
    accuracy = evaluation->student.accuracy;
    loss = evaluation->student.nll;
  }
  return {
      make("test accuracy", accuracy, 1, percent),
      make("test errors", of_evaluation([](const auto& e) {
             return std::round((1 - e.student.accuracy) * static_cast<double>(e.count));
           }),
           -1, [](double value) { return fmt::format("{:.0f}", value); }),
      make("test loss", loss, -1, four_digits),
      make("calibration error (ECE)", of_evaluation([](const auto& e) { return e.student.ece; }), -1,
           four_digits),
      make("agreement with the teacher", agreement, 1, percent),
      make("validation accuracy", run.figure("val/accuracy_top1"), 1, percent),
      make("parameters", of_network([](const auto& n) { return n.parameters; }), 0, count),
      make("size", of_network([](const auto& n) { return n.parameter_bytes; }), 0,
           [](double value) { return human_bytes(static_cast<uint64_t>(value)); }),
      make("FLOPs a picture", of_network([](const auto& n) { return n.forward_flops; }), 0, count),
      make("training time", run.figure("seconds"), 0, [](double value) { return human_duration(value); }),
  };
}

std::string local_time(double unix_seconds) {
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm local{};
  localtime_r(&seconds, &local);
  return fmt::format("{:%Y-%m-%d %H:%M}", local);
}

}  // namespace retort::report
