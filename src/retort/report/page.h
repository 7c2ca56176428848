// SPDX-License-Identifier: MIT
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "retort/report/run_folder.h"

namespace retort::report {

/// One run as a page, or several side by side. Everything is in the page: pictures, curves, style.
std::string report_page(const std::vector<Run>& runs);

/// Writes the report of the runs in `folders`, or of a study when it is the folder of one, to a file.
void write_report(const std::vector<std::filesystem::path>& folders, const std::filesystem::path& file);

}  // namespace retort::report
