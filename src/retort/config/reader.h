// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "retort/config/node.h"
#include "retort/core/error.h"

namespace retort::config {

/// A value that must be given (???) and was not. What only prints a configuration prints it all the same.
class MissingValue : public Error {
 public:
  using Error::Error;
};

/// Bounds of a number; the message names the one that was broken.
struct Range {
  std::optional<double> at_least{}, above{}, at_most{}, below{};
};

/// Reads one dictionary of a resolved configuration into an options struct. Each accessor checks the type
/// and, on error, names key, place, what was expected and what was found (retort::Error, ExitCode::config).
///
///     SgdOptions from(const config::Node& node) {
///       config::Reader reader(node, "optimizer");
///       SgdOptions options{.lr = reader.number("lr", {.above = 0}), .nesterov = reader.boolean("nesterov")};
///       reader.finish();
///       return options;
///     }
class Reader {
 public:
  /// `path` is where the dictionary stands in the whole configuration, "" for the root. The node must outlive
  /// this.
  Reader(const Node& dict, std::string path);

  bool has(std::string_view key) const;  // present and not null; does not count as read

  bool boolean(std::string_view key);
  int64_t integer(std::string_view key, Range range = {});
  double number(std::string_view key, Range range = {});  // an integer is taken too
  std::string text(std::string_view key);                 // a number is taken too, as it is printed
  /// One of the given names; the message offers the nearest.
  std::string choice(std::string_view key, const std::vector<std::string>& names);
  std::vector<int64_t> integers(std::string_view key,
                                Range range = {});  // a list; one value stands for a list of one
  std::vector<double> numbers(std::string_view key, Range range = {});
  std::vector<std::string> texts(std::string_view key);

  // Null or absent gives nothing.
  std::optional<bool> optional_boolean(std::string_view key);
  std::optional<int64_t> optional_integer(std::string_view key, Range range = {});
  std::optional<double> optional_number(std::string_view key, Range range = {});
  std::optional<std::string> optional_text(std::string_view key);

  /// The value itself, marked as read.
  const Node& node(std::string_view key);
  /// A reader of the dictionary under `key`; it has its own finish().
  Reader child(std::string_view key);

  /// Marks a key as known without reading it (another component reads it).
  void ignore(std::string_view key);

  /// Refuses what nobody read: a key that is not known, with the nearest known one.
  void finish() const;

  /// An Error about `key`: "data.batch_size=0 (conf/data/cifar10.yaml:3:13): " + message. For checks of one's
  /// own.
  [[noreturn]] void fail(std::string_view key, const std::string& message) const;

 private:
  std::string full_key(std::string_view key) const;
  void note(std::string_view key, std::string type, std::vector<std::string> choices = {}) const;
  std::string failure(std::string_view key, const std::string& message) const;
  int64_t to_integer(std::string_view key, const Node& value, const Range& range) const;
  double to_number(std::string_view key, const Node& value, const Range& range) const;
  std::string to_text(std::string_view key, const Node& value) const;
  void check_range(std::string_view key, double number, const Node& value, const Range& range) const;
  template <class Convert>
  auto to_vector(std::string_view key, Convert convert);

  const Node* dict_;
  std::string path_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace retort::config
