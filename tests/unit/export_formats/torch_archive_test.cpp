// SPDX-License-Identifier: MIT
#include "retort/export/torch_archive.h"

#include <array>
#include <cstring>

#include <gtest/gtest.h>

#include "retort/checkpoint/torch_file.h"
#include "retort/core/error.h"

namespace retort::exporting {
namespace {

const std::filesystem::path kFile = std::filesystem::temp_directory_path() / "retort_torch_archive_test.pt";

TEST(TorchArchive, IsReadBackByTheStrictReader) {
  const std::array<float, 6> weight = {1, 2, 3, 4, 5, 6};
  const std::array<int64_t, 1> counter = {7};
  write_torch_archive(kFile, {{"fc.weight", Dtype::f32, {2, 3}, std::as_bytes(std::span(weight))},
                              {"bn.num_batches_tracked", Dtype::i64, {}, std::as_bytes(std::span(counter))},
                              {"none", Dtype::bf16, {0, 4}, {}}});
  checkpoint::TorchFile file(kFile);
  ASSERT_EQ(file.tensors().size(), 3u);
  for (const checkpoint::StoredTensor& tensor : file.tensors()) {
    const std::vector<std::byte> bytes = file.read(tensor);
    if (tensor.name == "fc.weight") {
      EXPECT_EQ(tensor.shape, (std::vector<int64_t>{2, 3}));
      ASSERT_EQ(bytes.size(), sizeof weight);
      EXPECT_EQ(std::memcmp(bytes.data(), weight.data(), sizeof weight), 0);
    } else if (tensor.name == "none") {
      EXPECT_EQ(tensor.dtype, Dtype::bf16);
      EXPECT_TRUE(bytes.empty());
    } else {
      EXPECT_EQ(tensor.name, "bn.num_batches_tracked");
      EXPECT_TRUE(tensor.shape.empty());
      EXPECT_EQ(std::memcmp(bytes.data(), counter.data(), sizeof counter), 0);
    }
  }
  std::filesystem::remove(kFile);
}

TEST(TorchArchive, RefusesAnElementTypeThatPyTorchsFilesLack) {
  EXPECT_THROW(write_torch_archive(kFile, {{"w", Dtype::u16, {0}, {}}}), Error);
  EXPECT_FALSE(std::filesystem::exists(kFile));
}

}  // namespace
}  // namespace retort::exporting
