// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "retort/checkpoint/byte_range.h"
#include "retort/checkpoint/torch_state.h"

namespace retort::checkpoint {

/// Whether a file that starts like this (16 bytes are enough) is one of torch.save, new or old, or at least a
/// zip archive.
bool is_torch_file(std::string_view start);

/// The weights in a file of torch.save (.pt, .pth, a Lightning .ckpt): a zip archive with a pickle, or the
/// form of before PyTorch 1.6. Such a file is a program; here it is read as data (zip_archive.h, pickle.h),
/// so that it cannot run. An Error (checkpoint) for anything that is not plainly a dictionary of dense
/// tensors.
///
///     TorchFile file("resnet18.pth");
///     for (const StoredTensor& tensor : file.tensors()) use(tensor, file.read(tensor));
class TorchFile {
 public:
  explicit TorchFile(const std::filesystem::path& path);
  /// What the range reads from must outlive this.
  explicit TorchFile(ByteRange bytes);
  ~TorchFile();
  TorchFile(TorchFile&&) noexcept;

  /// By name. Together they take at most four times the file's bytes.
  const std::vector<StoredTensor>& tensors() const;
  /// The elements, row-major and without gaps.
  std::vector<std::byte> read(const StoredTensor& tensor);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace retort::checkpoint
