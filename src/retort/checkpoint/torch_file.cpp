// SPDX-License-Identifier: MIT
#include "retort/checkpoint/torch_file.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "retort/checkpoint/zip_archive.h"
#include "retort/core/error.h"
#include "retort/core/input_file.h"
#include "retort/core/text.h"

namespace retort::checkpoint {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kZipStart = "PK\x03\x04"sv;
// The old form begins with pickles of a magic number of ten bytes and of the version 1001.
constexpr std::string_view kOldStart =
    "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.\x80\x02M\xe9\x03."sv;
constexpr uint64_t kMaxPickleBytes = 16 << 20;
constexpr uint64_t kMaxViews = 4;  // tensors together, to the file's bytes

[[noreturn]] void refuse(const std::string& file, const std::string& cause) {
  throw Error(ExitCode::checkpoint,
              fmt::format("{} is not a sound PyTorch file: {}", printable(file), cause));
}

std::string_view as_text(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// What is in a file: a state, and the bytes of each storage.
struct Content {
  std::vector<StoredTensor> tensors;
  std::function<std::vector<std::byte>(const StoredTensor&)> read_storage;
};

// FOLDER/data.pkl, and FOLDER/data/KEY for each storage.
Content open_zip(ByteRange bytes) {
  const auto archive = std::make_shared<ZipArchive>(std::move(bytes));
  const std::string& file = archive->name();
  if (archive->entries().empty()) refuse(file, "the archive is empty");
  const std::string& first = archive->entries().front().name;
  const std::string folder = first.substr(0, first.find('/') + 1);
  for (const ZipEntry& entry : archive->entries())
    if (folder.empty() || !entry.name.starts_with(folder))
      refuse(file, fmt::format("'{}' is not in one folder with the rest", printable(entry.name)));
  if (const ZipEntry* order = archive->find(folder + "byteorder"))
    if (order->bytes != 6 || as_text(archive->read(*order)) != "little")
      refuse(file, "it is not little-endian");
  const ZipEntry* entry = archive->find(folder + "data.pkl");
  if (entry == nullptr) {
    const bool is_script = archive->find(folder + "constants.pkl") != nullptr;
    refuse(file, is_script ? "it holds TorchScript, which is a program" : "it has no data.pkl");
  }
  if (archive->find(folder + "constants.pkl") != nullptr)
    refuse(file, "it holds TorchScript, which is a program");
  if (entry->bytes > kMaxPickleBytes)
    refuse(file, fmt::format("its pickle is longer than {}", human_bytes(kMaxPickleBytes)));

  const std::vector<std::byte> pickle_bytes = archive->read(*entry);
  const Pickle pickle = parse_pickle(as_text(pickle_bytes), file);
  if (pickle.bytes != pickle_bytes.size()) refuse(file, "bytes follow its pickle");
  Content content{.tensors = find_state(pickle, file), .read_storage = {}};
  for (const StoredTensor& tensor : content.tensors) {
    const ZipEntry* storage = archive->find(fmt::format("{}data/{}", folder, tensor.storage));
    if (storage == nullptr || storage->bytes / dtype_bytes(tensor.dtype) != tensor.storage_elements ||
        storage->bytes % dtype_bytes(tensor.dtype) != 0)
      refuse(file, fmt::format("the storage of '{}' is absent or of another size", printable(tensor.name)));
  }
  content.read_storage = [archive, folder](const StoredTensor& tensor) {
    return archive->read(*archive->find(fmt::format("{}data/{}", folder, tensor.storage)));
  };
  return content;
}

// Pickles of: the magic number, the version, facts about the machine, the state, the storages' keys in their
// order. Then each storage: how many elements, as eight bytes, and the elements.
Content open_old(const ByteRange& bytes) {
  const std::string& file = bytes.name;
  std::vector<std::byte> head(std::min(bytes.size, kMaxPickleBytes));
  bytes.read(0, head);
  std::string_view text = as_text(head).substr(kOldStart.size());
  const auto next_pickle = [&] {
    Pickle pickle = parse_pickle(text, file);
    text.remove_prefix(pickle.bytes);
    return pickle;
  };
  const Pickle facts = next_pickle();
  const PickleNode* is_little = facts.find(facts[facts.root], "little_endian");
  if (is_little == nullptr || is_little->integer != 1) refuse(file, "it is not little-endian");
  Content content{.tensors = find_state(next_pickle(), file), .read_storage = {}};
  const Pickle keys = next_pickle();

  std::map<std::string, const StoredTensor*> tensors;
  for (const StoredTensor& tensor : content.tensors) tensors.emplace(tensor.storage, &tensor);
  struct Place {
    uint64_t begin = 0, bytes = 0;
  };
  std::map<std::string, Place> places;
  uint64_t position = head.size() - text.size();
  for (const uint32_t id : keys[keys.root].items) {
    const std::string key(keys[id].text);
    const auto tensor = tensors.find(key);
    // Without a tensor that says its type a storage's size is unknown, and so is the place of the next.
    if (tensor == tensors.end())
      refuse(file,
             "it holds more than weights, in the form of before PyTorch 1.6; save the state_dict() alone");
    std::byte count[sizeof(uint64_t)];
    if (bytes.size - position < sizeof count) refuse(file, "it is cut short");
    bytes.read(position, count);
    position += sizeof count;
    uint64_t elements = 0;
    for (size_t i = 0; i < sizeof count; ++i) elements |= std::to_integer<uint64_t>(count[i]) << (8 * i);
    const uint64_t size = dtype_bytes(tensor->second->dtype);
    if (elements != tensor->second->storage_elements || elements > (bytes.size - position) / size)
      refuse(file, fmt::format("the storage of '{}' is cut short or of another size",
                               printable(tensor->second->name)));
    if (!places.emplace(key, Place{position, elements * size}).second)
      refuse(file, "a storage stands there twice");
    position += elements * size;
  }
  if (places.size() != tensors.size()) refuse(file, "a storage is absent");
  if (position != bytes.size) refuse(file, "bytes follow its last storage");
  content.read_storage = [bytes, places](const StoredTensor& tensor) {
    const Place& place = places.at(tensor.storage);
    std::vector<std::byte> content_bytes(place.bytes);
    bytes.read(place.begin, content_bytes);
    return content_bytes;
  };
  return content;
}

// Row-major copy of a strided view; each source element lies in the storage (find_state).
void gather(const StoredTensor& tensor, const std::vector<std::byte>& storage,
            std::vector<std::byte>& result) {
  const uint64_t size = dtype_bytes(tensor.dtype), elements = tensor.elements();
  if (elements == 0) return;
  if (tensor.is_contiguous()) {
    std::memcpy(result.data(), storage.data() + tensor.offset * size, elements * size);
    return;
  }
  std::vector<int64_t> index(tensor.shape.size());
  for (uint64_t i = 0; i < elements; ++i) {
    uint64_t source = tensor.offset;
    for (size_t d = 0; d < index.size(); ++d) source += static_cast<uint64_t>(index[d] * tensor.strides[d]);
    std::memcpy(result.data() + i * size, storage.data() + source * size, size);
    for (size_t d = index.size(); d-- > 0 && ++index[d] == tensor.shape[d];) index[d] = 0;
  }
}

}  // namespace

struct TorchFile::Impl {
  explicit Impl(ByteRange bytes) {
    const std::string name = bytes.name;
    const uint64_t file_bytes = bytes.size;
    std::vector<std::byte> start(std::min<uint64_t>(bytes.size, kOldStart.size()));
    bytes.read(0, start);
    if (as_text(start).starts_with(kOldStart))
      content = open_old(bytes);
    else
      content = open_zip(std::move(bytes));
    uint64_t total = 0;
    for (const StoredTensor& tensor : content.tensors) {
      // No tensor has more elements than its storage, and no storage more bytes than four times the file.
      total += tensor.elements() * dtype_bytes(tensor.dtype);
      if (total / kMaxViews > file_bytes + kMaxPickleBytes)
        refuse(name, "its tensors are many views of few numbers");
    }
  }

