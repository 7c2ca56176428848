// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>

#include "retort/core/sha256.h"
#include "retort/data/download.h"
#include "scripted_server.h"
#include "support.h"

namespace retort::data {

inline std::string make_content(size_t size) {
  std::string content(size, '\0');
  for (size_t i = 0; i < size; ++i) content[i] = static_cast<char>((i * 2654435761u) >> 13);
  return content;
}

inline const std::string kContent = make_content(300'000);
inline const std::string kETag = "ETag: \"one\"\r\n";

inline Answer whole(const std::string& body = kContent, const std::string& headers = kETag) {
  return {.text = "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body};
}

inline Answer status(const std::string& line, const std::string& headers = "") {
  return {.text = "HTTP/1.1 " + line + "\r\n" + headers + "Content-Length: 0\r\n\r\n"};
}

// Breaks off after `bytes` of the body.
inline Answer broken_after(size_t bytes, Answer answer = whole()) {
  answer.text.resize(answer.text.find("\r\n\r\n") + 4 + bytes);
  answer.is_reset = true;
  return answer;
}

// Where "Range: bytes=K-" of the request starts.
inline std::optional<size_t> range_start(const std::string& request) {
  const size_t place = request.find("Range: bytes=");
  if (place == std::string::npos) return std::nullopt;
  return std::stoul(request.substr(place + 13));
}

inline Answer rest(const std::string& request, const std::string& content = kContent,
                   const std::string& headers = kETag) {
  const size_t start = range_start(request).value_or(0);
  return {.text = "HTTP/1.1 206 Partial Content\r\n" + headers + "Content-Range: bytes " +
                  std::to_string(start) + "-" + std::to_string(content.size() - 1) + "/" +
                  std::to_string(content.size()) + "\r\nContent-Length: " +
                  std::to_string(content.size() - start) + "\r\n\r\n" + content.substr(start)};
}

class DownloadTest : public testing::Test {
 protected:
  Download request_to(const ScriptedServer& server) const {
    return {.url = server.url(),
            .path = path(),
            .sha256 = sha256_of(kContent),
            .max_bytes = 1 << 20,
            .backoff = std::chrono::milliseconds(1),
            .stall_timeout = std::chrono::seconds(1),
            .stop = &stop_};
  }
  std::filesystem::path path() const { return folder_.path() / "cache/file.bin"; }
  std::filesystem::path part() const { return folder_.path() / "cache/file.bin.part"; }
  std::string content() const { return read(path()); }
  size_t count_of_files() const {
    size_t count = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path()))
      count += entry.is_regular_file();
    return count;
  }
  // As if a run had been stopped after this many bytes.
  void leave_part(const ScriptedServer& server, const std::string& bytes,
                  const std::string& validator = "\"one\"") const {
    write(part(), bytes);
    write(part().string() + ".origin", server.url() + "\n" + validator + "\n");
  }

  TemporaryFolder folder_;
  std::atomic<bool> stop_ = false;
};

}  // namespace retort::data
