// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace retort::tracking {

/// An HTTP client for one server, one connection, one thread.
class HttpClient {
 public:
  struct Response {
    long status = 0;         // 0: no answer
    std::string body{};      // at most 16 MiB
    std::string error{};     // why there is none
    std::string redirect{};  // where the answer sends us, if anywhere
  };

  /// `cancel` ends a request that is under way soon after it is set.
  HttpClient(std::map<std::string, std::string> headers, const std::atomic<bool>& cancel);
  ~HttpClient();

  /// `method` is GET, or POST with a body of JSON. Redirects are not followed.
  Response request(const std::string& method, const std::string& url, const std::string& body);
  /// PUTs a file; an Error (resources) where it cannot be read.
  Response upload(const std::string& url, const std::filesystem::path& file);

 private:
  struct Impl;
  Response perform(const std::string& url);

  std::unique_ptr<Impl> impl_;
};

/// Text as one part of a URL.
std::string url_escape(const std::string& text);

}  // namespace retort::tracking
