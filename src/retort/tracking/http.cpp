// SPDX-License-Identifier: MIT
#include "retort/tracking/http.h"

#include <cstdio>
#include <mutex>
#include <stdexcept>

#include <curl/curl.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

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
  curl_slist *json_headers = nullptr, *upload_headers = nullptr;
};

HttpClient::HttpClient(std::map<std::string, std::string> headers, const std::atomic<bool>& cancel)
    : impl_(std::make_unique<Impl>()) {
  initialise_curl();
  impl_->curl = curl_easy_init();
  if (impl_->curl == nullptr) throw std::runtime_error("libcurl could not be started");
  for (const auto& [name, value] : headers)
    for (curl_slist** list : {&impl_->json_headers, &impl_->upload_headers})
      *list = curl_slist_append(*list, fmt::format("{}: {}", name, value).c_str());
  impl_->json_headers = curl_slist_append(impl_->json_headers, "Content-Type: application/json");
  // "Expect" would ask first whether a large file may come.
  for (const char* header : {"Content-Type: application/octet-stream", "Expect:"})
    impl_->upload_headers = curl_slist_append(impl_->upload_headers, header);
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
  curl_slist_free_all(impl_->json_headers);
  curl_slist_free_all(impl_->upload_headers);
  curl_easy_cleanup(impl_->curl);
}

HttpClient::Response HttpClient::request(const std::string& method, const std::string& url,
                                         const std::string& body) {
  curl_easy_setopt(impl_->curl, CURLOPT_HTTPHEADER, impl_->json_headers);
  if (method == "GET") {
    curl_easy_setopt(impl_->curl, CURLOPT_HTTPGET, 1L);
    curl_easy_setopt(impl_->curl, CURLOPT_CUSTOMREQUEST, nullptr);
  } else {
    curl_easy_setopt(impl_->curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
    curl_easy_setopt(impl_->curl, CURLOPT_POSTFIELDS, body.data());
    curl_easy_setopt(impl_->curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  }
  return perform(url);
}

HttpClient::Response HttpClient::upload(const std::string& url, const std::filesystem::path& file) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> content(std::fopen(file.c_str(), "rbe"), std::fclose);
  std::error_code error;
  const auto size = std::filesystem::file_size(file, error);
  if (content == nullptr || error)
    throw Error(ExitCode::resources, fmt::format("cannot read {}", printable(file.string())));
  CURL* curl = impl_->curl;
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, impl_->upload_headers);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, nullptr);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READDATA, content.get());
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(size));
  // A large file takes long; what counts is that something moves.
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 0L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kRequestSeconds);
  Response response = perform(url);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 0L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kRequestSeconds);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 0L);
  return response;
}

HttpClient::Response HttpClient::perform(const std::string& url) {
  Response response;
  curl_easy_setopt(impl_->curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(impl_->curl, CURLOPT_WRITEDATA, &response.body);
  const CURLcode code = curl_easy_perform(impl_->curl);
  if (code != CURLE_OK) {
    response.error = curl_easy_strerror(code);
    return response;
  }
  curl_easy_getinfo(impl_->curl, CURLINFO_RESPONSE_CODE, &response.status);
  const char* redirect = nullptr;
  curl_easy_getinfo(impl_->curl, CURLINFO_REDIRECT_URL, &redirect);
  if (redirect != nullptr) response.redirect = redirect;
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
