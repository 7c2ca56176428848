// SPDX-License-Identifier: MIT
#pragma once

#include "retort/config/node.h"

namespace retort::config {

/// Brings what users gave the keys of `hydra` to the types of Hydra's schema, as OmegaConf does: 5 becomes
/// '5' where text is meant. An Error (config) names a value that has no place there and, unless new keys may
/// have been added with '+', a key that the schema does not know.
void conform_to_hydra_schema(Node& hydra, bool allows_new_keys);

}  // namespace retort::config
