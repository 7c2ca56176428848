// SPDX-License-Identifier: MIT
#include "retort/report/figures.h"

#include <algorithm>
#include <cmath>
#include <ctime>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "retort/core/text.h"

namespace retort::report {
namespace {

Outcome make(std::string name, std::optional<double> value, int direction, std::string (*to_text)(double)) {
  return {.name = std::move(name),
          .text = value ? to_text(*value) : std::string(),
          .value = value,
          .direction = direction,
          .to_text = to_text};
}

std::string percent(double share) { return fmt::format("{:.2f} %", 100 * share); }
std::string four_digits(double value) { return fmt::format("{:.4f}", value); }
std::string count(double value) { return human_count(static_cast<uint64_t>(value)); }

std::string interval_of(const tracking::EvaluationRecord& evaluation) {
  const auto [low, high] = wilson_interval(evaluation.student.accuracy, evaluation.count);
  return fmt::format("95 %: {:.2f} to {:.2f}", 100 * low, 100 * high);
}

}  // namespace

std::pair<double, double> wilson_interval(double share, int64_t count) {
  if (count <= 0) return {0, 1};
  share = std::clamp(share, 0.0, 1.0);
  constexpr double kQuantile = 1.959964;  // of the normal distribution, for 95 %
  const auto n = static_cast<double>(count);
  const double square = kQuantile * kQuantile;
  const double center = (share + square / (2 * n)) / (1 + square / n);
  const double half =
      kQuantile * std::sqrt(share * (1 - share) / n + square / (4 * n * n)) / (1 + square / n);
  return {std::max(0.0, center - half), std::min(1.0, center + half)};
}

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
  const auto of_latency = [&](auto figure) {
    return of_network(figure).value_or(0) > 0 ? of_network(figure) : std::nullopt;
  };
  std::optional<double> agreement;
  if (evaluation && evaluation->teacher) agreement = evaluation->agreement;
  std::optional<double> accuracy = run.figure("test/accuracy_top1"), loss = run.figure("test/loss");
  if (evaluation) {
    accuracy = evaluation->student.accuracy;
    loss = evaluation->student.nll;
  }
  std::vector<Outcome> outcomes = {
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
      make("latency, median", of_latency([](const auto& n) { return n.latency_p50_ms; }), 0, latency_text),
      make("latency, 99th percentile", of_latency([](const auto& n) { return n.latency_p99_ms; }), 0,
           latency_text),
      make("training time", run.figure("seconds"), 0, [](double value) { return human_duration(value); }),
  };
  if (evaluation) outcomes.front().note = interval_of(*evaluation);
  return outcomes;
}

std::string difference_text(const Outcome& a, const Outcome& b) {
  if (!a.value || !b.value) return {};
  const double difference = *b.value - *a.value;
  return (difference < 0 ? "-" : "+") + a.to_text(std::abs(difference));
}

std::string latency_text(double milliseconds) {
  constexpr double kShort = 0.1;
  return milliseconds < kShort ? fmt::format("{:.3g} µs", 1000 * milliseconds)
                               : fmt::format("{:.3g} ms", milliseconds);
}

std::string local_time(double unix_seconds) {
  constexpr double kYear10000 = 253402300800;
  if (!(unix_seconds >= 0 && unix_seconds < kYear10000)) return {};
  const auto seconds = static_cast<std::time_t>(unix_seconds);
  std::tm local{};
  localtime_r(&seconds, &local);
  return fmt::format("{:%Y-%m-%d %H:%M}", local);
}

}  // namespace retort::report
