// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

#include "retort/config/node.h"

namespace retort::config {

/// " Did you mean 'trainer.max_epochs'?" for `epoch`, for the end of a message: the key of `root`, or of
/// anything below it, that a user most likely meant by a dotted path that leads nowhere. First one whose path
/// is spelt nearly so, then one of that name elsewhere, then one whose name holds it. Empty where none is
/// near. Hydra's own keys count only for paths that begin with `hydra`.
std::string key_hint(const Node& root, std::string_view path);

}  // namespace retort::config
