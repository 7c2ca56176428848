// SPDX-License-Identifier: MIT
#include "retort/core/error.h"
#include "retort/distributed/nccl.h"

namespace retort::distributed {

void expect_nccl() {
  throw Error(ExitCode::resources,
              "this build trains on one GPU: NCCL's header was not there to build against (it comes with the "
              "CUDA build of PyTorch: pip's nvidia-nccl-cu13)");
}

void add_nccl(c10d::ProcessGroup&, const c10::intrusive_ptr<c10d::Store>&, const Place&) { expect_nccl(); }

}  // namespace retort::distributed
