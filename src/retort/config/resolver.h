// SPDX-License-Identifier: MIT
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "retort/config/interpolation.h"

namespace retort::config {

/// What a resolver asks of the configuration that its interpolation stands in.
class ResolverContext : public InterpolationSource {
 public:
  /// The value that "a.b", ".a" or "..a" names, interpolations on the way followed; nullptr where there is
  /// none.
  virtual const Place* find(const std::string& key) = 0;
  /// The same below `hydra`.
  virtual const Place* find_in_hydra(std::string_view path) = 0;
  /// The key that the interpolation stands at.
  virtual std::string current_key() const = 0;
  /// The time of every ${now:...}.
  virtual std::chrono::system_clock::time_point now() const = 0;
  /// Says something once.
  virtual void warn(const std::string& message) = 0;
  /// Throws the Error (config) of the interpolation.
  [[noreturn]] virtual void fail(const std::string& message) const = 0;
};

/// The value of ${name:arguments}: oc.env, oc.decode, oc.select, oc.create, oc.deprecated, oc.dict.keys,
/// oc.dict.values, now or hydra. Fails for any other name, and for a wrong number of arguments.
const Place* call_resolver(const std::string& name, const std::vector<const Place*>& arguments,
                           ResolverContext& context);

/// A place as a user writes it: "a.b[0].c".
std::string full_key(const Place* place);

}  // namespace retort::config
