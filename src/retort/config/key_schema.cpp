// SPDX-License-Identifier: MIT
#include "retort/config/key_schema.h"

#include <utility>

namespace retort::config {
namespace {

thread_local KeyRecorder* current_recorder = nullptr;

}  // namespace

KeyRecorder::KeyRecorder() : outer_(std::exchange(current_recorder, this)) {}

KeyRecorder::~KeyRecorder() { current_recorder = outer_; }

void KeyRecorder::note(const std::string& path, KeyUse use) {
  if (current_recorder != nullptr) current_recorder->keys_.insert_or_assign(path, std::move(use));
}

}  // namespace retort::config
