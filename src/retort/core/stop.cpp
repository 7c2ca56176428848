// SPDX-License-Identifier: MIT
#include "retort/core/stop.h"

#include <csignal>

#include <unistd.h>

#include "retort/core/error.h"

namespace retort {
namespace {

std::atomic<bool> g_stop_requested = false;
std::atomic<bool> g_save_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may only touch lock-free atomics");

void on_signal(int) {
  if (g_stop_requested.exchange(true)) _exit(static_cast<int>(ExitCode::interrupted));
}

void on_save_signal(int) { g_save_requested = true; }

}  // namespace

bool take_save_request() { return g_save_requested.exchange(false); }

const std::atomic<bool>& stop_requested() { return g_stop_requested; }

void watch_stop_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  sigemptyset(&action.sa_mask);
  action.sa_flags = SA_RESTART;
  for (int signal : {SIGINT, SIGTERM, SIGHUP}) {
    struct sigaction inherited = {};
    sigaction(signal, nullptr, &inherited);
    if (inherited.sa_handler != SIG_IGN) sigaction(signal, &action, nullptr);  // nohup's word stands
  }
  action.sa_handler = on_save_signal;
  sigaction(SIGUSR1, &action, nullptr);
  action.sa_handler = SIG_IGN;
  for (int signal : {SIGPIPE, SIGXFSZ}) sigaction(signal, &action, nullptr);
}

}  // namespace retort
