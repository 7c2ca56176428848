// SPDX-License-Identifier: MIT
#include "retort/data/cifar10.h"

#include "retort/core/sha256.h"
#include "support.h"
#include "whole_cifar10.h"

namespace retort::data {
namespace {

namespace fs = std::filesystem;

Dataset dataset_of(std::string_view bytes, int64_t count) {
  MemorySource source("batch.bin", bytes_of(bytes));
  Dataset dataset = empty_cifar10();
  append_cifar10_records(source, count, dataset);
  return dataset;
}

TEST(Cifar10, ReadsLabelsAndPlanes) {
  const std::string bytes = cifar10_records(12);
  const Dataset dataset = dataset_of(bytes, 12);
  EXPECT_EQ(dataset.labels, (std::vector<int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1}));
  ASSERT_EQ(dataset.images.size(), 12u * 3072);
  for (size_t i : {0u, 11u})
    EXPECT_TRUE(std::equal(dataset.images.begin() + static_cast<std::ptrdiff_t>(i * 3072),
                           dataset.images.begin() + static_cast<std::ptrdiff_t>((i + 1) * 3072),
                           bytes_of(bytes).begin() + static_cast<std::ptrdiff_t>(i * 3073 + 1)));
}

TEST(Cifar10, RefusesOtherSizesAroundEachRecordsEnd) {
  const std::string bytes = cifar10_records(3);
  for (const int64_t end : {1, 2, 3})
    for (const int64_t shift : {-1, 0, 1}) {
      const int64_t length = end * kCifar10RecordBytes + shift;
      if (length == 3 * kCifar10RecordBytes) continue;
      std::string cut = bytes + "x";
      cut.resize(static_cast<size_t>(length));
      error_of(ExitCode::data, [&] { dataset_of(cut, 3); });
    }
}

TEST(Cifar10, NamesTheRecordWhoseLabelIsNone) {
  std::string bytes = cifar10_records(3);
  bytes[2 * kCifar10RecordBytes] = 10;
  EXPECT_EQ(error_of(ExitCode::data, [&] { dataset_of(bytes, 3); }),
            "batch.bin: record 2 has label 10: expected 0 to 9");
}

class WholeCifar10 : public testing::Test {
 protected:
  fs::path in_folder(std::string_view name) const { return folder_.path() / kCifar10Folder / name; }
  fs::path archive() const { return folder_.path() / kCifar10Archive; }
  void unpack(const std::string& tar) const {
    write(archive(), gzipped(tar));
    unpack_cifar10(archive(), folder_.path());
  }
  std::string refusal(const std::string& members) const {
    return error_of(ExitCode::data, [&] { unpack(members + kTarEnd); });
  }

  TemporaryFolder folder_;
};

TEST_F(WholeCifar10, IsUnpackedByNameAndReadBack) {
  EXPECT_FALSE(has_cifar10(folder_.path()));
  unpack(cifar10_tar());
  EXPECT_TRUE(has_cifar10(folder_.path()));

  size_t count = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) count += entry.is_regular_file();
  EXPECT_EQ(count, 7u) << "the six files and the archive, nothing else";

  const FileSplits cifar10 = load_cifar10(folder_.path(), /*official=*/false);
  EXPECT_EQ(cifar10.train.size(), 50'000);
  EXPECT_EQ(cifar10.test.size(), 10'000);
  EXPECT_EQ(cifar10.train.class_names.at(6), "frog");

  const auto message = error_of(ExitCode::data, [&] { load_cifar10(folder_.path(), /*official=*/true); });
  EXPECT_NE(message.find(std::string(kCifar10Files[0].sha256)), std::string::npos) << message;
  EXPECT_NE(message.find(sha256_of(cifar10_file())), std::string::npos) << message;

  fs::resize_file(in_folder("data_batch_4.bin"), kCifar10FileBytes - 1);
  EXPECT_EQ(error_of(ExitCode::data, [&] { load_cifar10(folder_.path(), /*official=*/false); }),
            in_folder("data_batch_4.bin").string() + ": expected 30730000 bytes, found 30729999");
}

TEST_F(WholeCifar10, RefusesAnArchiveThatLacksRepeatsOrBendsAMember) {
  EXPECT_NE(
      refusal(cifar10_member("test_batch.bin")).find("expected a file cifar-10-batches-bin/data_batch_1.bin"),
      std::string::npos);
  EXPECT_NE(refusal(cifar10_member("test_batch.bin") + cifar10_member("test_batch.bin")).find("twice"),
            std::string::npos);
  EXPECT_NE(refusal(cifar10_member("test_batch.bin", "short")).find("expected 30730000 bytes, found 5"),
            std::string::npos);
  std::string wrong_label = cifar10_file();
  wrong_label[5 * kCifar10RecordBytes] = '\xff';
  EXPECT_NE(refusal(cifar10_member("data_batch_2.bin", wrong_label)).find("record 5 has label 255"),
            std::string::npos);
  EXPECT_FALSE(fs::exists(in_folder("data_batch_2.bin")));
}

TEST_F(WholeCifar10, WritesNothingForAMaliciousArchive) {
  const std::string folder = std::string(kCifar10Folder);
  for (const TarEntry& entry :
       {TarEntry{.name = "../evil", .content = "x"}, TarEntry{.name = "/tmp/evil", .content = "x"},
        TarEntry{.name = folder, .type = '2', .link = "/tmp"},
        TarEntry{.name = folder + "/data_batch_1.bin", .type = '1', .link = "/etc/passwd"},
        TarEntry{.name = folder + "/data_batch_1.bin", .type = '3'},
        TarEntry{.name = folder + "/test_batch.bin", .size_field = "777777777777"}}) {
    refusal(tar_member(entry));
    size_t count = 0;
    for (const auto& found : fs::recursive_directory_iterator(folder_.path())) count += !found.is_directory();
    EXPECT_EQ(count, 1u) << "only the archive";
  }
}

TEST_F(WholeCifar10, RefusesABomb) {
  const auto zeros = tar_member({.name = "zeros", .content = std::string(300 << 20, '\0')});
  EXPECT_NE(refusal(zeros).find("unpacks to more than the 256.0 MiB"), std::string::npos);
}

}  // namespace
}  // namespace retort::data
