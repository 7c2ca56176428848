// SPDX-License-Identifier: MIT
#include "apps/runs.h"
#include "retort/core/console.h"

namespace retort::apps {

report::Paper paper() {
  const Console console;
  return {.width = console.is_terminal() ? static_cast<size_t>(console.width()) : SIZE_MAX,
          .is_unicode = console.has_unicode()};
}

}  // namespace retort::apps
