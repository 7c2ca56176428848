// SPDX-License-Identifier: MIT
#include "retort/core/safetensors.h"

#include <algorithm>
#include <limits>
#include <tuple>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/file_kind.h"
#include "retort/core/text.h"

namespace retort {
namespace {

constexpr uint64_t kMaxHeaderBytes = 16 << 20;
constexpr size_t kMaxTensors = 65536;
constexpr size_t kMaxDimensions = 8;
constexpr size_t kMaxNameBytes = 512;
constexpr std::string_view kMetadataKey = "__metadata__";

struct DtypeRow {
  Dtype dtype;
  std::string_view name;
  uint64_t bytes;
};

constexpr DtypeRow kDtypes[] = {
    {Dtype::boolean, "BOOL", 1},    {Dtype::u8, "U8", 1},           {Dtype::i8, "I8", 1},
    {Dtype::f8_e5m2, "F8_E5M2", 1}, {Dtype::f8_e4m3, "F8_E4M3", 1}, {Dtype::i16, "I16", 2},
    {Dtype::u16, "U16", 2},         {Dtype::f16, "F16", 2},         {Dtype::bf16, "BF16", 2},
    {Dtype::i32, "I32", 4},         {Dtype::u32, "U32", 4},         {Dtype::f32, "F32", 4},
    {Dtype::f64, "F64", 8},         {Dtype::i64, "I64", 8},         {Dtype::u64, "U64", 8},
};

const DtypeRow& row_of(Dtype dtype) { return kDtypes[static_cast<size_t>(dtype)]; }

[[noreturn]] void refuse(const std::string& file, std::string_view cause) {
  throw Error(ExitCode::checkpoint,
              fmt::format("{} is not a sound safetensors file: {}", printable(file), cause));
}

// Fills a SafetensorsHeader from the parser's events. The grammar is fixed and three levels deep, so that a
// place is all the state that there is, and deeper nesting ends where it begins.
class HeaderReader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  HeaderReader(const std::string& file, SafetensorsHeader& header) : file_(file), header_(header) {}

  bool key(string_t& text) override {
    if (place_ == Place::names) begin_name(text);
    if (place_ == Place::tensor) begin_field(text);
    if (place_ == Place::metadata) key_ = text;
    return true;
  }

  bool string(string_t& text) override {
    if (place_ == Place::metadata) {
      if (!header_.metadata.emplace(key_, text).second)
        fail("metadata '{}' stands there twice", printable(key_));
      return true;
    }
    if (place_ != Place::tensor || field_ != "dtype") return unexpected("a string");
    const auto* row = std::find_if(std::begin(kDtypes), std::end(kDtypes),
                                   [&](const DtypeRow& r) { return r.name == text; });
    if (row == std::end(kDtypes)) fail("'{}' has the unknown dtype '{}'", printable(name_), printable(text));
    tensor_.dtype = row->dtype;
    return true;
  }

  bool number_unsigned(number_unsigned_t number) override {
    if (place_ != Place::list) return unexpected("a number");
    if (numbers_.size() == kMaxDimensions)
      fail("'{}' has more than {} dimensions", printable(name_), kMaxDimensions);
    if (number > static_cast<uint64_t>(std::numeric_limits<int64_t>::max()))
      fail("'{}' has the number {}, which is too large", printable(name_), number);
    numbers_.push_back(static_cast<int64_t>(number));
    return true;
  }

  bool start_object(size_t) override {
    if (place_ == Place::outside) {
      place_ = Place::names;
    } else if (place_ == Place::names) {
      place_ = name_ == kMetadataKey ? Place::metadata : Place::tensor;
      tensor_ = {name_, Dtype::f32, {}, 0, 0};
      fields_.clear();
    } else {
      return unexpected("a dictionary");
    }
    return true;
  }

