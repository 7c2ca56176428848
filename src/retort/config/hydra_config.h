// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "retort/config/node.h"

namespace retort::config {

/// The version whose rules and files we follow; it stands in .hydra/hydra.yaml, where tools read it.
inline constexpr std::string_view kHydraVersion = "1.3.8";
inline constexpr std::string_view kHydraVersionBase = "1.3";

/// Hydra's own configs by path ("hydra/output/default"): those of its package, and those of its schema with
/// hydra/config.
std::map<std::string, std::string_view> hydra_package_configs();
std::map<std::string, std::string_view> hydra_schema_configs();

/// Brings what users gave the keys of `hydra` to the types of Hydra's schema, as OmegaConf does: 5 becomes
/// '5' where text is meant. An Error (config) names a value that has no place there and, unless new keys may
/// have been added with '+', a key that the schema does not know.
void conform_to_hydra_schema(Node& hydra, bool allows_new_keys);

}  // namespace retort::config
