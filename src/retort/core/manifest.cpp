// SPDX-License-Identifier: MIT
#include "retort/core/manifest.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/json.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"

namespace retort {
namespace {

constexpr uint64_t kMaxBytes = 16 << 20;
constexpr int kMaxDepth = 32;
constexpr size_t kDigits = 64;
// Every format version begins like this: the hash is of the whole text with zeros in place of its own digits.
constexpr std::string_view kStart = "{\n  \"sha256\": \"";
const std::string kNoDigits(kDigits, '0');

bool is_sha256(const std::string& text) {
  return text.size() == kDigits && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

// A name that cannot lead out of its folder.
bool is_plain_file_name(const std::string& name) {
  const auto is_plain = [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.';
  };
  return !name.empty() && name.size() <= 255 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), is_plain);
}

class ManifestReader {
 public:
  explicit ManifestReader(const std::string& file) : file_(file) {}

  Manifest read(std::string_view text) const {
    expect_own_hash(text);
    nlohmann::json json = parse_json(text, kMaxDepth, ExitCode::checkpoint, file_);
    const auto version = take_count(json, "format_version");
    if (version != kManifestFormatVersion)
      throw Error(ExitCode::checkpoint,
                  fmt::format("{} has format version {} and this program reads {}: use a later retort",
                              printable(file_), version, kManifestFormatVersion));
    Manifest manifest;
    take(json, "sha256");
    manifest.step = take_count(json, "step");
    nlohmann::json files = take_object(json, "files"), libraries = take_object(json, "libraries");
    for (auto& [name, digest] : files.items()) manifest.files[name] = digest_of(name, digest);
    for (const auto& [name, library] : libraries.items()) {
      expect(library.is_string(), "libraries");
      manifest.libraries[name] = library.get<std::string>();
    }
    manifest.state = take_object(json, "state").dump();
    expect(json.empty(), "a key that this format does not have");
    return manifest;
  }

 private:
  void expect(bool is_right, std::string_view what) const {
    if (!is_right)
      throw Error(ExitCode::checkpoint,
                  fmt::format("{} is not a sound manifest: see {}", printable(file_), what));
  }

  void expect_own_hash(std::string_view text) const {
    const bool is_long_enough = text.starts_with(kStart) && text.size() >= kStart.size() + kDigits;
    std::string copy(text);
    if (is_long_enough) copy.replace(kStart.size(), kDigits, kNoDigits);
    if (!is_long_enough || sha256_of(copy) != text.substr(kStart.size(), kDigits))
      throw Error(ExitCode::checkpoint,
                  fmt::format("{} is damaged: it does not match its own SHA-256", printable(file_)));
  }

  nlohmann::json take(nlohmann::json& json, const char* key) const {
    expect(json.contains(key), fmt::format("'{}', which is missing", key));
    nlohmann::json value = std::move(json[key]);
    json.erase(key);
    return value;
  }

  nlohmann::json take_object(nlohmann::json& json, const char* key) const {
    nlohmann::json value = take(json, key);
    expect(value.is_object(), fmt::format("'{}', which is not a dictionary", key));
    return value;
  }

  int64_t take_count(nlohmann::json& json, const char* key) const {
    const nlohmann::json value = take(json, key);
    expect(value.is_number_unsigned() && value <= uint64_t{INT64_MAX},
           fmt::format("'{}', which is not a count", key));
    return value.get<int64_t>();
  }

  FileDigest digest_of(const std::string& name, nlohmann::json& json) const {
    expect(is_plain_file_name(name) && json.is_object(), "the names of 'files'");
    FileDigest digest;
    digest.bytes = static_cast<uint64_t>(take_count(json, "bytes"));
    const nlohmann::json sha256 = take(json, "sha256");
    expect(json.empty() && sha256.is_string(), "the digests of 'files'");
    digest.sha256 = sha256.get<std::string>();
    expect(is_sha256(digest.sha256), "the digests of 'files'");
    return digest;
  }

  const std::string& file_;
};

}  // namespace

std::string to_json(const Manifest& manifest) {
  nlohmann::ordered_json json;
  json["sha256"] = kNoDigits;
  json["format_version"] = kManifestFormatVersion;
  json["step"] = manifest.step;
  json["files"] = nlohmann::ordered_json::object();
  for (const auto& [name, digest] : manifest.files)
    json["files"][name] = {{"bytes", digest.bytes}, {"sha256", digest.sha256}};
  json["libraries"] = manifest.libraries;
  json["state"] = nlohmann::ordered_json::parse(manifest.state);
  std::string text = json.dump(/*indent=*/2) + "\n";
  text.replace(kStart.size(), kDigits, sha256_of(text));
  parse_manifest(text, kManifestName);  // what is written can be read, or is not written
  return text;
}

Manifest parse_manifest(std::string_view text, const std::string& file) {
  return ManifestReader(file).read(text);
}

Manifest read_manifest(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / kManifestName;
  return parse_manifest(read_file(path, kMaxBytes, ExitCode::checkpoint), path.string());
}

}  // namespace retort