  bool end_object() override {
    if (place_ == Place::tensor) {
      if (fields_.size() != 3) fail("'{}' lacks one of dtype, shape and data_offsets", printable(name_));
      if (header_.tensors.size() == kMaxTensors) fail("it has more than {} tensors", kMaxTensors);
      header_.tensors.push_back(std::move(tensor_));
    }
    place_ = place_ == Place::names ? Place::outside : Place::names;
    return true;
  }

  bool start_array(size_t) override {
    if (place_ != Place::tensor || field_ == "dtype") return unexpected("a list");
    place_ = Place::list;
    numbers_.clear();
    return true;
  }

  bool end_array() override {
    place_ = Place::tensor;
    if (field_ == "shape") {
      tensor_.shape = numbers_;
      return true;
    }
    if (numbers_.size() != 2) fail("'{}' has data_offsets that are not a pair", printable(name_));
    tensor_.begin = static_cast<uint64_t>(numbers_[0]);
    tensor_.end = static_cast<uint64_t>(numbers_[1]);
    return true;
  }

  bool null() override { return unexpected("null"); }
  bool boolean(bool) override { return unexpected("true or false"); }
  bool binary(binary_t&) override { return unexpected("binary data"); }
  bool number_integer(number_integer_t) override { return unexpected("a negative number"); }
  bool number_float(number_float_t, const string_t&) override {
    return unexpected("a number that is not whole");
  }
  bool parse_error(size_t position, const std::string&, const nlohmann::json::exception&) override {
    fail("its header is not JSON from byte {} on", position);
  }

 private:
  enum class Place { outside, names, metadata, tensor, list };

  template <typename... Values>
  [[noreturn]] void fail(fmt::format_string<Values...> format, Values&&... values) const {
    refuse(file_, fmt::format(format, std::forward<Values>(values)...));
  }

  [[noreturn]] bool unexpected(std::string_view what) const {
    fail("its header has {} where none belongs (at '{}')", what, printable(name_));
  }

  void begin_name(const std::string& text) {
    const bool has_control =
        std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
    if (text.empty() || text.size() > kMaxNameBytes || has_control)
      fail("the name '{}' is empty, longer than {} bytes or has control characters", printable(text),
           kMaxNameBytes);
    if (!names_.insert(text).second) fail("'{}' stands there twice", printable(text));
    name_ = text;
  }

  void begin_field(const std::string& text) {
    if (text != "dtype" && text != "shape" && text != "data_offsets")
      fail("'{}' has the unknown field '{}'", printable(name_), printable(text));
    if (std::find(fields_.begin(), fields_.end(), text) != fields_.end())
      fail("'{}' has the field {} twice", printable(name_), text);
    fields_.push_back(text);
    field_ = text;
  }

  const std::string& file_;
  SafetensorsHeader& header_;
  Place place_ = Place::outside;
  std::string name_, key_, field_;
  std::vector<std::string> fields_;
  std::vector<int64_t> numbers_;
  SafetensorsEntry tensor_;
  std::unordered_set<std::string> names_;
};

// Bytes of a tensor of this shape, or nothing where they do not fit. A zero among the sizes counts as one for
// the limit: strides, which are products of sizes, must fit as well.
std::optional<uint64_t> bytes_of(Dtype dtype, const std::vector<int64_t>& shape) {
  int64_t bytes = static_cast<int64_t>(dtype_bytes(dtype));
  for (const int64_t size : shape)
    if (size < 0 || __builtin_mul_overflow(bytes, std::max<int64_t>(size, 1), &bytes)) return std::nullopt;
  const bool is_empty = std::find(shape.begin(), shape.end(), 0) != shape.end();
  return is_empty ? 0 : static_cast<uint64_t>(bytes);
}

// Sorts the tensors by place and makes sure that they fill the data exactly.
void check_places(SafetensorsHeader& header, uint64_t data_bytes, const std::string& file) {
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
              return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
            });
  uint64_t end = 0;
  for (const SafetensorsEntry& tensor : header.tensors) {
    const auto bytes = bytes_of(tensor.dtype, tensor.shape);
    if (!bytes) refuse(file, fmt::format("the shape of '{}' is too large", printable(tensor.name)));
    if (tensor.begin > tensor.end || tensor.end - tensor.begin != *bytes)
      refuse(file, fmt::format("'{}' has bytes {} to {}, and its shape and dtype take {}",
                               printable(tensor.name), tensor.begin, tensor.end, *bytes));
    if (tensor.begin != end)
      refuse(file, fmt::format("'{}' begins at byte {} of the data, and what is before it ends at {}",
                               printable(tensor.name), tensor.begin, end));
    end = tensor.end;
  }
  if (end > data_bytes)
    refuse(file, fmt::format("it is cut short: its tensors take {} bytes and {} are there", end, data_bytes));
  if (end < data_bytes)
    refuse(file, fmt::format("{} bytes at its end belong to no tensor", data_bytes - end));
}

}  // namespace

