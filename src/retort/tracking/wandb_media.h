// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>

#include "retort/tracking/tracker.h"

namespace retort::tracking {

/// A file of a run's media and what stands in its row of history.
struct WandbMedia {
  std::string path;     // below files/: media/images/samples/0_1200_1b2c....png
  std::string content;  // of the file
  std::string json;     // of the value
};

WandbMedia wandb_image(int64_t step, const Image& image);
WandbMedia wandb_table(int64_t step, const Table& table);
/// A histogram stands in the row itself.
std::string wandb_histogram(const Histogram& histogram);

}  // namespace retort::tracking
