// SPDX-License-Identifier: MIT
// usage: save_checkpoints FOLDER FIRST LAST
//
// Saves the checkpoints of the steps, one after the other, as a run does, and prints "durable STEP" once one
// is. What goes wrong is one line on stderr and the exit code, as in the program.
#include <cstdio>
#include <cstdlib>

#include "retort/checkpoint/store.h"
#include "retort/core/error.h"

int main(int count, char** arguments) {
  if (count != 4) return 1;
  using namespace retort::checkpoint;
  try {
    CheckpointStore store(arguments[1]);
    for (int64_t step = std::atoll(arguments[2]); step <= std::atoll(arguments[3]); ++step) {
      const torch::Tensor tensor = torch::full({100, 100}, static_cast<double>(step));
      store.save({step,
                  {{"model", {{{"weight", tensor}}, {}}}, {"optimizer", {{{"m", tensor}}, {}}}},
                  R"({"epoch":1})"});
      std::printf("durable %lld\n", static_cast<long long>(step));
      std::fflush(stdout);
      if (step % 3 == 0) store.mark("best", step);
      store.prune(/*keep=*/1);
    }
  } catch (const retort::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}
