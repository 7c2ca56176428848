// SPDX-License-Identifier: MIT
#include "retort/distributed/nccl.h"

#include <chrono>
#include <cstdlib>

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

namespace retort::distributed {
namespace {

constexpr std::chrono::hours kPatience{24};

}  // namespace

void expect_nccl() {}

void add_nccl(c10d::ProcessGroup& group, const c10::intrusive_ptr<c10d::Store>& store, const Place& place) {
  // Who is lost is Watchdog's to say and to act on: LibTorch's own watch would end the process by a signal,
  // and leave a mark in the launcher's store that ends the next attempt too.
  for (const char* const watch :
       {"TORCH_NCCL_ASYNC_ERROR_HANDLING", "TORCH_NCCL_ENABLE_MONITORING", "TORCH_NCCL_DUMP_ON_TIMEOUT"})
    setenv(watch, "0", /*overwrite=*/1);  // torchrun sets one of them
  store->setTimeout(kPatience);           // rank 0 may be long at something else before the first exchange
  const auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = kPatience;
  const auto nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(store, place.rank, place.size, options);
  group.setBackend(c10::DeviceType::CUDA, c10d::ProcessGroup::BackendType::NCCL,
                   c10::intrusive_ptr<c10d::Backend>(nccl));
}

}  // namespace retort::distributed
