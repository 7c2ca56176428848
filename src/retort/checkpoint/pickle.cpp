// SPDX-License-Identifier: MIT
#include "retort/checkpoint/pickle.h"

#include <bit>
#include <unordered_map>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::checkpoint {
namespace {

using Kind = PickleNode::Kind;
using NodeId = uint32_t;

constexpr uint64_t kMaxBytes = 16 << 20;
constexpr size_t kMaxNodes = 1 << 20;  // a state of a thousand tensors takes some twenty thousand
constexpr std::string_view kOrderedDict = "collections\nOrderedDict";

class Machine {
 public:
  Machine(std::string_view bytes, const std::string& file) : bytes_(bytes), file_(file) {}

  Pickle run() {
    if (bytes_.size() > kMaxBytes) fail(fmt::format("it is longer than {}", human_bytes(kMaxBytes)));
    if (!bytes_.starts_with("\x80\x02")) fail("it is not of protocol 2, which torch.save writes");
    while (!is_done_) step(take(1)[0]);
    pickle_.bytes = position_;
    return std::move(pickle_);
  }

 private:
  [[noreturn]] void fail(std::string_view cause) const {
    throw Error(ExitCode::checkpoint, fmt::format("{} holds a pickle that is not sound: {} (at its byte {})",
                                                  printable(file_), cause, position_));
  }

  std::string_view take(uint64_t count) {
    if (count > bytes_.size() - position_) fail("it is cut short");
    const std::string_view taken = bytes_.substr(position_, count);
    position_ += count;
    return taken;
  }

  uint64_t number(uint64_t count) {
    uint64_t value = 0;
    const std::string_view taken = take(count);
    for (size_t i = 0; i < taken.size(); ++i)
      value |= uint64_t{static_cast<unsigned char>(taken[i])} << (8 * i);
    return value;
  }

  // Two's complement of one to eight bytes.
  int64_t signed_number(uint64_t count) {
    const uint64_t value = number(count);
    if (count == 0) return 0;
    const uint64_t unused = 64 - 8 * count;
    return static_cast<int64_t>(value << unused) >> unused;
  }

  std::string_view line() {
    const size_t end = bytes_.find('\n', position_);
    if (end == std::string_view::npos) fail("a name is cut short");
    const std::string_view text = bytes_.substr(position_, end - position_);
    position_ = end + 1;
    return text;
  }

  void push(PickleNode node) {
    if (pickle_.nodes.size() == kMaxNodes) fail(fmt::format("it has more than {} values", kMaxNodes));
    stack_.push_back(static_cast<NodeId>(pickle_.nodes.size()));
    pickle_.nodes.push_back(std::move(node));
  }
  void push_integer(int64_t value) { push({.kind = Kind::integer, .integer = value}); }
  void push_text(std::string_view text) {
    if (!is_utf8(text)) fail("a text is not UTF-8");
    push({.kind = Kind::text, .text = text});
  }

  // What lies below the last mark is out of reach until the mark is gone.
  size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

  NodeId pop() {
    if (stack_.size() <= floor()) fail("it takes a value that is not there");
    const NodeId node = stack_.back();
    stack_.pop_back();
    return node;
  }

