// SPDX-License-Identifier: MIT
#include "retort/data/worker_pool.h"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>

namespace retort::data {
namespace {

TEST(WorkerPool, CollectsInTheOrderGivenWhateverFinishesFirst) {
  for (const int threads : {1, 2, 8}) {
    WorkerPool pool(threads);
    std::vector<int> results(64, -1);
    for (int i = 0; i < 64; ++i)
      pool.submit([&results, i] {
        std::this_thread::sleep_for(std::chrono::microseconds((i * 37) % 11 * 50));
        results[static_cast<size_t>(i)] = i;
      });
    for (int i = 0; i < 64; ++i) {
      pool.collect_oldest();
      EXPECT_EQ(results[static_cast<size_t>(i)], i);
    }
  }
}

TEST(WorkerPool, ThrowsWhatTheJobThrewAtItsTurnAndGoesOn) {
  for (const int threads : {1, 2, 3, 4, 5, 6, 7, 8}) {
    WorkerPool pool(threads);
    for (int i = 0; i < 20; ++i)
      pool.submit([i] {
        if (i % 7 == 3) throw std::runtime_error(std::to_string(i));
      });
    for (int i = 0; i < 20; ++i) {
      if (i % 7 != 3) {
        EXPECT_NO_THROW(pool.collect_oldest());
        continue;
      }
      try {
        pool.collect_oldest();
        ADD_FAILURE() << i;
      } catch (const std::runtime_error& error) {
        EXPECT_EQ(error.what(), std::to_string(i));
      }
    }
  }
}

TEST(WorkerPool, ClearForgetsTheWaitingAndWaitsForTheRunning) {
  WorkerPool pool(2);
  std::atomic<int> begun = 0, ended = 0;
  for (int i = 0; i < 100; ++i)
    pool.submit([&] {
      ++begun;
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      ++ended;
    });
  while (begun == 0) std::this_thread::yield();
  pool.clear();
  EXPECT_EQ(begun, ended);
  EXPECT_LT(begun, 100);
  const int before = begun;
  pool.submit([&] { ++begun; });
  pool.collect_oldest();
  EXPECT_EQ(begun, before + 1);
}

TEST(WorkerPool, EndsAtAnyMomentWithoutHanging) {
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> begun = 0, ended = 0;
    {
      WorkerPool pool(1 + round % 4);
      for (int i = 0; i < round % 13; ++i)
        pool.submit([&begun, &ended, i] {
          ++begun;
          if (i == 2) throw std::runtime_error("nobody collects this");
          ++ended;
        });
      if (round % 13 > 3 && round % 2 == 0) pool.collect_oldest();
    }
    EXPECT_LE(ended, begun);
  }
}

}  // namespace
}  // namespace retort::data
