// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

namespace retort {

/// What a file must hold.
struct FileDigest {
  uint64_t bytes = 0;
  std::string sha256;  // 64 small hexadecimal digits
};

/// The page of a checkpoint that says what the others must be (docs/formats.md). It carries its own SHA-256,
/// so that any changed byte of it shows.
struct Manifest {
  int64_t step = 0;
  std::map<std::string, FileDigest> files;       // "model.safetensors" -> ...; plain names in the same folder
  std::map<std::string, std::string> libraries;  // "torch" -> "2.13.0": what wrote it, for people
  std::string state = "{}";                      // a JSON object, the trainer's own
};

constexpr const char* kManifestName = "manifest.json";
constexpr int kManifestFormatVersion = 1;

/// The file's content. The state must be a JSON object.
std::string to_json(const Manifest& manifest);

/// Anything but a whole and sound manifest is an Error (checkpoint) that names `file`; one of a later format
/// version is told from a damaged one.
Manifest parse_manifest(std::string_view text, const std::string& file);

/// The manifest of a checkpoint folder.
Manifest read_manifest(const std::filesystem::path& folder);

}  // namespace retort
