// SPDX-License-Identifier: MIT
#pragma once

#include <string>

namespace retort::data {

/// Where a URL may lead: anywhere over https; over http to this machine alone.
enum class UrlKind { https, loopback };

/// An Error (config) that says what is allowed where the URL is neither.
UrlKind check_url(const std::string& url);

/// The URL for a message: without user, password and query.
std::string shown_url(const std::string& url);

}  // namespace retort::data
