// SPDX-License-Identifier: MIT
#include "retort/data/transfer.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <string_view>

#include <curl/curl.h>
#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"
#include "retort/data/url.h"

namespace retort::data {
namespace {

constexpr int kMaxRedirects = 5;
constexpr size_t kMaxValidator = 1024;

// "bytes FIRST-LAST/TOTAL" of a Content-Range (RFC 9110, 14.4).
struct ContentRange {
  uint64_t first = 0, last = 0, total = 0;
};

std::optional<ContentRange> parse_content_range(std::string_view text) {
  ContentRange range;
  if (!text.starts_with("bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const auto number = [&](uint64_t& value, std::string_view after) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    text.remove_prefix(static_cast<size_t>(end - text.data()));
    const bool is_good = error == std::errc() && text.starts_with(after);
    if (is_good) text.remove_prefix(after.size());
    return is_good;
  };
  if (!number(range.first, "-") || !number(range.last, "/") || !number(range.total, "") || !text.empty())
    return std::nullopt;
  return range;
}

// The headers of the answer that we look at.
struct Headers {
  std::string etag{}, last_modified{}, content_range{}, content_type{}, content_encoding{};
  uint64_t content_length = 0;

  void add(std::string_view line) {
    if (line.starts_with("HTTP/")) *this = {};  // a new answer: after a redirect, or after 100 Continue
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string_view value = line.substr(colon + 1);
    value.remove_prefix(std::min(value.find_first_not_of(" \t"), value.size()));
    value = value.substr(0, value.find_last_not_of(" \t\r\n") + 1);
    if (name == "etag") etag = value;
    if (name == "last-modified") last_modified = value;
    if (name == "content-range") content_range = value;
    if (name == "content-type") content_type = value;
    if (name == "content-encoding") content_encoding = value;
    if (name == "content-length") std::from_chars(value.data(), value.data() + value.size(), content_length);
  }

  // For If-Range, which takes no weak ETag. Empty: the file cannot be continued later.
  std::string validator() const {
    const std::string& chosen = !etag.empty() && !etag.starts_with("W/") ? etag : last_modified;
    return chosen.size() <= kMaxValidator ? chosen : "";
  }
};

class Exchange {
 public:
  Exchange(const Download& request, PartFile& part, TransferProgress& progress)
      : request_(request), part_(part), progress_(progress), curl_(curl_easy_init(), curl_easy_cleanup) {
    if (curl_ == nullptr) throw std::bad_alloc();
  }

  TransferResult run();

 private:
  // A server that does not keep to what was asked: nothing that came from it is kept.
  struct Misfit {
    std::string reason;
  };

  template <class Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(curl_.get(), option, value) != CURLE_OK) throw std::bad_alloc();
  }
  void set_options(const std::string& url, UrlKind kind);
  long status() const;
  void begin_body();
  TransferResult conclude(CURLcode code);
  [[noreturn]] void fail(ExitCode code, const std::string& what) const {
    throw Error(code, fmt::format("{}: {}", shown_url(request_.url), what));
  }

  static size_t on_header(char* data, size_t, size_t size, void* self);
  static size_t on_body(char* data, size_t, size_t size, void* self);
  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

  const Download& request_;
  PartFile& part_;
  TransferProgress& progress_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_;
  char curl_message_[CURL_ERROR_SIZE] = "";

  std::string validator_;  // of the part, when it is to be continued
  uint64_t offset_ = 0;    // where the part is continued; 0 begins anew
  Headers headers_;
  bool body_began_ = false;
  uint64_t total_ = 0;          // bytes of the whole file; 0 while unknown
  std::exception_ptr error_{};  // thrown in a callback: it must not pass through libcurl's frames
};

void Exchange::set_options(const std::string& url, UrlKind kind) {
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, kind == UrlKind::https ? "https" : "http");
  if (kind == UrlKind::loopback) set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_FOLLOWLOCATION, 0L);  // run() follows: each hop has to be allowed
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_FAILONERROR, 1L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, 30L);
  set(CURLOPT_LOW_SPEED_LIMIT, 1024L);
  set(CURLOPT_LOW_SPEED_TIME, static_cast<long>(request_.stall_timeout.count()));
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request_.max_bytes));
  set(CURLOPT_USERAGENT, "retort");
  set(CURLOPT_ERRORBUFFER, curl_message_);
  set(CURLOPT_HEADERFUNCTION, &Exchange::on_header);
  set(CURLOPT_HEADERDATA, this);
  set(CURLOPT_WRITEFUNCTION, &Exchange::on_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &Exchange::on_progress);
  set(CURLOPT_XFERINFODATA, this);
}

long Exchange::status() const {
  long status = 0;
  curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

size_t Exchange::on_header(char* data, size_t, size_t size, void* self) {
  try {
    static_cast<Exchange*>(self)->headers_.add({data, size});
    return size;
  } catch (...) {
    static_cast<Exchange*>(self)->error_ = std::current_exception();
    return 0;
  }
}

size_t Exchange::on_body(char* data, size_t, size_t size, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  try {
    const long status = exchange.status();
    if (status != 200 && status != 206) return size;  // a redirect's text
    if (!exchange.body_began_) exchange.begin_body();
    if (exchange.part_.size() + size > exchange.request_.max_bytes)
      exchange.fail(ExitCode::data, fmt::format("sends more than the {} expected at most",
                                                human_bytes(exchange.request_.max_bytes)));
    exchange.part_.append(std::as_bytes(std::span(data, size)));
    exchange.progress_.show(exchange.part_.size(), exchange.total_);
    return size;
  } catch (...) {
    exchange.error_ = std::current_exception();
    return 0;
  }
}

int Exchange::on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* stop = static_cast<Exchange*>(self)->request_.stop;
  return stop != nullptr && stop->load() ? 1 : 0;
}

