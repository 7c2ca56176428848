// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <cstdio>

namespace retort::benchmarks {

/// What race.py asks of a contestant, ours or a peer: it says "ready" when it is warm, then for every line
/// with a number N it does N steps and answers with their seconds. It ends when its input does. `finish`
/// waits for steps that are still being done elsewhere.
template <class Step, class Finish>
void take_part(int warm_up_steps, Step step, Finish finish) {
  for (int i = 0; i < warm_up_steps; ++i) step();
  finish();
  std::puts("ready");
  std::fflush(stdout);
  for (int count = 0; std::scanf("%d", &count) == 1;) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < count; ++i) step();
    finish();
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
    std::printf("%.6f\n", elapsed.count());
    std::fflush(stdout);
  }
}

template <class Step>
void take_part(int warm_up_steps, Step step) {
  take_part(warm_up_steps, step, [] {});
}

}  // namespace retort::benchmarks
