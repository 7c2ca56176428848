// SPDX-License-Identifier: MIT
#include "retort/distributed/loopback.h"

#include <cerrno>
#include <system_error>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "retort/core/error.h"

namespace retort::distributed {

Loopback listen_on_loopback() {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const plain = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  if (descriptor < 0 || bind(descriptor, plain, size) != 0 || listen(descriptor, SOMAXCONN) != 0 ||
      getsockname(descriptor, plain, &size) != 0)
    throw Error(ExitCode::resources, fmt::format("cannot listen on the loopback interface: {}",
                                                 std::generic_category().message(errno)));
  return {descriptor, ntohs(address.sin_port)};
}

}  // namespace retort::distributed
