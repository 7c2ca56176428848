// SPDX-License-Identifier: MIT
#include "apps/energy.h"

#include <filesystem>
#include <fstream>

namespace retort::apps {

std::optional<double> package_joules(std::string* why_not) {
  namespace fs = std::filesystem;
  std::error_code error;
  double microjoules = 0;
  bool has_package = false;
  for (const auto& entry : fs::directory_iterator("/sys/class/powercap", error)) {
    // "intel-rapl:0" is a package; "intel-rapl:0:0" is a part of it.
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("intel-rapl:") || name.find(':') != name.rfind(':')) continue;
    std::ifstream file(entry.path() / "energy_uj");
    double value = 0;
    if (!(file >> value)) {
      if (why_not != nullptr) *why_not = "the kernel lets only root read its RAPL counters";
      return std::nullopt;
    }
    microjoules += value;
    has_package = true;
  }
  if (has_package) return microjoules * 1e-6;
  if (why_not != nullptr) *why_not = "this machine has no RAPL counters";
  return std::nullopt;
}

}  // namespace retort::apps
