// SPDX-License-Identifier: MIT
#pragma once

#include "retort/config/override_value.h"

namespace retort::config {

// The casts of the override grammar, one value to one. They go into lists, the values of dictionaries and
// sweeps; ranges take only int and float. A CallError says what cannot be cast.

Element cast_to_integer(const Element& element);
Element cast_to_float(const Element& element);
Element cast_to_boolean(const Element& element);
Element cast_to_text(const Element& element);
/// The JSON text of the whole value, as Python's json.dumps writes it.
Element cast_to_json(const Element& element);

}  // namespace retort::config
