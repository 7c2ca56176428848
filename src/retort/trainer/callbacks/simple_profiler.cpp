// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/simple_profiler.h"

#include <algorithm>

#include <fmt/format.h>

#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

SimpleProfiler::SimpleProfiler(Console& console) : console_(console) {}

void SimpleProfiler::on_fit_start(Trainer&) { start_ = std::chrono::steady_clock::now(); }

void SimpleProfiler::on_train_batch_end(Trainer&, const StepResult& step) {
  sums_.data_seconds += step.data_seconds;
  sums_.teacher_seconds += step.teacher_seconds;
  sums_.forward_seconds += step.forward_seconds;
  sums_.backward_seconds += step.backward_seconds;
  sums_.update_seconds += step.update_seconds;
  sums_.seconds += step.seconds;
  ++steps_;
}

void SimpleProfiler::on_evaluation_start(Trainer&) { evaluation_start_ = std::chrono::steady_clock::now(); }

void SimpleProfiler::on_evaluation_end(Trainer&) {
  evaluation_seconds_ += seconds_since(evaluation_start_);
  ++evaluations_;
}

void SimpleProfiler::on_fit_end(Trainer&) {
  const double total = seconds_since(start_);
  std::string table =
      fmt::format("{:<24} {:>14} {:>8} {:>12} {:>8}\n", "action", "mean", "calls", "total", "share");
  const auto row = [&](const char* action, double seconds, int64_t calls) {
    table += fmt::format("{:<24} {:>11.3f} ms {:>8} {:>10.3f} s {:>6.1f} %\n", action,
                         1000 * seconds / static_cast<double>(std::max<int64_t>(calls, 1)), calls, seconds,
                         100 * seconds / total);
  };
  row("training", total, 1);
  row("  wait for data", sums_.data_seconds, steps_);
  row("  teacher", sums_.teacher_seconds, steps_);
  row("  forward and loss", sums_.forward_seconds, steps_);
  row("  backward", sums_.backward_seconds, steps_);
  row("  optimizer", sums_.update_seconds, steps_);
  row("  validation", evaluation_seconds_, evaluations_);
  row("  callbacks and the rest", total - sums_.seconds - evaluation_seconds_, steps_);
  table.pop_back();
  console_.say(table);
}

}  // namespace retort::trainer
