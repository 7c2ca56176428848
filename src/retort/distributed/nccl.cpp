// SPDX-License-Identifier: MIT
#include "retort/distributed/nccl.h"

#include <chrono>
#include <cstdlib>

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

namespace retort::distributed {

void add_nccl(c10d::ProcessGroup& group, const c10::intrusive_ptr<c10d::Store>& store, const Place& place) {
  // Who is lost is Watchdog's to say and to act on: NCCL's own would end the process by a signal, or wait.
  setenv("TORCH_NCCL_ASYNC_ERROR_HANDLING", "0", /*overwrite=*/0);
  const auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = std::chrono::hours(24);
  const auto nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, place.rank, place.size, options);
  group.setBackend(c10::DeviceType::CUDA, c10d::ProcessGroup::BackendType::NCCL,
                   c10::intrusive_ptr<c10d::Backend>(nccl));
}

}  // namespace retort::distributed
