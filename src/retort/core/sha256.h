// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "retort/core/error.h"

namespace retort {

/// SHA-256 (FIPS 180-4) of bytes as they come.
///
///     Sha256 hash;
///     hash.update(part);
///     hash.hex();  // 64 small hexadecimal digits; more may follow
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::byte> bytes);
  /// Of everything so far.
  std::string hex() const;

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256_of(std::string_view text);
/// Of a regular file's content; an Error with `code` that names the path where it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path, ExitCode code = ExitCode::data);

}  // namespace retort
