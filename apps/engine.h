// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <optional>

#include "retort/config/node.h"
#include "retort/core/console.h"
#include "retort/distributed/place.h"

namespace retort::apps {

/// What a command of the engine works with: its composed, resolved configuration and a directory for what it
/// leaves.
struct Invocation {
  config::Node config;
  std::filesystem::path run_directory;  // rank 0's; another rank has none, and its console is mute
  Console& console;
  std::optional<distributed::Place> place{};  // among the processes of one training; nothing: by itself
};

void train(const Invocation& invocation);
void cache_teacher(const Invocation& invocation);
void evaluate(const Invocation& invocation);
void study(const Invocation& invocation);
void benchmark(const Invocation& invocation);
void export_network(const Invocation& invocation);  // `export` is a word of C++'s

}  // namespace retort::apps
