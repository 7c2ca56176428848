// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <vector>

#include "retort/report/listing.h"

namespace retort::apps {

// Commands that look at what runs left. Arguments are folders and key=value; each returns what to print.

/// What stdout takes: the terminal's width, or any where it is none.
report::Paper paper();

/// Writes report.html into the folder of one run, or for several into the working directory; output=FILE says
/// where instead.
std::string report(const std::vector<std::string>& arguments);
/// The runs below the folders; below outputs/, multirun/ and studies/ where none is given.
std::string ls(const std::vector<std::string>& arguments);
/// What differs between two runs.
std::string diff(const std::vector<std::string>& arguments);
/// The curves of one run, all or metric=NAME.
std::string plot(const std::vector<std::string>& arguments);

}  // namespace retort::apps
