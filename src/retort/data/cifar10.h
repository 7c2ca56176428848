// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <string_view>

#include "retort/data/byte_source.h"
#include "retort/data/dataset.h"

namespace retort::data {

/// One file of CIFAR-10's binary version: 10,000 records of a label byte and 3 x 32 x 32 pixel bytes.
struct Cifar10File {
  std::string_view name;
  std::string_view sha256;  // of the official file
};

inline constexpr std::string_view kCifar10Folder = "cifar-10-batches-bin";
inline constexpr std::string_view kCifar10Archive = "cifar-10-binary.tar.gz";
inline constexpr int64_t kCifar10RecordsPerFile = 10'000;
inline constexpr int64_t kCifar10RecordBytes = 1 + 3 * 32 * 32;
inline constexpr int64_t kCifar10FileBytes = kCifar10RecordsPerFile * kCifar10RecordBytes;
/// Five of training pictures, then the one of test pictures.
extern const std::array<Cifar10File, 6> kCifar10Files;

/// No pictures yet, but the shape and the ten names.
Dataset empty_cifar10();

/// Appends `records` pictures; the source must hold these and nothing more. Gives the SHA-256 of its bytes.
std::string append_cifar10_records(ByteSource& source, int64_t records, Dataset& dataset);

/// Whether all six files are in root/cifar-10-batches-bin.
bool has_cifar10(const std::filesystem::path& root);

/// Reads root/cifar-10-batches-bin. With `official`, the files must be the published ones to the bit.
FileSplits load_cifar10(const std::filesystem::path& root, bool official);

/// Writes the six files into root/cifar-10-batches-bin, each checked, atomically. They are read out of the
/// archive by name; everything else in it is left.
void unpack_cifar10(const std::filesystem::path& archive, const std::filesystem::path& root);

}  // namespace retort::data
