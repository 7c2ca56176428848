// SPDX-License-Identifier: MIT
// The first byte chooses: a whole file, a pickle alone, or a pickle that is put into a sound archive, so that
// the checks of checksums and places do not stop what lies behind them from being reached.
#include "retort/checkpoint/torch_file.h"

#include <algorithm>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

#include <zlib.h>

#include "driver.h"
#include "pieces.h"
#include "retort/core/error.h"

using namespace retort;
using namespace retort::checkpoint;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

constexpr std::string_view kTensor =
    "ctorch._utils\n_rebuild_tensor_v2\n(("
    "X\7\0\0\0storagectorch\nFloatStorage\nX\1\0\0\0000X\3\0\0\0cpuK\4tQK\0K\2K\2\x86K\2K\1\x86\x89"
    "ccollections\nOrderedDict\n)RtR"sv;

constexpr std::string_view kPieces[] = {
    kTensor,
    "X\1\0\0\0w"sv,
    "X\1\0\0\0v"sv,
    "X\12\0\0\0state_dict"sv,
    "}"sv,
    "("sv,
    "u"sv,
    "s"sv,
    "]"sv,
    "a"sv,
    "e"sv,
    ")"sv,
    "t"sv,
    "\x85"sv,
    "\x86"sv,
    "\x87"sv,
    "N"sv,
    "\x88"sv,
    "\x89"sv,
    "K\4"sv,
    "K\0"sv,
    "M\0\1"sv,
    "J\xff\xff\xff\xff"sv,
    "\x8a\10\0\0\0\0\0\0\0\x10"sv,
    "G\0\0\0\0\0\0\0\0"sv,
    "R"sv,
    "\x81"sv,
    "b"sv,
    "Q"sv,
    "q\0"sv,
    "h\0"sv,
    "r\xff\xff\xff\xff"sv,
    "j\xff\xff\xff\xff"sv,
    "ccollections\nOrderedDict\n"sv,
    "ctorch._utils\n_rebuild_parameter\n"sv,
    "ctorch\nHalfStorage\n"sv,
    "cos\nsystem\n"sv,
    "."sv,
    "\x80\2"sv,
};

std::string little_endian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(i < 8 ? value >> (8 * i) : 0);
  return text;
}

std::string archive(std::string_view pickle) {
  std::string body, directory;
  for (const auto& [name, content] :
       {std::pair{"a/data.pkl"sv, pickle}, std::pair{"a/data/0"sv, "0123456789abcdef"sv}}) {
    const uint64_t crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());
    const std::string fields = little_endian(0, 8) + little_endian(crc, 4) +
                               little_endian(content.size(), 4) + little_endian(content.size(), 4) +
                               little_endian(name.size(), 2) + little_endian(0, 2);
    directory +=
        "PK\1\2" + little_endian(0, 4) + fields + little_endian(0, 10) + little_endian(body.size(), 4);
    directory += name;
    body += "PK\3\4" + little_endian(0, 2) + fields;
    body += name;
    body += content;
  }
  return body + directory + "PK\5\6" + little_endian(0, 4) + little_endian(2, 2) + little_endian(2, 2) +
         little_endian(directory.size(), 4) + little_endian(body.size(), 4) + little_endian(0, 2);
}

std::string old_file(std::string_view pickle) {
  std::string file =
      "\x80\2\x8a\12\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\2M\xe9\3."
      "\x80\2}X\15\0\0\0little_endian\x88s."s;
  file += pickle;
  file += "\x80\2]X\1\0\0\0000a."sv;
  return file + little_endian(4, 8) + "0123456789abcdef";
}

void read_all(std::string_view bytes) {
  try {
    TorchFile file(
        ByteRange{.name = "f", .size = bytes.size(), .read = [&](uint64_t offset, std::span<std::byte> part) {
                    if (offset > bytes.size() || part.size() > bytes.size() - offset) std::abort();
                    const auto from = std::as_bytes(std::span(bytes)).subspan(offset, part.size());
                    std::copy(from.begin(), from.end(), part.begin());
                  }});
    for (const StoredTensor& tensor : file.tensors())
      if (file.read(tensor).size() != tensor.elements() * dtype_bytes(tensor.dtype)) std::abort();
  } catch (const Error& error) {
    if (error.code() != ExitCode::checkpoint) std::abort();
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 3) {
    case 0:
      read_all(input);
      break;
    case 1:
      read_all(archive(input));
      break;
    case 2:
      read_all(old_file(input));
      break;
  }
  return 0;
}

std::vector<std::string> fuzz_seeds() {
  const std::string tensor(kTensor);
  const std::vector<std::string> pickles = {
      "\x80\2}(X\1\0\0\0w"s + tensor + "X\1\0\0\0v" + tensor + "u.",
      "\x80\2}X\12\0\0\0state_dict}X\1\0\0\0w"s + tensor + "ss.",
      "\x80\2ccollections\nOrderedDict\n)Rq\0X\1\0\0\0wctorch._utils\n_rebuild_parameter\n"s + tensor +
          "\x88h\0\x87Rs}b."};
  std::vector<std::string> seeds;
  for (std::string& pieces : inputs_from_pieces(kPieces)) {
    seeds.push_back("\1" + pieces);
    seeds.push_back("\1\x80\2}(X\1\0\0\0w"s + pieces + "u.");
  }
  for (const std::string& pickle : pickles) {
    seeds.insert(seeds.end(), 1500, "\1" + pickle);
    seeds.insert(seeds.end(), 1500, "\2" + pickle);
    seeds.insert(seeds.end(), 1500, std::string(1, '\0') + archive(pickle));
    seeds.insert(seeds.end(), 500, std::string(1, '\0') + old_file(pickle));
  }
  return seeds;
}