// Decides, before the first byte is written, where the answer's bytes belong.
void Exchange::begin_body() {
  body_began_ = true;
  if (!headers_.content_encoding.empty() && headers_.content_encoding != "identity")
    throw Misfit{"the server encoded the file, which was not asked for"};
  if (status() == 200) {
    offset_ = 0;
    total_ = headers_.content_length;
    part_.restart(request_.url, headers_.validator());
    return;
  }
  const auto range = parse_content_range(headers_.content_range);
  if (offset_ == 0 || !range || range->first != offset_ || range->total <= range->first ||
      range->last != range->total - 1)
    throw Misfit{"the server sent another part of the file than was asked for"};
  if (!headers_.validator().empty() && headers_.validator() != validator_)
    throw Misfit{"the server sent a part of a newer file"};
  total_ = range->total;
  if (total_ > request_.max_bytes)
    fail(ExitCode::data, fmt::format("is {} long, more than the {} expected at most", human_bytes(total_),
                                     human_bytes(request_.max_bytes)));
}

TransferResult Exchange::run() {
  validator_ = part_.validator_for(request_.url);
  offset_ = validator_.empty() ? 0 : part_.size();
  const std::string if_range = fmt::format("If-Range: {}", validator_);
  const std::string range = fmt::format("{}-", offset_);
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> extra_headers(nullptr, curl_slist_free_all);
  if (offset_ > 0) extra_headers.reset(curl_slist_append(nullptr, if_range.c_str()));

  std::string url = request_.url;
  UrlKind kind = check_url(url);
  for (int hop = 0;; ++hop) {
    set_options(url, kind);
    if (offset_ > 0) {
      set(CURLOPT_RANGE, range.c_str());
      set(CURLOPT_HTTPHEADER, extra_headers.get());
    }
    const CURLcode code = curl_easy_perform(curl_.get());
    const char* location = nullptr;
    curl_easy_getinfo(curl_.get(), CURLINFO_REDIRECT_URL, &location);
    if (code != CURLE_OK || location == nullptr) return conclude(code);

    if (hop == kMaxRedirects)
      fail(ExitCode::peer, fmt::format("redirects more than {} times", kMaxRedirects));
    url = location;
    // A page out there must not make us talk to services of this machine.
    if (const UrlKind next = check_url(url); kind == UrlKind::https && next == UrlKind::loopback)
      fail(ExitCode::peer, fmt::format("redirects to {}, which is not allowed", shown_url(url)));
    else
      kind = next;
  }
}

TransferResult Exchange::conclude(CURLcode code) {
  TransferResult result{.is_web_page = headers_.content_type.starts_with("text/html")};
  const auto broken = [&](std::string reason) {
    result.kind = TransferResult::Kind::broken;
    result.reason = std::move(reason);
    return result;
  };
  try {
    if (error_) std::rethrow_exception(error_);
    if (code == CURLE_OK && !body_began_ && (status() == 200 || status() == 206))
      begin_body();  // an empty file
  } catch (const Misfit& misfit) {
    part_.restart(request_.url, "");
    return broken(misfit.reason);
  }
  if (code == CURLE_ABORTED_BY_CALLBACK)
    fail(ExitCode::interrupted, fmt::format("download stopped; {} stays, and the next run continues it",
                                            printable(part_.path().string())));
  if (code == CURLE_FILESIZE_EXCEEDED)
    fail(ExitCode::data,
         fmt::format("is longer than the {} expected at most", human_bytes(request_.max_bytes)));

  const std::string curl_text = curl_message_[0] != '\0' ? curl_message_ : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OK:
      if (status() != 200 && status() != 206)
        fail(ExitCode::peer, fmt::format("answers with status {}", status()));
      result.continued = offset_ > 0;
      if (total_ > 0 && part_.size() != total_)
        return broken(fmt::format("expected {} bytes, found {}", total_, part_.size()));
      return result;
    case CURLE_HTTP_RETURNED_ERROR:
      if (status() == 416 && offset_ > 0) {
        result.kind = TransferResult::Kind::unchanged;
        result.continued = true;
        return result;
      }
      if (status() == 408 || status() == 429 || status() >= 500)
        return broken(fmt::format("the server answers with status {}", status()));
      fail(ExitCode::peer, fmt::format("the server refuses with status {}", status()));
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_PARTIAL_FILE:
    case CURLE_GOT_NOTHING:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
    case CURLE_SSL_CONNECT_ERROR:
      return broken(printable(curl_text));
    default:
      fail(ExitCode::peer, printable(curl_text));
  }
}

}  // namespace

TransferResult transfer(const Download& request, PartFile& part, TransferProgress& progress) {
  static const CURLcode is_initialized = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (is_initialized != CURLE_OK) throw std::bad_alloc();
  return Exchange(request, part, progress).run();
}

}  // namespace retort::data
