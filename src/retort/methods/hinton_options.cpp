// SPDX-License-Identifier: MIT
#include "retort/methods/hinton_options.h"

#include "retort/config/reader.h"
#include "retort/methods/method_options.h"

namespace retort::methods {

HintonOptions HintonOptions::from(const config::Node& node) {
  config::Reader reader(node, "method");
  for (const char* key : {"name", "label_smoothing"}) reader.ignore(key);
  HintonOptions options;
  options.temperature = reader.optional_number("temperature", {.above = 0}).value_or(options.temperature);
  options.hard_loss_weight =
      reader.optional_number("hard_loss_weight", {.at_least = 0}).value_or(options.hard_loss_weight);
  options.distill_loss_weight =
      reader.optional_number("distill_loss_weight", {.at_least = 0}).value_or(options.distill_loss_weight);
  options.label_smoothing = label_smoothing_of(node);
  options.scale_by_temperature_squared =
      reader.optional_boolean("scale_by_temperature_squared").value_or(options.scale_by_temperature_squared);
  if (options.hard_loss_weight == 0 && options.distill_loss_weight == 0) {
    reader.fail("distill_loss_weight",
                "hard_loss_weight is 0 too, so nothing would be learnt: one of them must be above 0");
  }
  reader.finish();
  return options;
}

}  // namespace retort::methods
