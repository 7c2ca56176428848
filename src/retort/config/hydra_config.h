// SPDX-License-Identifier: MIT
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace retort::config {

/// The version whose rules and files we follow; it stands in .hydra/hydra.yaml, where tools read it.
inline constexpr std::string_view kHydraVersion = "1.3.8";
inline constexpr std::string_view kHydraVersionBase = "1.3";

/// Hydra's own configs by path ("hydra/output/default"): those of its package, and those of its schema with
/// hydra/config.
std::map<std::string, std::string_view> hydra_package_configs();
std::map<std::string, std::string_view> hydra_schema_configs();

}  // namespace retort::config
