// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>

#include "retort/data/dataset.h"

namespace retort::data {

/// MNIST (LeCun, Cortes, Burges), or a set in its form: train-images-idx3-ubyte, train-labels-idx1-ubyte and
/// the same for t10k, each with or without ".gz", 28 x 28 pixels, ten classes.
FileSplits load_mnist(const std::filesystem::path& root);

}  // namespace retort::data
