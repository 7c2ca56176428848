// SPDX-License-Identifier: MIT
#include "retort/config/yaml_reader.h"

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "retort/config/key_index.h"
#include "retort/config/node_size.h"
#include "retort/config/override_value.h"
#include "retort/config/scalar.h"
#include "retort/config/yaml_text.h"
#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

[[noreturn]] void fail(const Source& source, const std::string& message) {
  throw Error(ExitCode::config, source.as_prefix() + message);
}

constexpr std::string_view kTagPrefix = "tag:yaml.org,2002:";

// yaml-cpp makes one byte of "\N" and "\_".
std::string with_whole_characters(const std::string& text) {
  std::string result;
  int expected = 0;  // bytes that the character still has
  for (const char c : text) {
    if (expected == 0 && (c == '\x85' || c == '\xA0')) result += '\xC2';
    result += c;
    const auto byte = static_cast<unsigned char>(c);
    expected = is_continuation(c) ? std::max(expected - 1, 0)
               : byte >= 0xF0     ? 3
               : byte >= 0xE0     ? 2
               : byte >= 0xC2     ? 1
                                  : 0;
  }
  return result;
}

/// Builds a Node from the parser's events.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, const std::string& name, const YamlLimits& limits)
      : text_(text), name_(name), limits_(limits) {}

  Node take_root() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override { add(Node(), mark, anchor); }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchored_.find(anchor);
    if (found == anchored_.end()) fail(mark, "an alias stands inside the value that it names");
    count_copy(mark, found->second);
    Node copy = found->second;
    place(std::move(copy), mark, /*is_merge=*/false);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    if (tag == "?" && text == "<<" && expects_key()) {
      place(Node(text), mark, /*is_merge=*/true);
      return;
    }
    check_quotes(mark);
    const bool is_text_key = tag == "?" && text == "=" && expects_key();
    add(is_text_key ? Node(text) : scalar(mark, tag, text), mark, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(Node(Node::List{}), mark, tag, "seq", anchor);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(Node(Node::Dict{}), mark, tag, "map", anchor);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Frame {
    Node node;
    YAML::Mark mark;
    YAML::anchor_t anchor = 0;
    std::optional<Key> key;  // waits for its value
    bool key_is_merge = false;
    KeyIndex own_keys;  // of `node`
    Node::Dict merged;  // from merge keys; what stands here itself goes over it
    KeyIndex merged_keys;
  };

  [[noreturn]] void fail(const YAML::Mark& mark, const std::string& message) const {
    config::fail(source(mark), message);
  }

  Source source(const YAML::Mark& mark) const { return {name_, mark.line + 1, mark.column + 1}; }

  void count(const YAML::Mark& mark, size_t more) {
    count_ += more;
    if (count_ > limits_.nodes) fail(mark, fmt::format("more than {} values in one file", limits_.nodes));
  }

  void count_copy(const YAML::Mark& mark, const Node& node) {
    const NodeSize size = size_of(node);
    count(mark, size.values);
    copied_bytes_ += size.bytes;
    if (copied_bytes_ > limits_.bytes)
      fail(mark, fmt::format("anchors and aliases repeat more than {}", human_bytes(limits_.bytes)));
  }

  bool expects_key() const {
    return !frames_.empty() && frames_.back().node.is_dict() && !frames_.back().key;
  }

  // yaml-cpp takes the end of the file for a closing quote.
  void check_quotes(const YAML::Mark& mark) const {
    size_t i = static_cast<size_t>(mark.pos);
    if (i >= text_.size() || (text_[i] != '"' && text_[i] != '\'')) return;
    const char quote = text_[i++];
    while (i < text_.size() && text_[i] != quote) i += quote == '"' && text_[i] == '\\' ? 2 : 1;
    if (i >= text_.size()) fail(mark, "this quote is never closed");
  }

  Node scalar(const YAML::Mark& mark, const std::string& tag, const std::string& text) const {
    if (tag == "!" || tag == std::string(kTagPrefix) + "str") return Node(with_whole_characters(text));
    if (tag == std::string(kTagPrefix) + "null") return Node();
    try {
      if (tag == "?") return plain_scalar(text);
      if (tag.starts_with(kTagPrefix))
        return tagged_scalar(std::string_view(tag).substr(kTagPrefix.size()), text);
    } catch (const std::invalid_argument& error) {
      fail(mark, error.what());
    }
    fail(mark, fmt::format("the tag {} is not supported", printable(tag)));
  }

  static Node tagged_scalar(std::string_view type, const std::string& text) {
    if (type != "int" && type != "float" && type != "bool")
      throw std::invalid_argument(fmt::format("the tag !!{} is not supported", printable(type)));
    Node value = plain_scalar(text);
    if ((type == "int" && value.is_int()) || (type == "bool" && value.is_bool()) ||
        (type == "float" && value.is_float()))
      return value;
    if (type == "float" && value.is_int()) return Node(static_cast<double>(value.as_int()));
    throw std::invalid_argument(fmt::format("{} is not what its tag !!{} says", printable(text), type));
  }

  void add(Node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(mark, 1);
    node.set_source(source(mark));
    remember(anchor, node, mark);
    place(std::move(node), mark, /*is_merge=*/false);
  }

  // The copies behind anchors take memory too, so they count.
  void remember(YAML::anchor_t anchor, const Node& node, const YAML::Mark& mark) {
    if (anchor == 0) return;
    count_copy(mark, node);
    anchored_[anchor] = node;
  }

  void open(Node node, const YAML::Mark& mark, const std::string& tag, std::string_view type,
            YAML::anchor_t anchor) {
    if (tag != "?" && tag != "!" && tag != std::string(kTagPrefix) + std::string(type))
      fail(mark, fmt::format("the tag {} is not supported", printable(tag)));
    if (frames_.size() >= limits_.depth)
      fail(mark, fmt::format("nested deeper than {} levels", limits_.depth));
    if (expects_key()) fail(mark, "a list or a dictionary cannot be a key");
    count(mark, 1);
    node.set_source(source(mark));
    frames_.push_back({std::move(node), mark, anchor, {}, false, {}, {}, {}});
  }

  void close() {
    Frame frame = std::move(frames_.back());
    frames_.pop_back();
    if (!frame.merged.empty()) {
      for (auto& [key, value] : frame.node.as_dict()) {
        if (const auto place = frame.merged_keys.find(key))
          frame.merged[*place].second = std::move(value);
        else
          frame.merged.emplace_back(key, std::move(value));
      }
      frame.node = Node(std::move(frame.merged), frame.node.source());
    }
    remember(frame.anchor, frame.node, frame.mark);
    place(std::move(frame.node), frame.mark, /*is_merge=*/false);
  }

  void place(Node node, const YAML::Mark& mark, bool is_merge) {
    if (frames_.empty()) {
      root_ = std::move(node);
      return;
    }
    Frame& frame = frames_.back();
    if (frame.node.is_list()) {
      frame.node.as_list().push_back(std::move(node));
    } else if (!frame.key) {
      frame.key = to_key(node, mark);
      frame.key_is_merge = is_merge;
      const bool is_own_text = !is_merge && frame.key->kind() == Key::Kind::text;
      if (is_own_text && frame.own_keys.find(*frame.key))
        fail(mark, fmt::format("duplicate key '{}'", printable(frame.key->text())));
    } else {
      if (frame.key_is_merge)
        merge(frame, node, mark);
      else
        put(frame, std::move(node));
      frame.key.reset();
    }
  }

  // A number or boolean may come twice, as in PyYAML; the last value wins.
  static void put(Frame& frame, Node node) {
    Node::Dict& items = frame.node.as_dict();
    if (frame.own_keys.add(*frame.key, items.size()))
      items.emplace_back(std::move(*frame.key), std::move(node));
    else
      items[*frame.own_keys.find(*frame.key)].second = std::move(node);
  }

  // In a list of dictionaries the first one wins.
  void merge(Frame& frame, const Node& node, const YAML::Mark& mark) {
    const auto add_all = [&](const Node& dict) {
      if (!dict.is_dict()) fail(mark, "'<<' takes a dictionary or a list of dictionaries");
      for (const auto& [key, value] : dict.as_dict())
        if (frame.merged_keys.add(key, frame.merged.size())) frame.merged.emplace_back(key, value);
    };
    if (node.is_list())
      std::for_each(node.as_list().begin(), node.as_list().end(), add_all);
    else
      add_all(node);
  }

  Key to_key(const Node& node, const YAML::Mark& mark) const {
    if (node.is_string()) return Key(node.as_string());
    if (node.is_int()) return Key(Key::Kind::integer, fmt::format("{}", node.as_int()));
    if (node.is_float()) return Key(Key::Kind::floating, python_float(node.as_float()));
    if (node.is_bool()) return Key(Key::Kind::boolean, node.as_bool() ? "True" : "False");
    fail(mark, fmt::format("{} cannot be a key", kind_name(node)));
  }

  std::string_view text_;
  const std::string& name_;
  const YamlLimits& limits_;
  size_t count_ = 0;
  size_t copied_bytes_ = 0;
  std::vector<Frame> frames_;
  std::map<YAML::anchor_t, Node> anchored_;
  Node root_;
};

