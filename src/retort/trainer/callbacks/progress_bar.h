// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "retort/core/console.h"
#include "retort/core/progress_line.h"
#include "retort/trainer/callback.h"

namespace retort::trainer {

/// A live line while an epoch runs (on a terminal), and one plain line when it is done. Both say as much as
/// the terminal is wide; what is redirected says all.
///
///     epoch 3/200  ━━━━━━━━━━━━━╸───────────  48 %  1,204 images/s  0:16 left  loss 0.412 (hard 0.2,
///     distill 1.1) step 968/78200  run 5:12:03 left  data wait 2 %  teacher 61 %  student 37 %
///
///     epoch 3/200  loss 0.398 (hard 0.211, distill 1.204)  val accuracy 91.24 %, loss 0.287  1,198 images/s
///     0:42  data wait 2 %  teacher 61 %  student 37 %
class ProgressBar : public Callback {
 public:
  /// `evaluation_name` is the split that is evaluated each epoch: "val" or "test".
  ProgressBar(Console& console, bool is_live, std::string evaluation_name);

  void on_fit_start(Trainer& trainer) override;
  void on_train_epoch_start(Trainer& trainer) override;
  void on_train_batch_end(Trainer& trainer, const StepResult& step) override;
  void on_validation_batch_end(Trainer& trainer, int64_t done, int64_t batches) override;
  void on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) override;
  std::string name() const override { return "progress_bar"; }

 private:
  bool is_time_to_draw();
  // The pieces that fit; the second becomes the bar, as long as they leave it room.
  std::string live_line(std::vector<LinePiece> pieces, int64_t done, int64_t all) const;
  size_t line_width() const;

  Console& console_;
  bool is_live_;
  std::string evaluation_name_;
  std::chrono::steady_clock::time_point fit_start_{}, epoch_start_{}, last_drawn_{};
  int64_t first_step_ = 0, first_batch_ = 0;
  StepResult sums_{};     // seconds and samples of the epoch so far
  NamedValues losses_{};  // of the last step that told
};

}  // namespace retort::trainer
