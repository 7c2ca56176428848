// SPDX-License-Identifier: MIT
#pragma once

namespace retort::models {

/// How many times as fast as in float32 this machine convolves in bfloat16, forward and backward, by the
/// best of a few calls; some 50 ms. That a CPU has the instructions does not say so: an emulated or a badly
/// chosen kernel can be slower than float32.
double measure_bfloat16_gain();

}  // namespace retort::models
