// SPDX-License-Identifier: MIT
#include "retort/tracking/http.h"

#include <mutex>
#include <stdexcept>

#include <curl/curl.h>
#include <fmt/format.h>

namespace retort::tracking {
namespace {

constexpr size_t kLargestBody = size_t{1} << 24;
constexpr long kConnectSeconds = 5, kRequestSeconds = 30;

void initialise_curl() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

size_t collect(char* bytes, size_t size, size_t count, void* body) {
  auto& text = *static_cast<std::string*>(body);
  if (text.size() + size * count > kLargestBody) return 0;
  text.append(bytes, size * count);
  return size * count;
}

int look_for_cancel(void* cancel, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(cancel)->load() ? 1 : 0;
}

}  // namespace

struct HttpClient::Impl {
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
};

HttpClient::HttpClient(std::map<std::string, std::string> headers, const std::atomic<bool>& cancel)
    : impl_(std::make_unique<Impl>()) {
  initialise_curl();
  impl_->curl = curl_easy_init();
  if (impl_->curl == nullptr) throw std::runtime_error("libcurl could not be started");
  for (const auto& [name, value] : headers)
    impl_->headers = curl_slist_append(impl_->headers, fmt::format("{}: {}", name, value).c_str());
  curl_easy_setopt(impl_->curl, CURLOPT_HTTPHEADER, impl_->headers);
  curl_easy_setopt(impl_->curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(impl_->curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(impl_->curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(impl_->curl, CURLOPT_TIMEOUT, kRequestSeconds);
  curl_easy_setopt(impl_->curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(impl_->curl, CURLOPT_XFERINFOFUNCTION, look_for_cancel);
  curl_easy_setopt(impl_->curl, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&cancel));
  curl_easy_setopt(impl_->curl, CURLOPT_WRITEFUNCTION, collect);
}

HttpClient::~HttpClient() {
  curl_slist_free_all(impl_->headers);
  curl_easy_cleanup(impl_->curl);
}

HttpClient::Response HttpClient::request(const std::string& method, const std::string& url,
                                         const std::string& body) {
  Response response;
  curl_easy_setopt(impl_->curl, CURLOPT_URL, url.c_str());
  if (method == "GET") {
    curl_easy_setopt(impl_->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(impl_->curl, CURLOPT_CUSTOMREQUEST, nullptr);
  } else {
    curl_easy_setopt(impl_->curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(impl_->curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(impl_->curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  curl_easy_setopt(impl_->curl, CURLOPT_WRITEDATA, &response.body);
  const CURLcode code = curl_easy_perform(impl_->curl);
  if (code != CURLE_OK) {
    response.error = curl_easy_strerror(code);
    return response;
  }
  curl_easy_getinfo(impl_->curl, CURLINFO_RESPONSE_CODE, &response.status);
  return response;
}

std::string url_escape(const std::string& text) {
  constexpr std::string_view kPlain = "-._~";
  std::string escaped;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          kPlain.find(c) != kPlain.npos;
    escaped += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return escaped;
}

}  // namespace retort::tracking
