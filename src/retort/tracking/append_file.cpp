// SPDX-License-Identifier: MIT
#include "retort/tracking/append_file.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::tracking {

AppendFile::AppendFile(std::filesystem::path path, uint64_t keep_bytes) : path_(std::move(path)) {
  descriptor_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (descriptor_ < 0 || ftruncate(descriptor_, static_cast<off_t>(keep_bytes)) != 0) {
    const int error = errno;
    if (descriptor_ >= 0) close(descriptor_);
    throw Error(ExitCode::resources,
                fmt::format("cannot write {}: {}", printable(path_.string()), std::strerror(error)));
  }
  written_ = keep_bytes;
}

AppendFile::~AppendFile() {
  write_waiting();
  close(descriptor_);
}

void AppendFile::append(std::string_view bytes) {
  waiting_ += bytes;
  write_waiting();
}

void AppendFile::cut_back(uint64_t keep_bytes) {
  if (keep_bytes >= written_) {
    waiting_.resize(keep_bytes - written_);
    return;
  }
  waiting_.clear();
  if (ftruncate(descriptor_, static_cast<off_t>(keep_bytes)) != 0)
    throw Error(ExitCode::resources,
                fmt::format("cannot shorten {}: {}", printable(path_.string()), std::strerror(errno)));
  written_ = keep_bytes;
}

void AppendFile::flush() {
  write_waiting();
  if (!waiting_.empty())
    throw Error(ExitCode::resources,
                fmt::format("cannot write {}: {} ({} bytes wait in memory)", printable(path_.string()),
                            std::strerror(error_), waiting_.size()));
}

void AppendFile::write_waiting() {
  while (!waiting_.empty()) {
    const ssize_t count = write(descriptor_, waiting_.data(), waiting_.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      error_ = count < 0 ? errno : ENOSPC;
      return;
    }
    written_ += static_cast<uint64_t>(count);
    waiting_.erase(0, static_cast<size_t>(count));
  }
}

}  // namespace retort::tracking
