// SPDX-License-Identifier: MIT
#include "retort/checkpoint/weights.h"

#include <algorithm>
#include <bit>
#include <map>
#include <optional>
#include <set>
#include <span>

#include <ATen/core/grad_mode.h>
#include <fmt/ranges.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/input_file.h"
#include "retort/core/safetensors.h"
#include "retort/core/sha256.h"
#include "retort/core/text.h"

namespace retort::checkpoint {
namespace {

static_assert(std::endian::native == std::endian::little,
              "the format is little-endian and bytes are copied as they are");

struct TypeRow {
  Dtype dtype;
  torch::ScalarType scalar_type;
};

constexpr TypeRow kTypes[] = {
    {Dtype::boolean, torch::kBool},
    {Dtype::u8, torch::kUInt8},
    {Dtype::i8, torch::kInt8},
    {Dtype::f8_e5m2, torch::kFloat8_e5m2},
    {Dtype::f8_e4m3, torch::kFloat8_e4m3fn},
    {Dtype::i16, torch::kInt16},
    {Dtype::u16, torch::kUInt16},
    {Dtype::f16, torch::kFloat16},
    {Dtype::bf16, torch::kBFloat16},
    {Dtype::i32, torch::kInt32},
    {Dtype::u32, torch::kUInt32},
    {Dtype::f32, torch::kFloat32},
    {Dtype::f64, torch::kFloat64},
    {Dtype::i64, torch::kInt64},
    {Dtype::u64, torch::kUInt64},
};

std::span<std::byte> bytes_of(const torch::Tensor& tensor) {
  return {static_cast<std::byte*>(tensor.data_ptr()), tensor.nbytes()};
}

// A byte that is neither 0 nor 1 in a C++ bool is undefined behaviour.
bool holds_booleans(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte <= std::byte{1}; });
}

Weights read_weights(const std::filesystem::path& path, Sha256* hash) {
  const std::string name = path.string();
  const InputFile file(path, ExitCode::checkpoint);
  std::string start(std::min(file.size(), kSafetensorsSniffBytes), '\0');
  file.read(0, std::as_writable_bytes(std::span(start)));
  std::string text(kSafetensorsPrefixBytes + safetensors_header_bytes(start, file.size(), name), '\0');
  file.read(0, std::as_writable_bytes(std::span(text)));
  if (hash != nullptr) hash->update(std::as_bytes(std::span(text)));
  const SafetensorsHeader header = parse_safetensors_header(
      std::string_view(text).substr(kSafetensorsPrefixBytes), file.size() - text.size(), name);

  // The tensors together are no larger than the file, so that the header cannot ask for more memory than
  // that.
  Weights weights{{}, header.metadata};
  for (const SafetensorsEntry& entry : header.tensors) {
    torch::Tensor tensor = torch::empty(entry.shape, scalar_type_of(entry.dtype));
    file.read(text.size() + entry.begin, bytes_of(tensor));
    if (hash != nullptr) hash->update(bytes_of(tensor));
    if (entry.dtype == Dtype::boolean && !holds_booleans(bytes_of(tensor)))
      throw Error(
          ExitCode::checkpoint,
          fmt::format(
              "{} is not a sound safetensors file: '{}' is BOOL and has bytes that are neither 0 nor 1",
              printable(name), printable(entry.name)));
    weights.tensors.emplace_back(entry.name, std::move(tensor));
  }
  return weights;
}

constexpr char kSeal[] = "retort.tensors_sha256";

// Of names, dtypes, shapes and bytes, in the order of names.
std::string digest_of(const NamedTensors& tensors) {
  const std::map<std::string, torch::Tensor> sorted(tensors.begin(), tensors.end());
  Sha256 hash;
  for (const auto& [name, tensor] : sorted) {
    const std::string head =
        fmt::format("{} {} [{}]\n", name, dtype_name(dtype_of(tensor, name)), fmt::join(tensor.sizes(), ","));
    hash.update(std::as_bytes(std::span(head)));
    const torch::Tensor plain = tensor.detach().cpu().contiguous();
    hash.update(bytes_of(plain));
  }
  return hash.hex();
}

void check_seal(const Weights& weights, const std::filesystem::path& path) {
  const auto seal = weights.metadata.find(kSeal);
  if (seal != weights.metadata.end() && seal->second != digest_of(weights.tensors))
    throw Error(ExitCode::checkpoint,
                fmt::format("{} is damaged: its tensors are not those that it was sealed with ({})",
                            printable(path.string()), kSeal));
}

/// What does not fit between a file and a network: a summary, then the first rows of each kind.
class Mismatches {
 public:
  void add(const std::string& kind, const std::string& name, const std::string& remark) {
    Kind& found = kinds_[kind];
    if (++found.count <= kMostRows)
      found.rows += fmt::format("\n  {:<{}}  {}  {}", kind, kKindWidth, printable(name), remark);
  }
  bool empty() const { return kinds_.empty(); }
  // "1 missing, 2 unexpected" and the rows
  std::string text() const {
    std::vector<std::string> counted;
    std::string rows;
    for (const auto& [kind, found] : kinds_) {
      counted.push_back(fmt::format("{} {}", found.count, kind));
      rows += found.rows;
      if (found.count > kMostRows)
        rows += fmt::format("\n  {:<{}}  and {} more", kind, kKindWidth, found.count - kMostRows);
    }
    return join(counted, ", ") + rows;
  }

