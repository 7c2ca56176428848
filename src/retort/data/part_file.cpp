// SPDX-License-Identifier: MIT
#include "retort/data/part_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"

namespace retort::data {
namespace {

[[noreturn]] void fail(const std::filesystem::path& path, int error) {
  std::string message =
      fmt::format("cannot write {}: {}", printable(path.string()), std::generic_category().message(error));
  std::error_code ignored;
  const auto space = std::filesystem::space(path.parent_path(), ignored);
  if (!ignored && (error == ENOSPC || error == EDQUOT))
    message += fmt::format(" ({} are free there)", human_bytes(space.available));
  throw Error(ExitCode::resources, message);
}

std::filesystem::path with_suffix(std::filesystem::path path, const char* suffix) { return path += suffix; }

}  // namespace

PartFile::PartFile(const std::filesystem::path& target)
    : target_(target), path_(with_suffix(target, ".part")), origin_(with_suffix(target, ".part.origin")) {
  descriptor_ = open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
  if (descriptor_ < 0) fail(path_, errno);
  struct stat status {};
  if (fstat(descriptor_, &status) != 0) fail(path_, errno);
  size_ = static_cast<uint64_t>(status.st_size);
}

PartFile::~PartFile() { close(descriptor_); }

std::string PartFile::validator_for(const std::string& url) const {
  constexpr uint64_t kMaxOrigin = 1 << 14;
  if (size_ == 0 || !std::filesystem::exists(origin_)) return {};
  const std::string origin = read_file(origin_, kMaxOrigin, ExitCode::data);
  const size_t line = origin.find('\n');
  if (line == std::string::npos || origin.back() != '\n' || origin.substr(0, line) != url) return {};
  return origin.substr(line + 1, origin.size() - line - 2);
}

void PartFile::restart(const std::string& url, const std::string& validator) {
  // In this order: at no moment do old bytes stand beside the new validator.
  if (ftruncate(descriptor_, 0) != 0) fail(path_, errno);
  size_ = 0;
  std::filesystem::remove(origin_);
  if (!validator.empty()) write_file_atomically(origin_, fmt::format("{}\n{}\n", url, validator));
}

void PartFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(descriptor_, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path_, errno);
    bytes = bytes.subspan(static_cast<size_t>(count));
    size_ += static_cast<uint64_t>(count);
  }
}

void PartFile::commit() {
  if (fsync(descriptor_) != 0) fail(path_, errno);
  if (rename(path_.c_str(), target_.c_str()) != 0) fail(target_, errno);
  std::filesystem::remove(origin_);
  sync_folder(target_.parent_path().empty() ? "." : target_.parent_path());
}

void PartFile::discard() {
  std::filesystem::remove(path_);
  std::filesystem::remove(origin_);
}

}  // namespace retort::data
