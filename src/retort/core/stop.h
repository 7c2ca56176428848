// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>

namespace retort {

/// Set by SIGINT, SIGTERM or SIGHUP once watch_stop_signals() was called; long work looks at it at its safe
/// points.
const std::atomic<bool>& stop_requested();

/// True once after each SIGUSR1: save what there is, and go on.
bool take_save_request();

/// The first signal asks for a stop; the second ends the process at once with ExitCode::interrupted. SIGPIPE
/// and SIGXFSZ are ignored, so that writing to a closed pipe or past a limit is an error and not a death.
void watch_stop_signals();

}  // namespace retort
