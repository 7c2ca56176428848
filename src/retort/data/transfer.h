// SPDX-License-Identifier: MIT
#pragma once

#include <string>

#include "retort/data/download.h"
#include "retort/data/part_file.h"
#include "retort/data/transfer_progress.h"

namespace retort::data {

/// How one HTTP exchange ended, when it did not end in an Error.
struct TransferResult {
  enum class Kind {
    whole,      // the part file holds all that the server sent
    unchanged,  // 416: the server has nothing behind what is here already
    broken,     // something that may pass; what has arrived is in the part file
  };
  Kind kind = Kind::whole;
  bool continued = false;    // the part file's first bytes are an earlier transfer's
  bool is_web_page = false;  // by its Content-Type
  std::string reason{};      // of `broken`
};

/// One HTTP exchange: asks for what is missing of the part file and appends it. The answer is believed only
/// as far as it goes: 206 must be the very range that was asked for, of the same file; 200 begins anew; more
/// than request.max_bytes, another encoding, a redirect that leads elsewhere than check_url allows, a
/// refusal: Error.
TransferResult transfer(const Download& request, PartFile& part, TransferProgress& progress);

}  // namespace retort::data
