// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "retort/core/input_file.h"

namespace retort::data {

/// Bytes of a stranger's file, read once from front to back. Readers of formats stand on it, and sources
/// stack: a TarReader over a GzipSource over a FileSource. Whatever is wrong with the bytes is an Error
/// (data) that names the file.
class ByteSource {
 public:
  /// `name` is for messages: a path, or "member of path".
  explicit ByteSource(std::string name) : name_(std::move(name)) {}
  virtual ~ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;

  /// Fills the span; gives back fewer bytes only at the end.
  virtual size_t read(std::span<uint8_t> bytes) = 0;

  const std::string& name() const { return name_; }
  /// Error (data): "NAME: MESSAGE".
  [[noreturn]] void fail(std::string_view message) const;

  /// Exactly `count` bytes. Memory grows with what is there, not with what was promised. `what` names them in
  /// the message, e.g. "bytes of pixels".
  std::vector<uint8_t> read_exactly(uint64_t count, std::string_view what);
  /// Refuses bytes after the end of the format.
  void expect_end();

 private:
  std::string name_;
};

class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::filesystem::path& path);
  size_t read(std::span<uint8_t> bytes) override;
  uint64_t size() const { return file_.size(); }

 private:
  InputFile file_;
  uint64_t offset_ = 0;
};

/// The bytes must outlive this.
class MemorySource : public ByteSource {
 public:
  MemorySource(std::string name, std::span<const uint8_t> bytes)
      : ByteSource(std::move(name)), rest_(bytes) {}
  size_t read(std::span<uint8_t> bytes) override;

 private:
  std::span<const uint8_t> rest_;
};

}  // namespace retort::data
