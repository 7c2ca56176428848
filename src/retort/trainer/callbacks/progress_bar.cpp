// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/progress_bar.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "retort/core/text.h"
#include "retort/trainer/trainer.h"

namespace retort::trainer {
namespace {

constexpr std::chrono::milliseconds kRedrawInterval{100};

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// 1234567 -> "1,234,567"
std::string with_thousands(int64_t value) {
  if (value < 1000) return fmt::format("{}", value);
  return fmt::format("{},{:03}", with_thousands(value / 1000), value % 1000);
}

std::string images_per_second(int64_t samples, double seconds) {
  return with_thousands(std::llround(static_cast<double>(samples) / seconds)) + " images/s";
}

std::string bar(int64_t done, int64_t all, int width) {
  const int64_t whole = std::max<int64_t>(all, 1);
  const std::string filled = fmt::format("{:=<{}}{}", "", done * width / whole, done < whole ? ">" : "");
  return fmt::format("[{:<{}}] {:3d} %", filled, width, done * 100 / whole);
}

std::string epoch_label(const Trainer& trainer, int64_t epoch) {
  return fmt::format("epoch {}/{}", epoch, trainer.options().max_epochs);
}

// "0.398 (hard 0.211, distill 1.204)": the terms' names without the "loss_" that all share. A single term is
// the loss.
std::string losses_text(const NamedValues& losses) {
  std::string text = fmt::format("{:.4g}", losses.front().second);
  if (losses.size() <= 2) return text;
  for (size_t i = 1; i < losses.size(); ++i) {
    std::string_view name = losses[i].first;
    if (name.starts_with("loss_")) name.remove_prefix(5);
    text += fmt::format("{}{} {:.4g}", i == 1 ? " (" : ", ", name, losses[i].second);
  }
  return fmt::format("{})", text);
}

}  // namespace

ProgressBar::ProgressBar(Console& console, bool is_live, std::string evaluation_name)
    : console_(console),
      is_live_(is_live && console.is_terminal()),
      evaluation_name_(std::move(evaluation_name)) {}

bool ProgressBar::is_time_to_draw() {
  const auto now = std::chrono::steady_clock::now();
  if (!is_live_ || now - last_drawn_ < kRedrawInterval) return false;
  last_drawn_ = now;
  return true;
}

void ProgressBar::on_train_epoch_start(Trainer& trainer) {
  epoch_start_ = std::chrono::steady_clock::now();
  samples_ = 0;
  first_batch_ = trainer.progress().batch;
}

void ProgressBar::on_train_batch_end(Trainer& trainer, const StepResult& step) {
  samples_ += step.samples;
  if (!is_time_to_draw()) return;
  const int64_t done = trainer.progress().batch, all = trainer.train_batches();
  const double elapsed = seconds_since(epoch_start_);
  const double left = elapsed * static_cast<double>(all - done) / static_cast<double>(done - first_batch_);
  console_.set_live_line(
      fmt::format("{}  {}  {}  {} left  loss {}", epoch_label(trainer, trainer.progress().epoch + 1),
                  bar(done, all, console_.width() >= 100 ? 30 : 14), images_per_second(samples_, elapsed),
                  human_duration(left), losses_text(step.losses)));
}

void ProgressBar::on_validation_batch_end(Trainer& trainer, int64_t done, int64_t batches) {
  if (!is_time_to_draw()) return;
  console_.set_live_line(
      fmt::format("{}  {}  evaluating ({})", epoch_label(trainer, trainer.progress().epoch + 1),
                  bar(done, batches, console_.width() >= 100 ? 30 : 14), evaluation_name_));
}

void ProgressBar::on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) {
  std::string line =
      fmt::format("{}  loss {}", epoch_label(trainer, trainer.progress().epoch), losses_text(epoch.losses));
  if (epoch.evaluation)
    line += fmt::format("  {} accuracy {:.2f} %, loss {:.4g}", evaluation_name_,
                        100 * epoch.evaluation->accuracy_top1, epoch.evaluation->loss);
  if (epoch.train_samples > 0) line += "  " + images_per_second(epoch.train_samples, epoch.train_seconds);
  console_.say(line + "  " + human_duration(seconds_since(epoch_start_)));
}

}  // namespace retort::trainer