  std::vector<NodeId> pop_last(size_t count) {
    if (stack_.size() - floor() < count) fail("it takes a value that is not there");
    const std::vector<NodeId> items(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return items;
  }

  std::vector<NodeId> pop_to_mark() {
    if (marks_.empty()) fail("it goes back to a mark that is not there");
    std::vector<NodeId> items = pop_last(stack_.size() - marks_.back());
    marks_.pop_back();
    return items;
  }

  PickleNode& top() {
    if (stack_.size() <= floor()) fail("it takes a value that is not there");
    return pickle_.nodes[stack_.back()];
  }

  void push_tuple(std::vector<NodeId> items) { push({.kind = Kind::tuple, .items = std::move(items)}); }

  // A list takes values and a dictionary pairs; the unknown object that a call would have made takes either.
  void add_to_top(Kind kind, const std::vector<NodeId>& items) {
    PickleNode& target = top();
    if (target.kind != kind && target.kind != Kind::call) fail("it puts a value into one that takes none");
    if (kind == Kind::dictionary && items.size() % 2 != 0) fail("a key has no value");
    target.items.insert(target.items.end(), items.begin(), items.end());
  }

  void call() {
    const NodeId arguments = pop(), callee = pop();
    if (pickle_[arguments].kind != Kind::tuple) fail("a call has arguments that are no tuple");
    const bool is_dictionary = pickle_[callee].kind == Kind::global && pickle_[callee].text == kOrderedDict &&
                               pickle_[arguments].items.empty();
    if (is_dictionary)
      push({.kind = Kind::dictionary});
    else
      push({.kind = Kind::call, .items = {callee, arguments}});
  }

  void import() {
    const size_t begin = position_;
    const std::string_view module = line(), name = line();
    push({.kind = Kind::global, .text = bytes_.substr(begin, module.size() + 1 + name.size())});
  }

  void remember(uint64_t place) {
    if (stack_.size() <= floor()) fail("it remembers a value that is not there");
    memo_[place] = stack_.back();
    if (memo_.size() > kMaxNodes) fail(fmt::format("it remembers more than {} values", kMaxNodes));
  }

  void recall(uint64_t place) {
    const auto found = memo_.find(place);
    if (found == memo_.end()) fail("it recalls a value that it did not remember");
    stack_.push_back(found->second);
  }

  void stop() {
    pickle_.root = pop();
    if (!stack_.empty() || !marks_.empty()) fail("it ends with values left over");
    is_done_ = true;
  }

  void step(char code) {
    switch (static_cast<unsigned char>(code)) {
      case 0x80:
        if (number(1) != 2) fail("it is not of protocol 2, which torch.save writes");
        return;
      case '.':
        return stop();
      case '(':
        return marks_.push_back(stack_.size());
      case 'N':
        return push({});
      case 0x88:
        return push({.kind = Kind::boolean, .integer = 1});
      case 0x89:
        return push({.kind = Kind::boolean});
      case 'K':
        return push_integer(static_cast<int64_t>(number(1)));
      case 'M':
        return push_integer(static_cast<int64_t>(number(2)));
      case 'J':
        return push_integer(signed_number(4));
      case 0x8A: {
        const uint64_t count = number(1);
        if (count > sizeof(int64_t)) fail("an integer takes more than 64 bits");
        return push_integer(signed_number(count));
      }
      case 'G': {
        uint64_t big_endian = 0;
        for (const char byte : take(sizeof(double)))
          big_endian = big_endian << 8 | static_cast<unsigned char>(byte);
        return push({.kind = Kind::floating, .floating = std::bit_cast<double>(big_endian)});
      }
      case 'X':
        return push_text(take(number(4)));
      case 'U':
        return push_text(take(number(1)));
      case ')':
        return push_tuple({});
      case 't':
        return push_tuple(pop_to_mark());
      case 0x85:
        return push_tuple(pop_last(1));
      case 0x86:
        return push_tuple(pop_last(2));
      case 0x87:
        return push_tuple(pop_last(3));
      case ']':
        return push({.kind = Kind::list});
      case 'a':
        return add_to_top(Kind::list, pop_last(1));
      case 'e':
        return add_to_top(Kind::list, pop_to_mark());
      case '}':
        return push({.kind = Kind::dictionary});
      case 's':
        return add_to_top(Kind::dictionary, pop_last(2));
      case 'u':
        return add_to_top(Kind::dictionary, pop_to_mark());
      case 'c':
        return import();
      case 'R':
      case 0x81:
        return call();
      case 'b':  // the state of an object that is not built
        pop();
        top();
        return;
      case 'Q':
        return push({.kind = Kind::persistent, .items = {pop()}});
      case 'q':
        return remember(number(1));
      case 'r':
        return remember(number(4));
      case 'h':
        return recall(number(1));
      case 'j':
        return recall(number(4));
      default:
        fail(fmt::format("it has the instruction 0x{:02x}, which weights do not need",
                         static_cast<unsigned char>(code)));
    }
  }

  std::string_view bytes_;
  const std::string& file_;
  Pickle pickle_;
  uint64_t position_ = 0;
  bool is_done_ = false;
  std::vector<NodeId> stack_;
  std::vector<size_t> marks_;
  std::unordered_map<uint64_t, NodeId> memo_;
};

}  // namespace

const PickleNode* Pickle::find(const PickleNode& dictionary, std::string_view key) const {
  const PickleNode* found = nullptr;
  for (size_t i = 0; i + 1 < dictionary.items.size(); i += 2) {
    const PickleNode& node = nodes[dictionary.items[i]];
    if (node.kind == Kind::text && node.text == key) found = &nodes[dictionary.items[i + 1]];
  }
  return found;
}

Pickle parse_pickle(std::string_view bytes, const std::string& file) { return Machine(bytes, file).run(); }

}  // namespace retort::checkpoint
