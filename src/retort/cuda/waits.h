// SPDX-License-Identifier: MIT
#pragma once

namespace retort::cuda {

/// While it lives, a call of LibTorch's that would make the host wait for a GPU throws instead: for tests.
class RefuseWaits {
 public:
  RefuseWaits();
  ~RefuseWaits();
  RefuseWaits(const RefuseWaits&) = delete;
  RefuseWaits& operator=(const RefuseWaits&) = delete;
};

}  // namespace retort::cuda
