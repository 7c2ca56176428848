// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "retort/config/node.h"

namespace retort::config {

/// A value and where it stands, so that what it refers to relatively can be found.
struct Place {
  const Node* node = nullptr;
  const Place* parent = nullptr;  // of the dictionary or list that holds it; none at the root
  std::string key;                // in the parent
};

/// Answers what the grammar of interpolations asks. The places it gives live as long as it does.
class InterpolationSource {
 public:
  virtual ~InterpolationSource() = default;
  /// ${key}: the value that "a.b", ".a" or "..a[0]" names.
  virtual const Place* reference(const std::string& key) = 0;
  /// ${name:argument,...}
  virtual const Place* call(const std::string& name, const std::vector<const Place*>& arguments) = 0;
  /// Keeps a value that was written in the interpolation itself.
  virtual const Place* keep(Node value) = 0;
};

/// Evaluates text that holds "${", by OmegaConf's grammar: one interpolation alone gives what it names,
/// whatever its kind; otherwise the parts are joined as text. A std::invalid_argument says what is wrong with
/// the syntax.
const Place* evaluate_interpolation(std::string_view text, InterpolationSource& source);

/// Evaluates one element of that grammar: 3, 'text', [1, ${a}], {b: c}.
const Place* evaluate_element(std::string_view text, InterpolationSource& source);

/// Checks the syntax of every interpolation in a value. An Error (config) names its place.
void check_interpolations(const Node& node);

}  // namespace retort::config
