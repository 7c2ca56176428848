// SPDX-License-Identifier: MIT
#pragma once

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace retort::data {

/// What the server says to one request.
struct Answer {
  std::string text{};       // status line, headers, body, as they go over the wire
  bool is_reset = false;    // the connection breaks after it, rudely
  bool is_stalled = false;  // nothing more comes, and nothing ends, until the server goes
};

/// An HTTP server on the loopback that misbehaves as told: `script` is asked for each request, one connection
/// each.
class ScriptedServer {
 public:
  using Script = std::function<Answer(const std::string& request, int number)>;

  explicit ScriptedServer(Script script) : script_(std::move(script)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (bind(listener_, any, size) != 0 || listen(listener_, 16) != 0 ||
        getsockname(listener_, any, &size) != 0)
      std::abort();
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~ScriptedServer() {
    is_ending_ = true;
    thread_.join();
    close(listener_);
  }

  std::string url(const std::string& path = "/file") const {
    return "http://127.0.0.1:" + std::to_string(port_) + path;
  }
  std::vector<std::string> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

 private:
  bool is_ready(int descriptor) const {
    pollfd waiting{.fd = descriptor, .events = POLLIN, .revents = 0};
    return poll(&waiting, 1, /*milliseconds=*/20) == 1;
  }

  void serve() {
    for (int number = 0; !is_ending_;) {
      if (!is_ready(listener_)) continue;
      const int connection = accept(listener_, nullptr, nullptr);
      std::string request;
      while (!is_ending_ && request.find("\r\n\r\n") == std::string::npos) {
        char part[4096];
        if (!is_ready(connection)) continue;
        const ssize_t count = recv(connection, part, sizeof part, 0);
        if (count <= 0) break;
        request.append(part, static_cast<size_t>(count));
      }
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(request);
      }
      const Answer answer = script_(request, number++);
      for (size_t sent = 0; sent < answer.text.size();) {
        const ssize_t count =
            send(connection, answer.text.data() + sent, answer.text.size() - sent, MSG_NOSIGNAL);
        if (count <= 0) break;
        sent += static_cast<size_t>(count);
      }
      while (answer.is_stalled && !is_ending_) std::this_thread::sleep_for(std::chrono::milliseconds(5));
      if (answer.is_reset) {
        // Let the client read what came before the break: a reset drops what waits.
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        const linger rude{.l_onoff = 1, .l_linger = 0};
        setsockopt(connection, SOL_SOCKET, SO_LINGER, &rude, sizeof rude);
      }
      close(connection);
    }
  }

  Script script_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> is_ending_ = false;
  mutable std::mutex mutex_;
  std::vector<std::string> requests_;
  std::thread thread_;
};

}  // namespace retort::data
