// SPDX-License-Identifier: MIT
#include "retort/checkpoint/torch_state.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::checkpoint {
namespace {

using Kind = PickleNode::Kind;

constexpr size_t kMaxTensors = 65536;
constexpr size_t kMaxDimensions = 8;
constexpr size_t kMaxNameBytes = 512;

constexpr std::string_view kRebuildTensor = "torch._utils\n_rebuild_tensor_v2";
constexpr std::string_view kRebuildParameter = "torch._utils\n_rebuild_parameter";

struct StorageRow {
  std::string_view global;
  Dtype dtype;
};

constexpr StorageRow kStorages[] = {
    {"torch\nFloatStorage", Dtype::f32}, {"torch\nDoubleStorage", Dtype::f64},
    {"torch\nHalfStorage", Dtype::f16},  {"torch\nBFloat16Storage", Dtype::bf16},
    {"torch\nLongStorage", Dtype::i64},  {"torch\nIntStorage", Dtype::i32},
    {"torch\nShortStorage", Dtype::i16}, {"torch\nCharStorage", Dtype::i8},
    {"torch\nByteStorage", Dtype::u8},   {"torch\nBoolStorage", Dtype::boolean},
};

// Where a training script puts the network among the other things that it saves.
constexpr std::string_view kStateKeys[] = {"state_dict", "model_state_dict", "model", "net"};

[[noreturn]] void refuse(const std::string& file, const std::string& cause) {
  throw Error(ExitCode::checkpoint, fmt::format("{}: {}", printable(file), cause));
}

// "torchvision.models.resnet.ResNet" of a global's two lines.
std::string global_name(std::string_view text) {
  std::string name(text);
  std::replace(name.begin(), name.end(), '\n', '.');
  return printable(name);
}

std::string describe(const Pickle& pickle, const PickleNode& node) {
  switch (node.kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
      return "an integer";
    case Kind::floating:
      return "a number";
    case Kind::text:
      return "text";
    case Kind::tuple:
      return "a tuple";
    case Kind::list:
      return "a list";
    case Kind::dictionary:
      return "a dictionary";
    case Kind::global:
      return fmt::format("the name {}", global_name(node.text));
    case Kind::persistent:
      return "a storage";
    case Kind::call:
      break;
  }
  const PickleNode& callee = pickle[node.items[0]];
  return callee.kind == Kind::global ? fmt::format("what {} makes", global_name(callee.text)) : "an object";
}

/// Reads the parts of one tensor's description; whatever is not as it should be ends it.
class TensorReader {
 public:
  TensorReader(const Pickle& pickle, const std::string& file, std::string_view name)
      : pickle_(pickle), file_(file), name_(name) {}

  StoredTensor read(const PickleNode& value) const {
    // A parameter is a tensor with a mark.
    const PickleNode* node = &value;
    if (is_call(*node, kRebuildParameter)) node = &argument(*node, 0);
    if (!is_call(*node, kRebuildTensor))
      fail(fmt::format("it is no tensor of weights but {}", describe(pickle_, *node)));
    StoredTensor tensor;
    tensor.name = name_;
    read_storage(argument(*node, 0), tensor);
    tensor.offset = static_cast<uint64_t>(whole(argument(*node, 1)));
    tensor.shape = wholes(argument(*node, 2));
    tensor.strides = wholes(argument(*node, 3));
    check_place(tensor);
    return tensor;
  }

 private:
  [[noreturn]] void fail(const std::string& cause) const {
    refuse(file_, fmt::format("'{}': {}", printable(name_), cause));
  }

  bool is_call(const PickleNode& node, std::string_view global) const {
    return node.kind == Kind::call && pickle_[node.items[0]].kind == Kind::global &&
           pickle_[node.items[0]].text == global;
  }

  const PickleNode& item(const PickleNode& tuple, size_t index) const {
    if (tuple.kind != Kind::tuple || tuple.items.size() <= index) fail("its description is incomplete");
    return pickle_[tuple.items[index]];
  }
  const PickleNode& argument(const PickleNode& call, size_t index) const {
    return item(pickle_[call.items[1]], index);
  }

  int64_t whole(const PickleNode& node) const {
    if (node.kind != Kind::integer || node.integer < 0) fail("a size or a place is no whole number");
    return node.integer;
  }

  std::vector<int64_t> wholes(const PickleNode& tuple) const {
    if (tuple.kind != Kind::tuple || tuple.items.size() > kMaxDimensions)
      fail(fmt::format("its shape is no tuple of at most {} numbers", kMaxDimensions));
    std::vector<int64_t> values;
    for (const uint32_t id : tuple.items) values.push_back(whole(pickle_[id]));
    return values;
  }

  // ("storage", torch.FloatStorage, key, device, elements)
  void read_storage(const PickleNode& node, StoredTensor& tensor) const {
    if (node.kind != Kind::persistent) fail("it has no storage");
    const PickleNode& id = pickle_[node.items[0]];
    const PickleNode &word = item(id, 0), &type = item(id, 1), &key = item(id, 2);
    if (word.kind != Kind::text || word.text != "storage" || key.kind != Kind::text ||
        type.kind != Kind::global)
      fail("it has no storage");
    const auto* row = std::find_if(std::begin(kStorages), std::end(kStorages),
                                   [&](const StorageRow& r) { return r.global == type.text; });
    if (row == std::end(kStorages)) fail(fmt::format("its storage is a {}", global_name(type.text)));
    tensor.dtype = row->dtype;
    tensor.storage = key.text;
    tensor.storage_elements = static_cast<uint64_t>(whole(item(id, 4)));
  }

