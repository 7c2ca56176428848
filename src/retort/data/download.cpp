// SPDX-License-Identifier: MIT
#include "retort/data/download.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"
#include "retort/data/part_file.h"
#include "retort/data/transfer.h"
#include "retort/data/url.h"

namespace retort::data {
namespace {

bool is_stopped(const Download& request) { return request.stop != nullptr && request.stop->load(); }

// Doubled with each retry; up to a quarter more, by the clock, so that many runs do not come back at once.
void wait_before_retry(const Download& request, int retry) {
  using Clock = std::chrono::steady_clock;
  const auto base = request.backoff * (1 << retry);
  const auto jitter = std::chrono::nanoseconds(base / 4) *
                      static_cast<double>(Clock::now().time_since_epoch().count() % 1000) / 1000;
  const auto end = Clock::now() + base + std::chrono::duration_cast<Clock::duration>(jitter);
  while (Clock::now() < end && !is_stopped(request))
    std::this_thread::sleep_for(std::min<Clock::duration>(end - Clock::now(), std::chrono::milliseconds(50)));
}

}  // namespace

void download(const Download& request) {
  check_url(request.url);
  make_folders(request.path.parent_path().empty() ? "." : request.path.parent_path());
  PartFile part(request.path);
  const std::string url = shown_url(request.url);

  for (int retry = 0;; ++retry) {
    TransferResult result;
    {
      TransferProgress progress(url);
      result = transfer(request, part, progress);
    }
    if (result.kind != TransferResult::Kind::broken) {
      const std::string sha256 = sha256_of_file(part.path());
      const bool is_right = request.sha256
                                ? sha256 == *request.sha256
                                : result.kind == TransferResult::Kind::whole;  // 416 proves nothing
      if (is_right) {
        part.commit();
        return;
      }
      // What was continued may have been spoiled here; what came in one piece would come again.
      if (!result.continued) {
        part.discard();
        throw Error(ExitCode::data,
                    fmt::format("{}: expected SHA-256 {}, found {}: {} (data.url, data.sha256)", url,
                                request.sha256.value_or(""), sha256,
                                result.is_web_page ? "the server sent a web page, not the file"
                                                   : "changed upstream or tampered with"));
      }
      part.restart(request.url, "");
      result.reason = "what had been fetched earlier is damaged";
    }
    if (retry >= request.retries)
      throw Error(ExitCode::peer, fmt::format("{}: {} (after {} attempts)", url, result.reason, retry + 1));
    std::fputs(fmt::format("download broken off: {}; trying again\n", result.reason).c_str(), stderr);
    wait_before_retry(request, retry);
  }
}

}  // namespace retort::data
