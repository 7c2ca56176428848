// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

#include "retort/core/console.h"
#include "retort/trainer/callback.h"
#include "retort/trainer/callback_options.h"

namespace retort::trainer {

/// Ends the training when the monitored figure has not improved for `patience` validations, has passed one of
/// the thresholds, or is not finite. Looks after each validation; at each epoch's end for a train/ figure.
class EarlyStopping : public Callback {
 public:
  EarlyStopping(EarlyStoppingOptions options, Console& console);

  void on_fit_start(Trainer& trainer) override;
  void on_validation_end(Trainer& trainer, const metrics::Classification& evaluation) override;
  void on_train_epoch_end(Trainer& trainer, const EpochResult& epoch) override;

  /// Looks at the next figure: why to end now, or nothing when training goes on.
  std::string judge(double value);

  std::string name() const override { return "early_stopping"; }
  nlohmann::json state() const override;
  void load_state(const nlohmann::json& state) override;

 private:
  void look(Trainer& trainer);

  EarlyStoppingOptions options_;
  Console& console_;
  std::optional<double> best_{};
  int64_t waited_ = 0;  // looks without improvement
  bool has_ended_ = false;
};

}  // namespace retort::trainer
