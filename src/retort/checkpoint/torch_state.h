// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "retort/checkpoint/pickle.h"
#include "retort/core/safetensors.h"

namespace retort::checkpoint {

/// A tensor as PyTorch's pickles describe it: a view of a storage, which is a run of elements kept elsewhere.
struct StoredTensor {
  std::string name;
  Dtype dtype = Dtype::f32;
  std::vector<int64_t> shape, strides;  // in elements, none negative
  uint64_t offset = 0;                  // of the first element
  std::string storage;                  // the storage's key
  uint64_t storage_elements = 0;

  uint64_t elements() const;
  bool is_contiguous() const;  // row-major without gaps
};

/// The network's state in a pickle: the dictionary itself where its values are tensors, else the one under
/// "state_dict" (Lightning, timm), "model_state_dict", "model" or "net". Of the rest nothing is looked at.
/// Every tensor lies within its storage and has no more elements than that. An Error (checkpoint) that says
/// what stands there instead otherwise: a whole Python object, an unknown way to make a tensor.
std::vector<StoredTensor> find_state(const Pickle& pickle, const std::string& file);

}  // namespace retort::checkpoint
