// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace retort::methods {

/// What a teacher's table is of: a table answers only for the key that it was made with.
struct TableKey {
  std::string description;  // all that decides the logits, as JSON: weights' hash, arithmetic, data, views
  int64_t samples = 0;
  int64_t views = 0;  // of each sample
  int64_t classes = 0;
  bool half = true;  // rows are float16; else float32

  /// SHA-256 over all of it.
  std::string hash() const;
  uint64_t file_bytes() const;
};

/// One network's logits for every (sample, view), in a file that all runs on a machine share through its page
/// cache (docs/formats.md). A row that is not there yet, or was half written when its writer died, is absent:
/// each carries a checksum. So any number of processes may read and fill a table at once, without locks, and
/// be killed at any moment: they write the same rows.
class TeacherTable {
 public:
  /// Opens FOLDER/HASH.table, or makes it, empty, with its room reserved. An Error: (resources) where the
  /// disk has no room for it, (checkpoint) when the file there is not what its name says.
  TeacherTable(const std::filesystem::path& folder, const TableKey& key);
  ~TeacherTable();
  TeacherTable(TeacherTable&&) noexcept;
  TeacherTable(const TeacherTable&) = delete;
  TeacherTable& operator=(const TeacherTable&) = delete;

  /// Fills `logits` (one a class); false when the row is absent. May be called from several threads.
  bool read(int64_t sample, int64_t view, std::span<float> logits) const;
  /// Stores a row, and rounds `logits` to what read() will give, so that the first answer equals the later
  /// ones. Logits that the row cannot hold (infinite, or beyond float16's range) are not stored.
  void write(int64_t sample, int64_t view, std::span<float> logits);
  /// An Error (checkpoint) when somebody cut the file short since it was opened: touching what is missing
  /// would kill us. Call before each batch of rows.
  void check_size() const;

  int64_t count_rows() const;  // that are there; reads the whole table
  int64_t classes() const { return classes_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  uint64_t offset(int64_t sample, int64_t view) const;

  std::filesystem::path path_;
  int64_t samples_, views_, classes_;
  bool half_;
  uint64_t file_bytes_;
  int descriptor_ = -1;
  std::byte* memory_ = nullptr;
};

}  // namespace retort::methods