std::string_view dtype_name(Dtype dtype) { return row_of(dtype).name; }

uint64_t dtype_bytes(Dtype dtype) { return row_of(dtype).bytes; }

uint64_t safetensors_header_bytes(std::string_view start, uint64_t file_bytes, const std::string& file) {
  uint64_t header_bytes = 0;
  for (size_t i = 0; i < std::min<size_t>(start.size(), kSafetensorsPrefixBytes); ++i)
    header_bytes |= uint64_t{static_cast<unsigned char>(start[i])} << (8 * i);
  const bool has_mark = start.size() > kSafetensorsPrefixBytes && start[kSafetensorsPrefixBytes] == '{';
  if (!has_mark || header_bytes > kMaxHeaderBytes) {
    const std::string_view kind = file_kind(start);
    if (kind.empty()) refuse(file, "it does not start with the length of a header and the header");
    throw Error(ExitCode::checkpoint,
                fmt::format("{} is not a safetensors file; it seems to be {}", printable(file), kind));
  }
  if (header_bytes > file_bytes - kSafetensorsPrefixBytes)
    refuse(file, fmt::format("it is cut short: its header takes {} bytes and {} are there", header_bytes,
                             file_bytes - kSafetensorsPrefixBytes));
  return header_bytes;
}

SafetensorsHeader parse_safetensors_header(std::string_view json, uint64_t data_bytes,
                                           const std::string& file) {
  // The parser would take a zero byte for the end of the text.
  if (!json.starts_with('{') || json.find('\0') != std::string_view::npos)
    refuse(file, "its header is not JSON");
  SafetensorsHeader header;
  HeaderReader reader(file, header);
  nlohmann::json::sax_parse(json, &reader);
  check_places(header, data_bytes, file);
  return header;
}

std::string lay_out_safetensors(SafetensorsHeader& header, const std::string& file) {
  std::sort(header.tensors.begin(), header.tensors.end(),
            [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
              return std::tie(b.dtype, a.name) < std::tie(a.dtype, b.name);
            });
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  if (!header.metadata.empty()) json[std::string(kMetadataKey)] = header.metadata;
  uint64_t end = 0;
  for (SafetensorsEntry& tensor : header.tensors) {
    const auto bytes = bytes_of(tensor.dtype, tensor.shape);
    if (!bytes || json.contains(tensor.name))
      refuse(file, fmt::format("'{}' is too large or stands there twice", printable(tensor.name)));
    tensor.begin = end;
    tensor.end = end += *bytes;
    json[tensor.name] = {{"dtype", dtype_name(tensor.dtype)},
                         {"shape", tensor.shape},
                         {"data_offsets", {tensor.begin, tensor.end}}};
  }
  std::string text = json.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  parse_safetensors_header(text, end, file);
  std::string prefix(kSafetensorsPrefixBytes, '\0');
  for (size_t i = 0; i < prefix.size(); ++i) prefix[i] = static_cast<char>(text.size() >> (8 * i));
  return prefix + text;
}

}  // namespace retort
