// SPDX-License-Identifier: MIT
#include "retort/core/input_file.h"

#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "retort/core/text.h"

namespace retort {
namespace {

Error cannot_read(const std::filesystem::path& path, ExitCode code, std::string_view cause) {
  return Error(code, fmt::format("cannot read {}: {}", printable(path.string()), cause));
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& path, ExitCode code) : path_(path), code_(code) {
  // O_NONBLOCK: opening a pipe that nobody writes to would wait for ever.
  descriptor_ = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (descriptor_ < 0) throw cannot_read(path, code, std::generic_category().message(errno));
  struct stat status {};
  const int result = fstat(descriptor_, &status);
  if (result != 0 || !S_ISREG(status.st_mode)) {
    const std::string cause = result != 0               ? std::generic_category().message(errno)
                              : S_ISDIR(status.st_mode) ? "it is a folder, not a file"
                                                        : "it is not a regular file";
    close(descriptor_);
    throw cannot_read(path, code, cause);
  }
  size_ = static_cast<uint64_t>(status.st_size);
}

InputFile::~InputFile() { close(descriptor_); }

void InputFile::read(uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw cannot_read(path_, code_, std::generic_category().message(errno));
    if (count == 0) throw cannot_read(path_, code_, fmt::format("it ends at byte {}", offset));
    bytes = bytes.subspan(static_cast<size_t>(count));
    offset += static_cast<uint64_t>(count);
  }
}

}  // namespace retort
