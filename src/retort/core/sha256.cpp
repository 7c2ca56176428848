// SPDX-License-Identifier: MIT
#include "retort/core/sha256.h"

#include <algorithm>
#include <array>
#include <new>
#include <vector>

#include <fmt/format.h>
#include <openssl/evp.h>

#include "retort/core/input_file.h"

namespace retort {
namespace {

// With SHA-256 built in and memory at hand OpenSSL has no reason to fail; should it, a wrong hash must not
// come out.
void expect_success(int result) {
  if (result != 1) throw std::runtime_error("OpenSSL refused to compute a SHA-256");
}

}  // namespace

struct Sha256::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();

  Context() {
    if (evp == nullptr) throw std::bad_alloc();
  }
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  expect_success(EVP_DigestInit_ex(context_->evp, EVP_sha256(), nullptr));
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  expect_success(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()));
}

std::string Sha256::hex() const {
  const Context copy;  // finalising ends a context; more bytes may come into ours
  expect_success(EVP_MD_CTX_copy_ex(copy.evp, context_->evp));
  std::array<unsigned char, 32> digest{};
  expect_success(EVP_DigestFinal_ex(copy.evp, digest.data(), nullptr));
  return fmt::format("{:02x}", fmt::join(digest, ""));
}

std::string sha256_of(std::string_view text) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(text)));
  return hash.hex();
}

std::string sha256_of_file(const std::filesystem::path& path, ExitCode code) {
  constexpr uint64_t kChunkBytes = 1 << 20;
  const InputFile file(path, code);
  std::vector<std::byte> chunk(std::min(file.size(), kChunkBytes));
  Sha256 hash;
  for (uint64_t offset = 0; offset < file.size();) {
    const std::span<std::byte> part(chunk.data(), std::min(file.size() - offset, kChunkBytes));
    file.read(offset, part);
    hash.update(part);
    offset += part.size();
  }
  return hash.hex();
}

}  // namespace retort
