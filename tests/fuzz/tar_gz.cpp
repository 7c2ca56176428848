// SPDX-License-Identifier: MIT
// The first byte chooses: a gzip stream of a tar archive, or a bare archive whose headers get right
// checksums, so that what lies behind them is reached.
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <zlib.h>

#include "driver.h"
#include "retort/core/error.h"
#include "retort/data/gzip.h"
#include "retort/data/tar.h"

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

std::string member(const std::string& name, char type, const std::string& content) {
  std::string header(kBlock, '\0');
  char size[12];
  std::snprintf(size, sizeof size, "%011zo", content.size());
  header.replace(0, name.size(), name);
  header.replace(124, 11, size);
  header[156] = type;
  header.replace(257, 8, std::string("ustar\00000", 8));
  return header + content + std::string((kBlock - content.size() % kBlock) % kBlock, '\0');
}

std::string gzipped(const std::string& content) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(content.data()));
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  if (deflate(&stream, Z_FINISH) != Z_STREAM_END) std::abort();
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
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
  const std::string end(2 * kBlock, '\0');
  std::string small = member("d/", '5', "") + member("d/a", '0', "alpha") + end;
  std::string pax =
      member("p", 'x', "20 mtime=1234567890\n") + member("d/b", '0', std::string(700, 'b')) + end;
  std::string links = member("l", '2', "") + member("long", 'L', "../../name") + end;
  std::vector<std::string> seeds;
  for (std::string* archive : {&small, &pax, &links}) {
    repair_checksums(*archive);
    seeds.push_back("\1" + *archive);
    seeds.push_back(std::string(1, '\0') + gzipped(*archive));
  }
  return seeds;
}
