// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>

namespace retort::distributed {

/// Where the processes of this machine meet: a socket that listens on the loopback interface alone, at a port
/// that nobody else has. The descriptor is inherited by programs that are started.
struct Loopback {
  int descriptor;
  uint16_t port;
};

/// An Error (resources) where there is none to be had.
Loopback listen_on_loopback();

}  // namespace retort::distributed
