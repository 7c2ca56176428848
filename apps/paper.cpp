// SPDX-License-Identifier: MIT
#include <cstdlib>

#include "apps/runs.h"
#include "retort/core/console.h"

namespace retort::apps {

// A file or a pipe has room for all columns, unless COLUMNS says otherwise.
report::Paper paper() {
  const Console console;
  const char* columns = std::getenv("COLUMNS");
  const bool is_bounded =
      console.is_terminal() || (columns != nullptr && std::strtol(columns, nullptr, 10) > 0);
  return {.width = is_bounded ? static_cast<size_t>(console.width()) : SIZE_MAX,
          .is_unicode = console.has_unicode()};
}

}  // namespace retort::apps
