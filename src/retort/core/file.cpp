// SPDX-License-Identifier: MIT
#include "retort/core/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "retort/core/input_file.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"

namespace retort {
namespace {

constexpr std::string_view kTemporaryPrefix = ".retort-";
constexpr std::string_view kTemporarySuffix = ".tmp";

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
}

Error cannot(std::string_view action, const std::filesystem::path& path, std::string_view cause) {
  return Error(ExitCode::resources, fmt::format("cannot {} {}: {}", action, printable(path.string()), cause));
}

// A file descriptor that closes itself.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  void reset(int number) {
    close();
    number_ = number;
  }
  // The result of close(2): on some file systems a write's failure shows first here.
  int close() {
    const int number = std::exchange(number_, -1);
    return number < 0 ? 0 : ::close(number);
  }
  operator int() const { return number_; }

 private:
  int number_;
};

int open_folder(const std::filesystem::path& folder) {
  return open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

// EINVAL: the file system has no such thing as a folder's fsync (some network ones).
bool sync_descriptor_of_folder(int folder) { return fsync(folder) == 0 || errno == EINVAL; }

}  // namespace

struct AtomicFile::Impl {
  Impl() = default;
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  std::filesystem::path path;
  std::string name;       // of the file in its folder
  std::string temporary;  // likewise; empty when there is none to remove
  Descriptor folder, file;
  uint64_t size = 0;
  Sha256 hash;

  // The message for errno; `wanted_bytes` is what did not go in.
  Error failure(uint64_t wanted_bytes = 0) const {
    const int code = errno;
    std::string cause = std::generic_category().message(code);
    struct statvfs space {};
    if (wanted_bytes > 0 && (code == ENOSPC || code == EDQUOT || code == EFBIG) &&
        fstatvfs(folder, &space) == 0)
      cause += fmt::format(" (needs {} more after {}; the disk has {} free)", human_bytes(wanted_bytes),
                           human_bytes(size), human_bytes(uint64_t{space.f_bavail} * space.f_frsize));
    return cannot("write", path, cause);
  }

  ~Impl() {
    if (!temporary.empty()) unlinkat(folder, temporary.c_str(), 0);
  }
};

AtomicFile::AtomicFile(const std::filesystem::path& path, uint64_t expected_bytes)
    : impl_(std::make_unique<Impl>()) {
  impl_->path = path;
  impl_->name = path.filename().string();
  impl_->folder.reset(open_folder(folder_of(path)));
  if (impl_->folder < 0) throw impl_->failure();
  struct stat status {};
  if (fstatat(impl_->folder, impl_->name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
      !S_ISREG(status.st_mode))
    throw cannot("write", path,
                 S_ISLNK(status.st_mode)   ? "a symbolic link stands there; links are not written through"
                 : S_ISDIR(status.st_mode) ? "a folder stands there"
                                           : "what stands there is not a regular file");

  // A name is taken with probability 2^-64, so EEXIST is an error like another. The mode is what the umask
  // leaves.
  std::string temporary = temporary_name();
  impl_->file.reset(
      openat(impl_->folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
  if (impl_->file < 0) throw impl_->failure();
  impl_->temporary = std::move(temporary);

  if (expected_bytes == 0) return;
  // A courtesy where the file system has it: write() finds out in any case.
  const int result = fallocate(impl_->file, FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(expected_bytes));
  if (result != 0 && errno != EOPNOTSUPP && errno != EINTR) throw impl_->failure(expected_bytes);
}

AtomicFile::~AtomicFile() = default;

void AtomicFile::write(std::span<const std::byte> bytes) {
  impl_->hash.update(bytes);
  while (!bytes.empty()) {
    const ssize_t count = ::write(impl_->file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw impl_->failure(bytes.size());
    bytes = bytes.subspan(static_cast<size_t>(count));
    impl_->size += static_cast<uint64_t>(count);
  }
}

// A failed fsync is final: the kernel has marked the pages clean, so a second one would succeed and prove
// nothing (Rebello et al., "Can Applications Recover from fsync Failures?", USENIX ATC 2020).
void AtomicFile::commit() {
  if (fsync(impl_->file) != 0) throw impl_->failure();
  if (impl_->file.close() != 0) throw impl_->failure();
  if (renameat(impl_->folder, impl_->temporary.c_str(), impl_->folder, impl_->name.c_str()) != 0)
    throw impl_->failure();
  impl_->temporary.clear();
  if (!sync_descriptor_of_folder(impl_->folder)) throw impl_->failure();
}

std::string AtomicFile::sha256() const { return impl_->hash.hex(); }

uint64_t AtomicFile::size() const { return impl_->size; }

void write_file_atomically(const std::filesystem::path& path, std::string_view content) {
  AtomicFile file(path, content.size());
  file.write(std::as_bytes(std::span(content)));
  file.commit();
}

void replace_link(const std::filesystem::path& link, const std::filesystem::path& target) {
  const std::filesystem::path temporary = folder_of(link) / temporary_name();
  const auto failure = [&] { return cannot("make the link", link, std::generic_category().message(errno)); };
  if (symlink(target.c_str(), temporary.c_str()) != 0) throw failure();
  struct stat status {};
  const bool is_free = lstat(link.c_str(), &status) != 0 || S_ISLNK(status.st_mode);
  if (!is_free) errno = EEXIST;
  if (!is_free || rename(temporary.c_str(), link.c_str()) != 0) {
    const Error error = failure();
    unlink(temporary.c_str());
    throw error;
  }
  sync_folder(folder_of(link));
}

void make_folders(const std::filesystem::path& folder) {
  std::error_code ignored;
  if (folder.empty() || std::filesystem::is_directory(folder, ignored)) return;
  make_folders(folder.parent_path());
  if (mkdir(folder.c_str(), 0777) != 0) {
    const int code = errno;  // EEXIST: another process was quicker, or a file stands there
    if (code != EEXIST || !std::filesystem::is_directory(folder, ignored))
      throw cannot("make the folder", folder, std::generic_category().message(code));
  }
  sync_folder(folder_of(folder));
}

void sync_folder(const std::filesystem::path& folder) {
  const Descriptor descriptor(open_folder(folder));
  if (descriptor < 0 || !sync_descriptor_of_folder(descriptor))
    throw cannot("make durable the folder", folder, std::generic_category().message(errno));
}

std::string temporary_name() {
  uint64_t number = 0;
  if (getrandom(&number, sizeof(number), 0) != sizeof(number))
    throw std::system_error(errno, std::generic_category(), "getrandom");
  return fmt::format("{}{:016x}{}", kTemporaryPrefix, number, kTemporarySuffix);
}

bool is_temporary_name(std::string_view name) {
  constexpr size_t kDigits = 16;
  if (name.size() != kTemporaryPrefix.size() + kDigits + kTemporarySuffix.size()) return false;
  if (!name.starts_with(kTemporaryPrefix) || !name.ends_with(kTemporarySuffix)) return false;
  const std::string_view digits = name.substr(kTemporaryPrefix.size(), kDigits);
  return digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

std::string read_file(const std::filesystem::path& path, uint64_t max_bytes, ExitCode code) {
  const InputFile file(path, code);
  if (file.size() > max_bytes)
    throw Error(code,
                fmt::format("cannot read {}: it has {}, more than the {} allowed here",
                            printable(path.string()), human_bytes(file.size()), human_bytes(max_bytes)));
  std::string content(file.size(), '\0');
  file.read(0, std::as_writable_bytes(std::span(content)));
  return content;
}

}  // namespace retort
