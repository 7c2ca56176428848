// SPDX-License-Identifier: MIT
#include "retort/config/node_size.h"

namespace retort::config {

NodeSize size_of(const Node& node) {
  NodeSize size{.values = 1};
  if (node.is_string()) size.bytes = node.as_string().size();
  if (node.is_list())
    for (const Node& item : node.as_list()) size += size_of(item);
  if (node.is_dict())
    for (const auto& [key, value] : node.as_dict()) {
      size += size_of(value);
      size.bytes += key.text().size();
    }
  return size;
}

}  // namespace retort::config
