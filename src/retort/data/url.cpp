// SPDX-License-Identifier: MIT
#include "retort/data/url.h"

#include <memory>
#include <new>

#include <curl/curl.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::data {
namespace {

using ParsedUrl = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

// Nothing where the text is not an absolute URL.
ParsedUrl parse(const std::string& url) {
  ParsedUrl parsed(curl_url(), curl_url_cleanup);
  if (parsed == nullptr) throw std::bad_alloc();
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    parsed.reset();
  return parsed;
}

std::string part(const ParsedUrl& url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url.get(), which, &text, 0) != CURLUE_OK) return {};
  const std::string result = text;
  curl_free(text);
  return result;
}

}  // namespace

UrlKind check_url(const std::string& url) {
  if (const ParsedUrl parsed = parse(url)) {
    const std::string scheme = part(parsed, CURLUPART_SCHEME), host = part(parsed, CURLUPART_HOST);
    if (scheme == "https" && !host.empty()) return UrlKind::https;
    if (scheme == "http" && (host == "127.0.0.1" || host == "localhost" || host == "[::1]"))
      return UrlKind::loopback;
  }
  throw Error(
      ExitCode::config,
      fmt::format("{}: expected an https:// address (http:// is for 127.0.0.1, localhost and [::1] alone)",
                  shown_url(url)));
}

std::string shown_url(const std::string& url) {
  const ParsedUrl parsed = parse(url);
  if (parsed == nullptr) return printable(url.substr(0, url.find_first_of("?@")));
  for (const CURLUPart secret : {CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT})
    curl_url_set(parsed.get(), secret, nullptr, 0);
  return printable(part(parsed, CURLUPART_URL));
}

}  // namespace retort::data
