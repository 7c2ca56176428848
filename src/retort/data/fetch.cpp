// SPDX-License-Identifier: MIT
#include "retort/data/fetch.h"

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/sha256.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/data/cifar10.h"
#include "retort/data/download.h"
#include "retort/data/file_lock.h"

namespace retort::data {
namespace {

// The official archive has 170,052,171 bytes; another packer may do a little worse.
constexpr uint64_t kMaxArchiveBytes = uint64_t{256} << 20;

void check_archive(const std::filesystem::path& archive, const DataOptions& options) {
  if (!options.sha256) return;
  const std::string found = sha256_of_file(archive);
  if (found != *options.sha256)
    throw Error(ExitCode::data,
                fmt::format("{}: expected SHA-256 {} (data.sha256), found {}: damaged, or another "
                            "archive; remove it, or give its own sum",
                            printable(archive.string()), *options.sha256, found));
}

// What a process that was killed while it unpacked has left. The caller holds the lock.
void sweep_leftovers(const std::filesystem::path& folder) {
  if (!std::filesystem::exists(folder)) return;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (is_temporary_name(entry.path().filename().string())) std::filesystem::remove(entry.path());
}

}  // namespace

void fetch_cifar10(const DataOptions& options) {
  if (has_cifar10(options.root)) return;
  const auto archive = options.root / kCifar10Archive;
  if (!options.download && !std::filesystem::exists(archive))
    throw Error(
        ExitCode::data,
        fmt::format("CIFAR-10 not found: expected {} or {} under '{}' (data.root); add data.download=True to "
                    "fetch it",
                    kCifar10Folder, kCifar10Archive, printable(options.root.string())));
  if (options.download && !options.url)
    throw Error(ExitCode::config, "data.download=True needs data.url, the address of the archive");

  make_folders(options.root);
  const FileLock lock(options.root / ".cifar-10.lock", stop_requested());
  if (has_cifar10(options.root)) return;  // another process was quicker
  sweep_leftovers(options.root / kCifar10Folder);
  if (std::filesystem::exists(archive)) {
    check_archive(archive, options);
    unpack_cifar10(archive, options.root);
    return;
  }
  download({.url = *options.url, .path = archive, .sha256 = options.sha256, .max_bytes = kMaxArchiveBytes});
  unpack_cifar10(archive, options.root);
  std::filesystem::remove(archive);
}

}  // namespace retort::data
