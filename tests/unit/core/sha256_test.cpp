// SPDX-License-Identifier: MIT
#include "retort/core/sha256.h"

#include <gtest/gtest.h>

#include "retort/core/file.h"

namespace retort {
namespace {

// FIPS 180-4's examples (NIST, "Examples with Intermediate Values": SHA-256), and the empty message.
TEST(Sha256, MatchesTheStandardsExamples) {
  EXPECT_EQ(sha256_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_of("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_of(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, TakesBytesPieceByPieceAndCanBeAskedOnTheWay) {
  const std::string text = "abc";
  Sha256 hash;
  hash.update(std::as_bytes(std::span(text).first(1)));
  EXPECT_EQ(hash.hex(), sha256_of("a"));
  hash.update(std::as_bytes(std::span(text).subspan(1)));
  EXPECT_EQ(hash.hex(), sha256_of("abc"));
}

TEST(Sha256, OfAFileLargerThanOneChunk) {
  const std::filesystem::path path = std::filesystem::path(testing::TempDir()) / "sha256_test.bin";
  const std::string content((1 << 20) + 12345, 'x');
  write_file_atomically(path, content);
  EXPECT_EQ(sha256_of_file(path), sha256_of(content));
  std::filesystem::remove(path);
  EXPECT_THROW(sha256_of_file(path), Error);
}

}  // namespace
}  // namespace retort