 private:
  static constexpr size_t kMostRows = 10, kKindWidth = 10;
  struct Kind {
    size_t count = 0;
    std::string rows{};
  };
  std::map<std::string, Kind> kinds_{};
};

bool may_be_absent(std::string_view name) { return name.ends_with("num_batches_tracked"); }

std::string shape_of(const torch::Tensor& tensor) {
  return fmt::format("{}[{}]", dtype_name(dtype_of(tensor, "")), fmt::join(tensor.sizes(), ", "));
}

// Precision may change on the way, kind may not: an integer is never a weight.
bool fits(const torch::Tensor& source, const torch::Tensor& target) {
  return source.sizes() == target.sizes() && source.is_floating_point() == target.is_floating_point();
}

}  // namespace

torch::ScalarType scalar_type_of(Dtype dtype) {
  return std::find_if(std::begin(kTypes), std::end(kTypes),
                      [&](const TypeRow& row) { return row.dtype == dtype; })
      ->scalar_type;
}

Dtype dtype_of(const torch::Tensor& tensor, const std::string& name) {
  const auto* row = std::find_if(std::begin(kTypes), std::end(kTypes),
                                 [&](const TypeRow& r) { return r.scalar_type == tensor.scalar_type(); });
  TORCH_CHECK(row != std::end(kTypes), "safetensors has no dtype for '", name, "', which is ",
              tensor.scalar_type());
  return row->dtype;
}

FileDigest save_weights(const std::filesystem::path& path, const Weights& weights) {
  SafetensorsHeader header{weights.metadata, {}};
  header.metadata["format"] = "pt";
  std::map<std::string, torch::Tensor> tensors;
  for (const auto& [name, tensor] : weights.tensors) {
    TORCH_CHECK(tensor.defined() && tensor.layout() == torch::kStrided, "'", name, "' is not a dense tensor");
    TORCH_CHECK(tensors.emplace(name, tensor).second, "'", name, "' is there twice");
    header.tensors.push_back({name, dtype_of(tensor, name), tensor.sizes().vec(), 0, 0});
  }
  const std::string start = lay_out_safetensors(header, path.string());
  AtomicFile file(path, start.size() + (header.tensors.empty() ? 0 : header.tensors.back().end));
  file.write(std::as_bytes(std::span(start)));
  for (const SafetensorsEntry& entry : header.tensors)
    file.write(bytes_of(tensors.at(entry.name).detach().cpu().resolve_neg().contiguous()));
  file.commit();
  return {file.size(), file.sha256()};
}

Weights load_weights(const std::filesystem::path& path) {
  Weights weights = read_weights(path, nullptr);
  check_seal(weights, path);
  return weights;
}

Weights load_weights(const std::filesystem::path& path, const FileDigest& expected) {
  Sha256 hash;
  Weights weights = read_weights(path, &hash);
  if (hash.hex() != expected.sha256)
    throw Error(ExitCode::checkpoint, fmt::format("{} is damaged: its SHA-256 is {} and should be {}",
                                                  printable(path.string()), hash.hex(), expected.sha256));
  return weights;
}

void seal(Weights& weights) { weights.metadata[kSeal] = digest_of(weights.tensors); }

NamedTensors state_of(const torch::nn::Module& module) {
  NamedTensors state;
  for (const auto& item : module.named_parameters()) state.emplace_back(item.key(), item.value());
  for (const auto& item : module.named_buffers()) state.emplace_back(item.key(), item.value());
  return state;
}

NamedTensors parameters_of(const torch::nn::Module& module) {
  NamedTensors parameters;
  for (const auto& item : module.named_parameters()) parameters.emplace_back(item.key(), item.value());
  return parameters;
}

void load_into(torch::nn::Module& module, const Weights& weights, const std::filesystem::path& file) {
  load_into(state_of(module), weights, file);
}

void load_into(const NamedTensors& targets, const Weights& weights, const std::filesystem::path& file) {
  std::map<std::string, torch::Tensor> sources(weights.tensors.begin(), weights.tensors.end());
  std::vector<std::pair<torch::Tensor, torch::Tensor>> copies;  // target, source
  Mismatches mismatches;
  for (const auto& [name, target] : targets) {
    const auto source = sources.find(name);
    if (source == sources.end()) {
      if (!may_be_absent(name)) mismatches.add("missing", name, shape_of(target));
      continue;
    }
    if (fits(source->second, target))
      copies.emplace_back(target, source->second);
    else
      mismatches.add("mismatched", name,
                     fmt::format("{}, the network's is {}", shape_of(source->second), shape_of(target)));
    sources.erase(source);
  }
  for (const auto& [name, tensor] : sources)
    if (!may_be_absent(name)) mismatches.add("unexpected", name, shape_of(tensor));
  if (!mismatches.empty())
    throw Error(ExitCode::checkpoint,
                fmt::format("{} does not fit the network: {}", printable(file.string()), mismatches.text()));

  const torch::NoGradGuard no_grad;
  for (auto& [target, source] : copies) target.copy_(source);
}

}  // namespace retort::checkpoint