  void check_place(const StoredTensor& tensor) const {
    if (tensor.shape.size() != tensor.strides.size()) fail("it has not as many strides as dimensions");
    constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
    int64_t elements = 1, last = 0;
    bool fits = tensor.offset <= static_cast<uint64_t>(kMost);
    for (size_t i = 0; i < tensor.shape.size(); ++i) {
      int64_t distance = 0;
      fits =
          fits && !__builtin_mul_overflow(elements, std::max<int64_t>(tensor.shape[i], 1), &elements) &&
          !__builtin_mul_overflow(std::max<int64_t>(tensor.shape[i] - 1, 0), tensor.strides[i], &distance) &&
          !__builtin_add_overflow(last, distance, &last);
    }
    fits = fits && !__builtin_add_overflow(last, static_cast<int64_t>(tensor.offset), &last);
    const bool is_empty = std::find(tensor.shape.begin(), tensor.shape.end(), 0) != tensor.shape.end();
    if (!fits || (!is_empty && (static_cast<uint64_t>(last) >= tensor.storage_elements ||
                                static_cast<uint64_t>(elements) > tensor.storage_elements)))
      fail(fmt::format("it does not lie within its storage of {} elements", tensor.storage_elements));
  }

  const Pickle& pickle_;
  const std::string& file_;
  const std::string_view name_;
};

bool is_tensor(const Pickle& pickle, const PickleNode& node) {
  if (node.kind != Kind::call || pickle[node.items[0]].kind != Kind::global) return false;
  const std::string_view callee = pickle[node.items[0]].text;
  return callee == kRebuildTensor || callee == kRebuildParameter;
}

bool has_tensor(const Pickle& pickle, const PickleNode& dictionary) {
  for (size_t i = 1; i < dictionary.items.size(); i += 2)
    if (is_tensor(pickle, pickle[dictionary.items[i]])) return true;
  return false;
}

std::string keys_of(const Pickle& pickle, const PickleNode& dictionary) {
  constexpr size_t kShown = 8;
  std::vector<std::string> keys;
  for (size_t i = 0; i < dictionary.items.size() && keys.size() < kShown; i += 2)
    if (const PickleNode& key = pickle[dictionary.items[i]]; key.kind == Kind::text)
      keys.push_back(printable(key.text, 40));
  return keys.empty() ? "nothing" : join(keys, ", ");
}

const PickleNode& find_dictionary(const Pickle& pickle, const std::string& file) {
  const PickleNode& root = pickle[pickle.root];
  if (root.kind == Kind::call)
    refuse(file, fmt::format("it holds {}, a whole Python object, which only the code that made it can open; "
                             "save its state_dict() instead",
                             describe(pickle, root)));
  if (root.kind != Kind::dictionary)
    refuse(file, fmt::format("it holds {}, not a dictionary of weights", describe(pickle, root)));
  if (has_tensor(pickle, root)) return root;
  for (const std::string_view key : kStateKeys) {
    const PickleNode* state = pickle.find(root, key);
    if (state != nullptr && state->kind == Kind::dictionary && has_tensor(pickle, *state)) return *state;
    if (state != nullptr && state->kind == Kind::call)
      refuse(file,
             fmt::format("under '{}' it holds {}, a whole Python object, which only the code that made it "
                         "can open; save its state_dict() instead",
                         key, describe(pickle, *state)));
  }
  refuse(file, fmt::format("no weights are in it: it holds {}", keys_of(pickle, root)));
}

}  // namespace

uint64_t StoredTensor::elements() const {
  uint64_t count = 1;
  for (const int64_t size : shape) count *= static_cast<uint64_t>(size);
  return count;
}

bool StoredTensor::is_contiguous() const {
  int64_t expected = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i] != 1 && strides[i] != expected) return false;
    expected *= shape[i];
  }
  return true;
}

std::vector<StoredTensor> find_state(const Pickle& pickle, const std::string& file) {
  const PickleNode& state = find_dictionary(pickle, file);
  if (state.items.size() / 2 > kMaxTensors)
    refuse(file, fmt::format("it has more than {} tensors", kMaxTensors));
  std::map<std::string, StoredTensor> tensors;
  std::map<std::string, const StoredTensor*> storages;
  for (size_t i = 0; i + 1 < state.items.size(); i += 2) {
    const PickleNode& key = pickle[state.items[i]];
    const bool is_name =
        key.kind == Kind::text && !key.text.empty() && key.text.size() <= kMaxNameBytes &&
        std::none_of(key.text.begin(), key.text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (!is_name) refuse(file, "a tensor's name is no text, or too long");
    const PickleNode& value = pickle[state.items[i + 1]];
    const auto [added, is_new] =
        tensors.emplace(std::string(key.text), TensorReader(pickle, file, key.text).read(value));
    if (!is_new) refuse(file, fmt::format("'{}' stands there twice", printable(key.text)));
    const StoredTensor& tensor = added->second;
    const StoredTensor& first = *storages.emplace(tensor.storage, &tensor).first->second;
    if (first.dtype != tensor.dtype || first.storage_elements != tensor.storage_elements)
      refuse(file, fmt::format("'{}' and '{}' describe one storage in two ways", printable(first.name),
                               printable(tensor.name)));
  }
  std::vector<StoredTensor> result;
  for (auto& [name, tensor] : tensors) result.push_back(std::move(tensor));
  return result;
}

}  // namespace retort::checkpoint
