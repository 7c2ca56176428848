// SPDX-License-Identifier: MIT
#include "retort/data/cifar10.h"

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"
#include "retort/data/gzip.h"
#include "retort/data/tar.h"

namespace retort::data {
namespace {

constexpr int64_t kNumClasses = 10;
// The official archive holds 184,380,000 bytes of pictures; the rest is room for headers and notes.
constexpr uint64_t kMaxUnpacked = uint64_t{256} << 20;

void check_label(const ByteSource& source, int64_t label, int64_t record) {
  if (label >= kNumClasses)
    source.fail(fmt::format("record {} has label {}: expected 0 to {}", record, label, kNumClasses - 1));
}

void append_file(const std::filesystem::path& path, const Cifar10File& file, bool official,
                 Dataset& dataset) {
  FileSource source(path);
  if (source.size() != kCifar10FileBytes)
    source.fail(fmt::format("expected {} bytes, found {}", kCifar10FileBytes, source.size()));
  const std::string sha256 = append_cifar10_records(source, kCifar10RecordsPerFile, dataset);
  if (official && sha256 != file.sha256)
    source.fail(
        fmt::format("damaged, or not the published file: expected SHA-256 {}, found {} (data.sha256=null "
                    "takes it as it is)",
                    file.sha256, sha256));
}

void unpack_file(const TarMember& member, ByteSource& content, const std::filesystem::path& path) {
  if (member.size != kCifar10FileBytes)
    content.fail(fmt::format("expected {} bytes, found {}", kCifar10FileBytes, member.size));
  const auto bytes = content.read_exactly(kCifar10FileBytes, "bytes");
  for (int64_t record = 0; record < kCifar10RecordsPerFile; ++record)
    check_label(content, bytes[static_cast<size_t>(record * kCifar10RecordBytes)], record);
  AtomicFile file(path, kCifar10FileBytes);
  file.write(std::as_bytes(std::span(bytes)));
  file.commit();
}

}  // namespace

const std::array<Cifar10File, 6> kCifar10Files = {{
    {"data_batch_1.bin", "cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5"},
    {"data_batch_2.bin", "a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed"},
    {"data_batch_3.bin", "bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67"},
    {"data_batch_4.bin", "014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48"},
    {"data_batch_5.bin", "755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add"},
    {"test_batch.bin", "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"},
}};

Dataset empty_cifar10() {
  return {.name = "cifar10",
          .channels = 3,
          .height = 32,
          .width = 32,
          .class_names = {"airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship",
                          "truck"}};
}

std::string append_cifar10_records(ByteSource& source, int64_t records, Dataset& dataset) {
  constexpr int64_t kRecordsAtOnce = 100;  // stays in the cache between reading, hashing and copying
  std::vector<uint8_t> buffer(kRecordsAtOnce * kCifar10RecordBytes);
  Sha256 hash;
  for (int64_t first = 0; first < records; first += kRecordsAtOnce) {
    const int64_t count = std::min(kRecordsAtOnce, records - first);
    const auto part = std::span(buffer).first(static_cast<size_t>(count * kCifar10RecordBytes));
    if (const size_t found = source.read(part); found < part.size())
      source.fail(fmt::format("expected {} bytes, found {}", records * kCifar10RecordBytes,
                              static_cast<size_t>(first * kCifar10RecordBytes) + found));
    hash.update(std::as_bytes(part));
    for (int64_t i = 0; i < count; ++i) {
      const auto record = part.subspan(static_cast<size_t>(i * kCifar10RecordBytes), kCifar10RecordBytes);
      check_label(source, record[0], first + i);
      dataset.labels.push_back(record[0]);
      dataset.images.insert(dataset.images.end(), record.begin() + 1, record.end());
    }
  }
  source.expect_end();
  return hash.hex();
}

bool has_cifar10(const std::filesystem::path& root) {
  return std::all_of(kCifar10Files.begin(), kCifar10Files.end(), [&](const Cifar10File& file) {
    return std::filesystem::exists(root / kCifar10Folder / file.name);
  });
}

FileSplits load_cifar10(const std::filesystem::path& root, bool official) {
  FileSplits splits{.train = empty_cifar10(), .test = empty_cifar10()};
  // At once: growing 154 MB by halves would copy it several times.
  splits.train.images.reserve(5 * kCifar10FileBytes);
  for (const Cifar10File& file : kCifar10Files) {
    const bool is_test = &file == &kCifar10Files.back();
    append_file(root / kCifar10Folder / file.name, file, official, is_test ? splits.test : splits.train);
  }
  return splits;
}

void unpack_cifar10(const std::filesystem::path& archive, const std::filesystem::path& root) {
  const auto folder = root / kCifar10Folder;
  make_folders(folder);
  FileSource packed(archive);
  GzipSource unpacked(packed, kMaxUnpacked);
  TarReader tar(unpacked);
  std::set<std::string_view> found;
  while (const auto member = tar.next()) {
    for (const Cifar10File& file : kCifar10Files) {
      if (member->name != fmt::format("{}/{}", kCifar10Folder, file.name)) continue;
      if (!found.insert(file.name).second) unpacked.fail(fmt::format("holds {} twice", file.name));
      unpack_file(*member, tar.content(), folder / file.name);
    }
  }
  for (const Cifar10File& file : kCifar10Files)
    if (!found.contains(file.name))
      unpacked.fail(fmt::format("expected a file {}/{}, found none", kCifar10Folder, file.name));
}

}  // namespace retort::data
