// SPDX-License-Identifier: MIT
#include "retort/export/torch_archive.h"

#include <limits>

#include <fmt/format.h>
#include <zlib.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"

namespace retort::exporting {
namespace {

using namespace std::string_literals;

// PyTorch maps storages into memory and wants them aligned.
constexpr uint64_t kAlignment = 64;
constexpr char kFolder[] = "archive";

void append_number(std::string& text, uint64_t value, int bytes) {
  for (; bytes > 0; --bytes, value >>= 8) text += static_cast<char>(value);
}

std::span<const std::byte> bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

/// A zip archive of stored entries, written from front to back.
class ZipWriter {
 public:
  explicit ZipWriter(AtomicFile& file) : file_(file) {}

  void add(const std::string& name, std::span<const std::byte> content) {
    constexpr uint64_t kHeaderBytes = 30, kExtraHeaderBytes = 4;
    const uint64_t begin = file_.size();
    const uint64_t unaligned = begin + kHeaderBytes + name.size() + kExtraHeaderBytes;
    const uint64_t padding = (kAlignment - unaligned % kAlignment) % kAlignment;
    const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(content.data()), content.size());

    std::string fields;
    append_number(fields, 0, 2);  // flags
    append_number(fields, 0, 2);  // stored
    append_number(fields, 0, 4);  // time
    append_number(fields, crc, 4);
    append_number(fields, content.size(), 4);
    append_number(fields, content.size(), 4);
    append_number(fields, name.size(), 2);

    std::string header = "PK\x03\x04";
    append_number(header, kVersion, 2);
    header += fields;
    append_number(header, kExtraHeaderBytes + padding, 2);
    header += name + "FB";  // PyTorch's own mark of padding
    append_number(header, padding, 2);
    header.append(padding, 'Z');
    file_.write(bytes_of(header));
    file_.write(content);

    directory_ += "PK\x01\x02";
    append_number(directory_, kVersion, 2);
    append_number(directory_, kVersion, 2);
    directory_ += fields;
    append_number(directory_, 0, 12);  // no extra, no comment, disk 0, no attributes
    append_number(directory_, begin, 4);
    directory_ += name;
    ++entries_;
  }

  void finish() {
    std::string end;
    const uint64_t begin = file_.size();
    end += directory_ + "PK\x05\x06";
    append_number(end, 0, 4);
    append_number(end, entries_, 2);
    append_number(end, entries_, 2);
    append_number(end, directory_.size(), 4);
    append_number(end, begin, 4);
    append_number(end, 0, 2);
    file_.write(bytes_of(end));
  }

 private:
  static constexpr uint64_t kVersion = 20;
  AtomicFile& file_;
  std::string directory_;
  uint64_t entries_ = 0;
};

const char* storage_name(Dtype dtype) {
  switch (dtype) {
    case Dtype::f64:
      return "DoubleStorage";
    case Dtype::f32:
      return "FloatStorage";
    case Dtype::f16:
      return "HalfStorage";
    case Dtype::bf16:
      return "BFloat16Storage";
    case Dtype::i64:
      return "LongStorage";
    case Dtype::i32:
      return "IntStorage";
    case Dtype::i16:
      return "ShortStorage";
    case Dtype::i8:
      return "CharStorage";
    case Dtype::u8:
      return "ByteStorage";
    case Dtype::boolean:
      return "BoolStorage";
    default:
      return nullptr;
  }
}

void append_text(std::string& pickle, const std::string& text) {
  pickle += 'X';
  append_number(pickle, text.size(), 4);
  pickle += text;
}

void append_integer(std::string& pickle, int64_t value) {
  pickle += "\x8a\x08";
  append_number(pickle, static_cast<uint64_t>(value), 8);
}

void append_tuple(std::string& pickle, const std::vector<int64_t>& values) {
  pickle += '(';
  for (const int64_t value : values) append_integer(pickle, value);
  pickle += 't';
}

std::string pickle_of(const std::vector<ArchivedTensor>& tensors) {
  std::string pickle = "\x80\x02}("s;
  for (size_t i = 0; i < tensors.size(); ++i) {
    const ArchivedTensor& tensor = tensors[i];
    const char* storage = storage_name(tensor.dtype);
    if (storage == nullptr)
      throw Error(ExitCode::config, fmt::format("PyTorch's files have no storage for {} ('{}')",
                                                dtype_name(tensor.dtype), printable(tensor.name)));
    std::vector<int64_t> strides(tensor.shape.size());
    int64_t elements = 1;
    for (size_t d = strides.size(); d-- > 0;) {
      strides[d] = elements;
      elements *= tensor.shape[d];
    }
    append_text(pickle, tensor.name);
    pickle += "ctorch._utils\n_rebuild_tensor_v2\n((";
    append_text(pickle, "storage");
    pickle += fmt::format("ctorch\n{}\n", storage);
    append_text(pickle, fmt::format("{}", i));
    append_text(pickle, "cpu");
    append_integer(pickle, elements);
    pickle += "tQ";
    append_integer(pickle, 0);
    append_tuple(pickle, tensor.shape);
    append_tuple(pickle, strides);
    pickle +=
        "\x89"
        "ccollections\nOrderedDict\n)RtR";
  }
  return pickle + "u.";
}

}  // namespace

void write_torch_archive(const std::filesystem::path& path, const std::vector<ArchivedTensor>& tensors) {
  constexpr uint64_t kMost = std::numeric_limits<uint32_t>::max() - (uint64_t{16} << 20);
  constexpr size_t kMostTensors = 65'000;
  const std::string pickle = pickle_of(tensors);
  uint64_t total = pickle.size();
  for (const ArchivedTensor& tensor : tensors) total += tensor.bytes.size();
  if (total > kMost || tensors.size() > kMostTensors)
    throw Error(ExitCode::resources,
                fmt::format("{}: {} in {} tensors are more than this form of a PyTorch file takes; "
                            "format=safetensors takes them",
                            printable(path.string()), human_bytes(total), tensors.size()));
  AtomicFile file(path, total);
  ZipWriter zip(file);
  const std::string folder = kFolder;
  zip.add(folder + "/data.pkl", bytes_of(pickle));
  zip.add(folder + "/byteorder", bytes_of("little"));
  for (size_t i = 0; i < tensors.size(); ++i) zip.add(fmt::format("{}/data/{}", folder, i), tensors[i].bytes);
  zip.add(folder + "/version", bytes_of("3\n"));
  zip.finish();
  file.commit();
}

}  // namespace retort::exporting
