// SPDX-License-Identifier: MIT
#pragma once

#include "retort/data/options.h"

namespace retort::data {

/// Makes the six files of CIFAR-10 lie under root/cifar-10-batches-bin: they are there, or the archive beside
/// the folder holds them, or (data.download) the archive is fetched, unpacked and removed again. The
/// archive's SHA-256 is checked before anything is read from it. Of several processes one fetches, the others
/// wait.
void fetch_cifar10(const DataOptions& options);

}  // namespace retort::data
