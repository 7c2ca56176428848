// SPDX-License-Identifier: MIT
// The first byte chooses: a gzip stream of a tar archive, or a bare archive whose headers get right
// checksums, so that what lies behind them is reached.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "driver.h"
#include "retort/core/error.h"
#include "retort/data/gzip.h"
#include "retort/data/tar.h"
#include "support/archives.h"

using namespace retort;
using namespace retort::data;

namespace {

constexpr uint64_t kMaxUnpacked = 1 << 20;
constexpr size_t kBlock = 512;

void walk(ByteSource& source) {
  TarReader tar(source);
  std::vector<uint8_t> part(1000);
  uint64_t total = 0;
  while (const auto member = tar.next()) {
    if (member->name.starts_with('/') || ("/" + member->name + "/").find("/../") != std::string::npos)
      std::abort();
    uint64_t size = 0;
    while (const size_t count = tar.content().read(part)) size += count;
    if (size != member->size) std::abort();
    total += size;
  }
  if (total > kMaxUnpacked) std::abort();
}

void repair_checksums(std::string& archive) {
  for (size_t start = 0; start + kBlock <= archive.size(); start += kBlock) {
    if (archive.compare(start + 257, 5, "ustar") != 0) continue;
    std::fill_n(archive.begin() + static_cast<std::ptrdiff_t>(start) + 148, 8, ' ');
    unsigned sum = 0;
    for (size_t i = start; i < start + kBlock; ++i) sum += static_cast<unsigned char>(archive[i]);
    char digits[8];
    std::snprintf(digits, sizeof digits, "%06o", sum);
    archive.replace(start + 148, 7, digits, 7);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* input, size_t size) {
  if (size == 0) return 0;
  try {
    if (input[0] % 2 == 0) {
      MemorySource packed("fuzz.tar.gz", {input + 1, size - 1});
      GzipSource unpacked(packed, kMaxUnpacked);
      walk(unpacked);
    } else {
      std::string archive(reinterpret_cast<const char*>(input) + 1, size - 1);
      repair_checksums(archive);
      MemorySource source("fuzz.tar", {reinterpret_cast<const uint8_t*>(archive.data()), archive.size()});
      walk(source);
    }
  } catch (const Error& error) {
    if (error.code() != ExitCode::data) std::abort();
  }
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  const std::string small =
      tar_member({.name = "d/", .type = '5'}) + tar_member({.name = "d/a", .content = "alpha"}) + kTarEnd;
  const std::string pax = tar_member({.name = "p", .content = "20 mtime=1234567890\n", .type = 'x'}) +
                          tar_member({.name = "d/b", .content = std::string(700, 'b')}) + kTarEnd;
  const std::string links = tar_member({.name = "l", .type = '2'}) +
                            tar_member({.name = "long", .content = "../../name", .type = 'L'}) + kTarEnd;
  std::vector<std::string> seeds;
  for (const std::string& archive : {small, pax, links}) {
    seeds.push_back("\1" + archive);
    seeds.push_back(std::string(1, '\0') + gzipped(archive));
  }
  return seeds;
}
