// SPDX-License-Identifier: MIT
#include "retort/methods/teacher_table.h"

#include <cerrno>
#include <cmath>
#include <cstring>
#include <system_error>
#include <utility>
#include <vector>

#include <c10/util/Half.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"

namespace retort::methods {
namespace {

namespace fs = std::filesystem;

// The file (docs/formats.md): this much of text, then the rows, sample by sample and view by view.
constexpr uint64_t kHeaderBytes = 4096;
constexpr char kMagic[] = "retort teacher table 1\n";
constexpr uint64_t kChecksumBytes = sizeof(uint32_t);

uint64_t row_bytes(int64_t classes, bool half) {
  const uint64_t values = static_cast<uint64_t>(classes) * (half ? 2 : 4);
  return (values + 3) / 4 * 4 + kChecksumBytes;
}

std::string header_of(const TableKey& key) {
  std::string header = fmt::format("{}{}\n{}\n", kMagic, key.hash(), key.description);
  header.resize(kHeaderBytes, '\0');
  return header;
}

[[noreturn]] void fail(ExitCode code, const fs::path& path, const std::string& what) {
  throw Error(code, fmt::format("{}: {}", printable(path.string()), what));
}

// Of a row's place and values; never 0, which is what stands where no row was written.
uint32_t checksum(uint64_t place, std::span<const std::byte> values) {
  uint64_t hash = place * 0x9E3779B97F4A7C15;
  for (size_t i = 0; i < values.size(); i += sizeof(uint32_t)) {
    uint32_t word;
    std::memcpy(&word, values.data() + i, sizeof word);
    hash = (hash ^ word) * 0xD6E8FEB86659FD93;
    hash ^= hash >> 32;
  }
  const auto folded = static_cast<uint32_t>(hash);
  return folded == 0 ? 1 : folded;
}

std::string reason() { return std::generic_category().message(errno); }

/// Closes what was opened for making a table, and takes the unfinished file away.
class Draft {
 public:
  explicit Draft(const fs::path& folder)
      : path_(folder / temporary_name()),
        descriptor_(open(path_.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) {
    if (descriptor_ < 0) fail(ExitCode::resources, path_, "cannot be made: " + reason());
  }
  ~Draft() {
    close(descriptor_);
    unlink(path_.c_str());
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  int descriptor() const { return descriptor_; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  int descriptor_;
};

// The finished file appears under its name at once and whole. Where another run was quicker, its file is as
// good as ours.
void make_table(const fs::path& path, const TableKey& key) {
  make_folders(path.parent_path());
  const Draft draft(path.parent_path());
  // Reserved now: a disk that fills up under a mapped file kills who writes to it.
  if (const int error = posix_fallocate(draft.descriptor(), 0, static_cast<off_t>(key.file_bytes())))
    fail(ExitCode::resources, path,
         fmt::format("a teacher's table needs {} here: {}", human_bytes(key.file_bytes()),
                     std::generic_category().message(error)));
  const std::string header = header_of(key);
  if (pwrite(draft.descriptor(), header.data(), header.size(), 0) != static_cast<ssize_t>(header.size()) ||
      fsync(draft.descriptor()) != 0)
    fail(ExitCode::resources, path, "cannot be written: " + reason());
  if (link(draft.path().c_str(), path.c_str()) != 0 && errno != EEXIST)
    fail(ExitCode::resources, path, "cannot be made: " + reason());
  sync_folder(path.parent_path());
}

}  // namespace

std::string TableKey::hash() const {
  return sha256_of(fmt::format("{}\n{} {} {} {}", description, samples, views, classes, half));
}

uint64_t TableKey::file_bytes() const {
  return kHeaderBytes +
         static_cast<uint64_t>(samples) * static_cast<uint64_t>(views) * row_bytes(classes, half);
}

TeacherTable::TeacherTable(const fs::path& folder, const TableKey& key)
    : path_(folder / (key.hash().substr(0, 32) + ".table")),
      samples_(key.samples),
      views_(key.views),
      classes_(key.classes),
      half_(key.half),
      file_bytes_(key.file_bytes()) {
  if (key.description.size() > kHeaderBytes / 2)
    fail(ExitCode::internal, path_, "the description of a teacher's table is too long");
  if (!fs::exists(path_)) make_table(path_, key);
  descriptor_ = open(path_.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor_ < 0) fail(ExitCode::resources, path_, "cannot be opened: " + reason());
  try {
    check_size();
    std::string header(kHeaderBytes, '\0');
    if (pread(descriptor_, header.data(), header.size(), 0) != static_cast<ssize_t>(header.size()) ||
        header != header_of(key))
      fail(ExitCode::checkpoint, path_, "is no teacher's table, or of another teacher; delete it");
    void* memory = mmap(nullptr, file_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor_, 0);
    if (memory == MAP_FAILED) fail(ExitCode::resources, path_, "cannot be mapped: " + reason());
    memory_ = static_cast<std::byte*>(memory);
  } catch (...) {
    close(descriptor_);
    throw;
  }
}

TeacherTable::TeacherTable(TeacherTable&& other) noexcept
    : path_(std::move(other.path_)),
      samples_(other.samples_),
      views_(other.views_),
      classes_(other.classes_),
      half_(other.half_),
      file_bytes_(other.file_bytes_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      memory_(std::exchange(other.memory_, nullptr)) {}

TeacherTable::~TeacherTable() {
  if (memory_ != nullptr) munmap(memory_, file_bytes_);
  if (descriptor_ >= 0) close(descriptor_);
}

void TeacherTable::check_size() const {
  struct stat status {};
  if (fstat(descriptor_, &status) != 0 || static_cast<uint64_t>(status.st_size) != file_bytes_)
    fail(ExitCode::checkpoint, path_,
         fmt::format("has {} bytes, and a teacher's table of its name has {}; delete it",
                     static_cast<int64_t>(status.st_size), file_bytes_));
}

uint64_t TeacherTable::offset(int64_t sample, int64_t view) const {
  if (sample < 0 || sample >= samples_ || view < 0 || view >= views_)
    fail(ExitCode::internal, path_, fmt::format("has no row for sample {}, view {}", sample, view));
  return kHeaderBytes + static_cast<uint64_t>(sample * views_ + view) * row_bytes(classes_, half_);
}

bool TeacherTable::read(int64_t sample, int64_t view, std::span<float> logits) const {
  const uint64_t where = offset(sample, view);
  // A copy first: another process may be writing this row now.
  thread_local std::vector<std::byte> row;
  row.assign(memory_ + where, memory_ + where + row_bytes(classes_, half_));
  const std::span values = std::span(row).first(row.size() - kChecksumBytes);
  uint32_t stored;
  std::memcpy(&stored, values.data() + values.size(), sizeof stored);
  if (stored != checksum(where, values)) return false;
  if (half_) {
    for (size_t c = 0; c < logits.size(); ++c) {
      c10::Half value;
      std::memcpy(&value, values.data() + c * sizeof value, sizeof value);
      logits[c] = static_cast<float>(value);
    }
  } else {
    std::memcpy(logits.data(), values.data(), logits.size_bytes());
  }
  return true;
}

void TeacherTable::write(int64_t sample, int64_t view, std::span<float> logits) {
  const uint64_t where = offset(sample, view);
  thread_local std::vector<std::byte> row;
  row.assign(row_bytes(classes_, half_), std::byte{0});
  bool is_finite = true;
  for (size_t c = 0; c < logits.size(); ++c) {
    if (half_) {
      const c10::Half value = logits[c];
      std::memcpy(row.data() + c * sizeof value, &value, sizeof value);
      is_finite = is_finite && std::isfinite(static_cast<float>(value));
    } else {
      std::memcpy(row.data() + c * sizeof(float), &logits[c], sizeof(float));
      is_finite = is_finite && std::isfinite(logits[c]);
    }
  }
  if (!is_finite) return;
  if (half_)
    for (float& logit : logits) logit = static_cast<float>(c10::Half(logit));
  const std::span values = std::span(row).first(row.size() - kChecksumBytes);
  const uint32_t sum = checksum(where, values);
  std::memcpy(row.data() + values.size(), &sum, sizeof sum);
  std::memcpy(memory_ + where, row.data(), row.size());
}

int64_t TeacherTable::count_rows() const {
  std::vector<float> logits(static_cast<size_t>(classes_));
  int64_t count = 0;
  for (int64_t sample = 0; sample < samples_; ++sample)
    for (int64_t view = 0; view < views_; ++view) count += read(sample, view, logits) ? 1 : 0;
  return count;
}

}  // namespace retort::methods
