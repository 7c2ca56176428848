// SPDX-License-Identifier: MIT
#pragma once

#include <optional>
#include <string>

namespace retort::apps {

/// Energy that the processor's packages have used since some moment, in joules, by the kernel's RAPL counters
/// (/sys/class/powercap/intel-rapl:*, which AMD's processors fill too). Nothing where there are none or they
/// may not be read, as in most virtual machines; `why_not` says which then.
std::optional<double> package_joules(std::string* why_not = nullptr);

}  // namespace retort::apps