Node parse(std::string_view text, const std::string& name, const YamlLimits& limits) {
  std::istringstream stream{std::string(text)};
  Builder builder(text, name, limits);
  try {
    YAML::Parser parser(stream);
    if (!parser.HandleNextDocument(builder)) return Node(Node::Dict{}, {name, 1, 1});
    Builder rest(text, name, limits);
    if (parser.HandleNextDocument(rest))
      throw Error(ExitCode::config, fmt::format("{}: more than one YAML document in the file", name));
  } catch (const YAML::Exception& error) {
    const Source place{name, error.mark.line + 1, error.mark.column + 1};
    fail(place, plain_yaml_message(error.msg, text, place));
  }
  return builder.take_root();
}

}  // namespace

Node read_yaml(std::string_view text, const std::string& name, const YamlLimits& limits) {
  if (text.size() > limits.bytes)
    throw Error(ExitCode::config, fmt::format("{}: larger than {}, the most that a configuration file may be",
                                              name, human_bytes(limits.bytes)));
  check_yaml_text(text, name, limits);
  Node root = parse(text, name, limits);
  if (root.is_null()) return Node(Node::Dict{}, {name, 1, 1});
  if (root.is_string()) return Node(Node::Dict{{root.as_string(), Node()}}, root.source());
  if (!root.is_list() && !root.is_dict())
    throw Error(ExitCode::config, fmt::format("{}: expected a dictionary, found {}",
                                              root.source().to_string(), describe(root)));
  return root;
}

}  // namespace retort::config
