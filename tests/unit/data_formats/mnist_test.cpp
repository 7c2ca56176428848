// SPDX-License-Identifier: MIT
#include "retort/data/mnist.h"

#include <openssl/evp.h>

#include "support.h"

namespace retort::data {
namespace {

namespace fs = std::filesystem;

const fs::path kMnist = fs::path(RETORT_SOURCE_DIR) / "datasets/mnist";

std::string md5_of(std::string_view head, std::span<const uint8_t> bytes) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_DigestInit_ex(context, EVP_md5(), nullptr);
  EVP_DigestUpdate(context, head.data(), head.size());
  EVP_DigestUpdate(context, bytes.data(), bytes.size());
  EVP_DigestFinal_ex(context, digest, &size);
  EVP_MD_CTX_free(context);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", digest[i]);
    hex += two;
  }
  return hex;
}

// The MD5 that torchvision and many others publish of the unpacked training pictures.
TEST(Mnist, EmbeddedFilesAreThePublishedOnes) {
  const FileSplits mnist = load_mnist(kMnist);
  EXPECT_EQ(mnist.train.size(), 60'000);
  EXPECT_EQ(mnist.test.size(), 10'000);
  const std::string header("\0\0\x08\x03\0\0\xea\x60\0\0\0\x1c\0\0\0\x1c", 16);
  EXPECT_EQ(md5_of(header, mnist.train.images), "6bbc9ace898e44ae57da46a324031adb");
  // The first training digits, as in every tutorial, and the counts of the test set's classes.
  EXPECT_EQ(std::vector<int64_t>(mnist.train.labels.begin(), mnist.train.labels.begin() + 10),
            (std::vector<int64_t>{5, 0, 4, 1, 9, 2, 1, 3, 1, 4}));
  std::vector<int64_t> counts(10);
  for (const int64_t label : mnist.test.labels) ++counts[static_cast<size_t>(label)];
  EXPECT_EQ(counts, (std::vector<int64_t>{980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009}));
}

class SmallMnist : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* part : {"train", "t10k"}) {
      write(path(part, "images-idx3"),
            std::string("\0\0\x08\x03\0\0\0\x02\0\0\0\x1c\0\0\0\x1c", 16) + std::string(2 * 784, 'p'));
      write(path(part, "labels-idx1"), std::string("\0\0\x08\x01\0\0\0\x02\x03\x07", 10));
    }
  }
  fs::path path(const std::string& part, const std::string& kind) const {
    return folder_.path() / (part + "-" + kind + "-ubyte");
  }
  std::string refusal() const {
    return error_of(ExitCode::data, [&] { load_mnist(folder_.path()); });
  }

  TemporaryFolder folder_;
};

TEST_F(SmallMnist, IsReadPlainAndPacked) {
  EXPECT_EQ(load_mnist(folder_.path()).train.labels, (std::vector<int64_t>{3, 7}));
  write(path("train", "labels-idx1").string() + ".gz",
        gzipped(std::string("\0\0\x08\x01\0\0\0\x02\x04\x08", 10)));
  EXPECT_EQ(load_mnist(folder_.path()).train.labels, (std::vector<int64_t>{4, 8}));
}

TEST_F(SmallMnist, SaysWhichFileIsWrongAndHow) {
  write(path("t10k", "labels-idx1"), std::string("\0\0\x08\x01\0\0\0\x03\x03\x07\x01", 11));
  EXPECT_EQ(refusal(),
            path("t10k", "labels-idx1").string() + ": expected 2 labels, as many as pictures, found 3");
  fs::remove(path("train", "images-idx3"));
  EXPECT_EQ(refusal(), "MNIST not found: " + path("train", "images-idx3").string() +
                           ".gz is absent; data.root must be the folder of the four IDX files");
  write(path("train", "images-idx3"), std::string("\0\0\x08\x03\0\0\0\x01\0\0\0\x02\0\0\0\x02"
                                                  "abcd",
                                                  20));
  EXPECT_NE(refusal().find("expected pictures of 28 x 28 pixels, found 2 x 2"), std::string::npos);
}

}  // namespace
}  // namespace retort::data
