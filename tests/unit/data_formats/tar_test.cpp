// SPDX-License-Identifier: MIT
#include "retort/data/tar.h"

#include <map>

#include "support.h"

namespace retort::data {
namespace {

std::map<std::string, std::string> files_of(std::string_view archive) {
  MemorySource source("a.tar", bytes_of(archive));
  TarReader tar(source);
  std::map<std::string, std::string> files;
  while (const auto member = tar.next()) {
    const auto bytes = tar.content().read_exactly(member->size, "bytes");
    files[member->name] = std::string(bytes.begin(), bytes.end());
  }
  return files;
}

std::string refusal_of(const TarEntry& entry) {
  return error_of(ExitCode::data, [&] { files_of(tar_member(entry) + kTarEnd); });
}

std::string pax_record(const std::string& key, const std::string& value) {
  const size_t rest = key.size() + value.size() + 3;  // space, '=', newline
  size_t length = rest;
  while (length != rest + std::to_string(length).size()) length = rest + std::to_string(length).size();
  return std::to_string(length) + " " + key + "=" + value + "\n";
}

TEST(TarReader, WalksFilesFoldersAndPrefixes) {
  const std::string archive =
      tar_member({.name = "d/", .type = '5'}) + tar_member({.name = "d/a", .content = "alpha"}) +
      tar_member({.name = "./d/empty"}) +
      tar_member({.name = "b", .content = std::string(1024, 'b'), .prefix = "d/e"}) +
      tar_member({.name = "d/gnu", .content = "g", .magic = std::string("ustar  \0", 8)}) + kTarEnd +
      std::string(512 * 7, '\0');
  const std::map<std::string, std::string> expected = {
      {"d/a", "alpha"}, {"d/empty", ""}, {"d/e/b", std::string(1024, 'b')}, {"d/gnu", "g"}};
  EXPECT_EQ(files_of(archive), expected);
}

TEST(TarReader, SkipsContentThatNobodyReads) {
  const std::string archive = tar_member({.name = "big", .content = std::string(100'000, 'x')}) +
                              tar_member({.name = "next"}) + kTarEnd;
  MemorySource source("a.tar", bytes_of(archive));
  TarReader tar(source);
  EXPECT_EQ(tar.next()->name, "big");
  EXPECT_EQ(tar.next()->name, "next");
  EXPECT_FALSE(tar.next());
}

TEST(TarReader, RefusesNamesThatLeadOut) {
  for (const char* name : {"../evil", "/etc/passwd", "a/../../evil", "a/..", "..", "..\\evil", "./../evil"})
    EXPECT_NE(refusal_of({.name = name}).find("leads out"), std::string::npos) << name;
  EXPECT_NE(refusal_of({.name = "b", .prefix = ".."}).find("leads out"), std::string::npos);
  EXPECT_EQ(files_of(tar_member({.name = "a..b/..c"}) + kTarEnd).size(), 1u);
}

TEST(TarReader, RefusesWhatIsNeitherFileNorFolder) {
  // Hard and symbolic link, character and block device, pipe, contiguous file, sparse file, GNU long names,
  // a multi-volume part, an unknown letter.
  for (const char type : {'1', '2', '3', '4', '6', '7', 'S', 'L', 'K', 'M', 'Q'})
    EXPECT_NE(
        refusal_of({.name = "a", .type = type, .link = "/etc/passwd"}).find("neither a file nor a folder"),
        std::string::npos)
        << type;
  refusal_of({.name = "d/", .content = "x", .type = '5'});
}

TEST(TarReader, RefusesSizesThatAreNone) {
  for (const std::string size : {"-0000000001", "00000000009", "           ", "1234 567890", "0x000000100"})
    EXPECT_NE(refusal_of({.name = "a", .content = "x", .size_field = size}).find("no valid size"),
              std::string::npos);
  EXPECT_NE(refusal_of({.name = "a", .size_field = "\x80" + std::string(10, '\xff')}).find("no valid size"),
            std::string::npos);
  // 64 GiB promised, nothing there: refused when it ends, not allocated.
  refusal_of({.name = "a", .size_field = "777777777777"});
}

TEST(TarReader, TakesPaxTimesButNoPaxNamesOrSizes) {
  const auto with_pax = [](const std::string& records, char type = 'x') {
    return tar_member({.name = "PaxHeaders/a", .content = records, .type = type}) +
           tar_member({.name = "a", .content = "alpha"}) + kTarEnd;
  };
  EXPECT_EQ(files_of(with_pax(pax_record("mtime", "1700000000.25") + pax_record("uname", "me"))).at("a"),
            "alpha");
  for (const char* key : {"path", "linkpath", "size", "GNU.sparse.name", "GNU.sparse.major"})
    for (const char type : {'x', 'g'}) {
      const auto message =
          error_of(ExitCode::data, [&] { files_of(with_pax(pax_record(key, "../evil"), type)); });
      EXPECT_NE(message.find(key), std::string::npos) << message;
    }
  for (const char* damaged : {"x", "9999 mtime=1\n", "3 a", "0 mtime=1\n", "-5 a=b\n",
                              "99999999999999999999 a=b\n", "6mtime\n", "5 a=b\n"})
    error_of(ExitCode::data, [&] { files_of(with_pax(damaged)); });
  error_of(ExitCode::data, [&] { files_of(with_pax(std::string(1 << 17, 'x'))); });
}

TEST(TarReader, RefusesEveryTruncation) {
  const std::string archive = tar_member({.name = "a", .content = std::string(700, 'x')}) + kTarEnd;
  for (size_t length = 0; length < archive.size(); length += 13)
    EXPECT_THROW(files_of(archive.substr(0, length)), Error) << length;
}

TEST(TarReader, RefusesAnEndThatIsNone) {
  const std::string member = tar_member({.name = "a", .content = "x"});
  EXPECT_NE(error_of(ExitCode::data, [&] { files_of(member); }).find("end is missing"), std::string::npos);
  EXPECT_NE(error_of(ExitCode::data, [&] { files_of(member + std::string(512, '\0') + member + kTarEnd); })
                .find("lone"),
            std::string::npos);
  EXPECT_NE(error_of(ExitCode::data, [&] { files_of(member + kTarEnd + member); }).find("follow"),
            std::string::npos);
}

TEST(TarReader, RefusesAHeaderWithAnyByteChanged) {
  const std::string archive = tar_member({.name = "a", .content = "x"}) + kTarEnd;
  for (size_t byte = 0; byte < 512; ++byte) {
    // The two bytes after the checksum's digits end it, and may be any of NUL and space.
    if (byte == 154 || byte == 155) continue;
    std::string damaged = archive;
    damaged[byte] = static_cast<char>(damaged[byte] + 1);
    EXPECT_THROW(files_of(damaged), Error) << byte;
  }
}

}  // namespace
}  // namespace retort::data
