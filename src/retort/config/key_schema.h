// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "retort/config/job.h"

namespace retort::config {

/// What a key takes, as its Reader says.
struct KeyUse {
  std::string type;                  // "an integer, at least 1"
  std::vector<std::string> choices;  // of a key that takes one of several names
};

/// By dotted path.
using KeySchema = std::map<std::string, KeyUse>;

/// The schema of a job's command under its configuration: options differ in their keys.
using SchemaOf = std::function<KeySchema(const Job& job)>;

/// While one lives, every key that a Reader of this thread reads is noted, so that help and completion say
/// what the code reads, and need no second list of it.
class KeyRecorder {
 public:
  KeyRecorder();
  ~KeyRecorder();
  KeyRecorder(const KeyRecorder&) = delete;
  KeyRecorder& operator=(const KeyRecorder&) = delete;

  const KeySchema& keys() const { return keys_; }

  /// Called by Reader.
  static void note(const std::string& path, KeyUse use);

 private:
  KeySchema keys_;
  KeyRecorder* outer_;
};

}  // namespace retort::config
