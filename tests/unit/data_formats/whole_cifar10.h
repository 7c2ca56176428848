// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "retort/data/cifar10.h"
#include "support.h"

namespace retort::data {

/// Records whose label is i % 10 and whose pixels tell record and place apart.
inline std::string cifar10_records(int64_t count) {
  std::string bytes(static_cast<size_t>(count * kCifar10RecordBytes), '\0');
  for (size_t i = 0; i < bytes.size(); ++i) {
    const size_t record = i / kCifar10RecordBytes, place = i % kCifar10RecordBytes;
    bytes[i] = static_cast<char>(place == 0 ? record % 10 : 7 * record + place);
  }
  return bytes;
}

/// A file of the right size, and what it is in an archive. The size is part of the format, so no test of the
/// whole can do with less.
inline const std::string& cifar10_file() {
  static const std::string bytes = cifar10_records(kCifar10RecordsPerFile);
  return bytes;
}

inline std::string cifar10_member(std::string_view name, std::string content = cifar10_file()) {
  return tar_member(
      {.name = std::string(kCifar10Folder) + "/" + std::string(name), .content = std::move(content)});
}

/// The archive, laid out as the published one: the folder, the files, and a note that is none of ours.
inline std::string cifar10_tar() {
  std::string archive = tar_member({.name = std::string(kCifar10Folder) + "/", .type = '5'});
  for (const Cifar10File& file : kCifar10Files) archive += cifar10_member(file.name);
  return archive + cifar10_member("readme.html", "<html>") +
         tar_member({.name = "data_batch_1.bin", .content = "elsewhere"}) + kTarEnd;
}

}  // namespace retort::data
