// SPDX-License-Identifier: MIT
#include "retort/data/mnist.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/data/gzip.h"
#include "retort/data/idx.h"

namespace retort::data {
namespace {

constexpr int64_t kSide = 28;
constexpr uint64_t kMaxUnpacked = uint64_t{1} << 30;

// Calls `read` with the content of root/name.gz or, where that is absent, of root/name.
template <class Read>
auto read_file_named(const std::filesystem::path& root, const std::string& name, Read read) {
  const auto packed = root / (name + ".gz");
  if (std::filesystem::exists(packed)) {
    FileSource file(packed);
    GzipSource unpacked(file, kMaxUnpacked);
    return read(unpacked);
  }
  if (!std::filesystem::exists(root / name))
    throw Error(
        ExitCode::data,
        fmt::format("MNIST not found: {} is absent; data.root must be the folder of the four IDX files",
                    printable(packed.string())));
  FileSource file(root / name);
  return read(file);
}

Dataset load_part(const std::filesystem::path& root, const std::string& prefix) {
  Dataset dataset{.name = "mnist",
                  .channels = 1,
                  .height = kSide,
                  .width = kSide,
                  .class_names = {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}};
  read_file_named(root, prefix + "-images-idx3-ubyte", [&](ByteSource& source) {
    IdxImages images = read_idx_images(source);
    if (images.rows != kSide || images.columns != kSide)
      source.fail(
          fmt::format("expected pictures of 28 x 28 pixels, found {} x {}", images.rows, images.columns));
    dataset.images = std::move(images.pixels);
  });
  const auto count = dataset.images.size() / (kSide * kSide);
  read_file_named(root, prefix + "-labels-idx1-ubyte", [&](ByteSource& source) {
    dataset.labels = read_idx_labels(source, dataset.num_classes());
    if (dataset.labels.size() != count)
      source.fail(
          fmt::format("expected {} labels, as many as pictures, found {}", count, dataset.labels.size()));
  });
  return dataset;
}

}  // namespace

FileSplits load_mnist(const std::filesystem::path& root) {
  return {.train = load_part(root, "train"), .test = load_part(root, "t10k")};
}

}  // namespace retort::data
