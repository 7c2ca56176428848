// SPDX-License-Identifier: MIT
#pragma once

#include <stdexcept>
#include <string>

namespace retort {

/// What the process tells its caller when it ends.
enum class ExitCode : int {
  ok = 0,
  internal = 1,      // a defect of ours
  config = 2,        // a key, a value, an override, the command line
  data = 3,          // data sets and archives: absent, damaged, not what was promised
  checkpoint = 4,    // weights and checkpoints: absent, damaged, of another network
  numeric = 5,       // loss or gradient is not finite
  resources = 6,     // disk, memory, permissions, a lock that another run holds
  peer = 7,          // network, another rank
  interrupted = 75,  // stopped by a signal; the run can be resumed
};

/// What a user can mend. The message is one plain line: what, where, and what would be right.
/// `main` prints it and exits with the code; nothing else catches it to continue.
class Error : public std::runtime_error {
 public:
  Error(ExitCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ExitCode code() const { return code_; }

 private:
  ExitCode code_;
};

}  // namespace retort
