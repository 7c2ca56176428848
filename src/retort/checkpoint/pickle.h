// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace retort::checkpoint {

/// One value of a pickle, as data. A pickle is a program for a machine that imports names and calls them;
/// here an import is a name and a call is a note of what would have been called with what.
struct PickleNode {
  enum class Kind {
    none,
    boolean,     // integer: 0 or 1
    integer,     // integer
    floating,    // floating
    text,        // text: UTF-8
    tuple,       // items
    list,        // items
    dictionary,  // items: key, value, key, value, ...
    global,      // text: "module\nname"
    call,        // items: what is called, its arguments (a tuple), then what was put into the result
    persistent,  // items: what the caller of the pickle knows it by, a tuple
  };
  Kind kind = Kind::none;
  int64_t integer = 0;
  double floating = 0;
  std::string_view text{};
  std::vector<uint32_t> items{};  // indices into Pickle::nodes
};

/// A pickle as a graph: a value that is referred to twice is one node, and cycles are possible. Who walks it
/// goes down to a fixed depth.
struct Pickle {
  std::vector<PickleNode> nodes;
  uint32_t root = 0;
  uint64_t bytes = 0;  // of the pickle: it ends before its text may

  const PickleNode& operator[](uint32_t node) const { return nodes[node]; }
  /// The value of a text key of a dictionary, the last where there are several, or nullptr.
  const PickleNode* find(const PickleNode& dictionary, std::string_view key) const;
};

/// Reads a pickle of protocol 2, as torch.save writes it: the instructions that its weights-only reader
/// knows, on stacks of our own. Nothing is imported, called or built. An Error (checkpoint) that names `file`
/// for anything else. Memory is at most some 64 times the bytes, which are at most 16 MiB. `bytes` must
/// outlive the result.
Pickle parse_pickle(std::string_view bytes, const std::string& file);

}  // namespace retort::checkpoint
