// SPDX-License-Identifier: MIT
#include "retort/trainer/callbacks/progress_bar.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "retort/core/progress_line.h"
#include "retort/core/text.h"
#include "retort/core/text_table.h"
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
  return fmt::format("{} images/s", with_thousands(std::llround(static_cast<double>(samples) / seconds)));
}

std::string epoch_label(const Trainer& trainer, int64_t epoch) {
  const int64_t epochs = trainer.options().max_epochs;
  return epochs > 0 ? fmt::format("epoch {}/{}", epoch, epochs) : fmt::format("epoch {}", epoch);
}

// "(hard 0.211, distill 1.204)": the terms' names without the "loss_" that all share. A single term is the
// loss.
std::string terms_text(const NamedValues& losses) {
  std::string text;
  for (size_t i = 1; i < losses.size() && losses.size() > 2; ++i) {
    std::string_view name = losses[i].first;
    if (name.starts_with("loss_")) name.remove_prefix(5);
    text += fmt::format("{}{} {:.3g}", i == 1 ? "(" : ", ", name, losses[i].second);
  }
  if (!text.empty()) text += ')';
  return text;
}

// Where the time of the steps went.
std::vector<LinePiece> time_pieces(const StepResult& sums, int rank) {
  if (!(sums.seconds > 0)) return {};
  const auto share = [&](double seconds) { return 100 * seconds / sums.seconds; };
  std::vector<LinePiece> pieces = {{fmt::format("data wait {:.0f} %", share(sums.data_seconds)), rank}};
  if (sums.teacher_seconds > 0) {
    const double student = sums.seconds - sums.data_seconds - sums.teacher_seconds;
    pieces.push_back(
        {fmt::format("teacher {:.0f} %, student {:.0f} %", share(sums.teacher_seconds), share(student)),
         rank + 1});
  }
  return pieces;
}

}  // namespace

ProgressBar::ProgressBar(Console& console, bool is_live, std::string evaluation_name)
    : console_(console),
      is_live_(is_live && console.is_live()),
      evaluation_name_(std::move(evaluation_name)) {}

bool ProgressBar::is_time_to_draw() {
  const auto now = std::chrono::steady_clock::now();
  if (!is_live_ || now - last_drawn_ < kRedrawInterval) return false;
  last_drawn_ = now;
  return true;
}

std::string ProgressBar::live_line(std::vector<LinePiece> pieces, int64_t done, int64_t all) const {
  constexpr size_t kNarrowest = 8, kWidest = 30;
  const int64_t whole = std::max<int64_t>(all, 1);
  const auto with_bar = [&](size_t width) {
    pieces[1].text = fmt::format(
        "{} {:3d} %",
        progress_bar(static_cast<double>(done) / static_cast<double>(whole), width, console_.has_unicode()),
        done * 100 / whole);
    return fit_pieces(pieces, line_width());
  };
  const std::string narrow = with_bar(kNarrowest);
  const size_t room = line_width() - std::min(line_width(), display_width(narrow));
  return with_bar(std::min(kNarrowest + room, kWidest));
}

size_t ProgressBar::line_width() const {
  if (!console_.is_terminal()) return std::numeric_limits<size_t>::max();
  return static_cast<size_t>(std::max(console_.width() - 1, 1));
}

void ProgressBar::on_fit_start(Trainer& trainer) {
  fit_start_ = std::chrono::steady_clock::now();
  first_step_ = trainer.progress().step;
}

void ProgressBar::on_train_epoch_start(Trainer& trainer) {
  epoch_start_ = std::chrono::steady_clock::now();
  sums_ = {};
  first_batch_ = trainer.progress().batch;
}

void ProgressBar::on_train_batch_end(Trainer& trainer, const StepResult& step) {
  sums_.samples += step.samples;
  sums_.seconds += step.seconds;
  sums_.data_seconds += step.data_seconds;
  sums_.teacher_seconds += step.teacher_seconds;
  if (!step.losses.empty()) losses_ = step.losses;
  if (!is_time_to_draw()) return;
  const int64_t done = trainer.progress().batch, all = trainer.train_batches();
  const int64_t steps = trainer.progress().step, total = trainer.total_steps();
  const double elapsed = seconds_since(epoch_start_);
  const double left = elapsed * static_cast<double>(all - done) / static_cast<double>(done - first_batch_);
  const double run_left = seconds_since(fit_start_) * static_cast<double>(total - steps) /
                          static_cast<double>(steps - first_step_);
  std::vector<LinePiece> pieces = {
      {epoch_label(trainer, trainer.progress().epoch + 1), 0},
      {"", 1},
      {images_per_second(sums_.samples, elapsed), 2},
      {fmt::format("{} left", human_duration(left)), 1},
      {losses_.empty() ? "loss -" : fmt::format("loss {:.4g}", losses_.front().second), 0},
      {terms_text(losses_), 4},
      {fmt::format("step {}/{}", steps, total), 3},
      {fmt::format("run {} left", human_duration(run_left)), 5},
  };
  for (LinePiece& piece : time_pieces(sums_, /*rank=*/6)) pieces.push_back(std::move(piece));
  console_.set_live_line(live_line(std::move(pieces), done, all));
}

void ProgressBar::on_validation_batch_end(Trainer& trainer, int64_t done, int64_t batches) {
  if (!is_time_to_draw()) return;
  console_.set_live_line(live_line({{epoch_label(trainer, trainer.progress().epoch + 1), 0},
                                    {"", 1},
                                    {fmt::format("evaluating ({})", evaluation_name_), 0}},
                                   done, batches));
}

void ProgressBar::on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) {
  std::vector<LinePiece> pieces = {{epoch_label(trainer, epoch.epoch + 1), 0},
                                   {fmt::format("loss {:.4g}", epoch.losses.front().second), 0},
                                   {terms_text(epoch.losses), 2}};
  if (epoch.evaluation) {
    pieces.push_back(
        {fmt::format("{} accuracy {:.2f} %", evaluation_name_, 100 * epoch.evaluation->accuracy_top1), 0});
    pieces.push_back({fmt::format("{} loss {:.4g}", evaluation_name_, epoch.evaluation->loss), 3});
  }
  if (epoch.train_samples > 0)
    pieces.push_back({images_per_second(epoch.train_samples, epoch.train_seconds), 1});
  pieces.push_back({human_duration(seconds_since(epoch_start_)), 1});
  for (LinePiece& piece : time_pieces(sums_, /*rank=*/4)) pieces.push_back(std::move(piece));
  console_.say(fit_pieces(pieces, line_width()));
}

}  // namespace retort::trainer
