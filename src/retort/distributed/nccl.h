// SPDX-License-Identifier: MIT
#pragma once

#include <c10/util/intrusive_ptr.h>

#include "retort/distributed/place.h"

namespace c10d {
class ProcessGroup;
class Store;
}  // namespace c10d

namespace retort::distributed {

/// An Error (resources) in a build without NCCL.
void expect_nccl();

/// From now on the group also exchanges tensors that lie on GPUs, by LibTorch's NCCL: each rank's on a GPU of
/// its own, in the order of the stream that is current.
void add_nccl(c10d::ProcessGroup& group, const c10::intrusive_ptr<c10d::Store>& store, const Place& place);

}  // namespace retort::distributed