  Content content;
  // Tensors that share a storage often follow each other.
  std::string storage_key{};
  std::vector<std::byte> storage{};
  std::unique_ptr<InputFile> file{};
};

bool is_torch_file(std::string_view start) {
  constexpr size_t kTelling = 15;  // the old form's magic number
  return start.starts_with(kZipStart) || start.starts_with(kOldStart.substr(0, kTelling));
}

TorchFile::TorchFile(ByteRange bytes) : impl_(std::make_unique<Impl>(std::move(bytes))) {}

TorchFile::TorchFile(const std::filesystem::path& path) {
  auto file = std::make_unique<InputFile>(path, ExitCode::checkpoint);
  impl_ = std::make_unique<Impl>(
      ByteRange{.name = path.string(),
                .size = file->size(),
                .read = [&reader = *file](uint64_t offset, std::span<std::byte> bytes) {
                  reader.read(offset, bytes);
                }});
  impl_->file = std::move(file);
}

TorchFile::~TorchFile() = default;
TorchFile::TorchFile(TorchFile&&) noexcept = default;

const std::vector<StoredTensor>& TorchFile::tensors() const { return impl_->content.tensors; }

std::vector<std::byte> TorchFile::read(const StoredTensor& tensor) {
  if (impl_->storage_key != tensor.storage || impl_->storage.empty()) {
    impl_->storage = impl_->content.read_storage(tensor);
    impl_->storage_key = tensor.storage;
  }
  std::vector<std::byte> result(tensor.elements() * dtype_bytes(tensor.dtype));
  gather(tensor, impl_->storage, result);
  return result;
}

}  // namespace retort::checkpoint
