// SPDX-License-Identifier: MIT
// read_torch_file FILE [OUTPUT]: reads the weights of a PyTorch file and, where an output is named, writes
// them as safetensors. Exits as retort does.
#include <cstdio>
#include <map>

#include "retort/checkpoint/torch_file.h"
#include "retort/core/error.h"
#include "retort/core/file.h"

namespace {

using namespace retort;

void run(const char* input, const char* output) {
  checkpoint::TorchFile file{std::filesystem::path(input)};
  SafetensorsHeader header{{{"format", "pt"}}, {}};
  std::map<std::string, std::vector<std::byte>> contents;
  for (const checkpoint::StoredTensor& tensor : file.tensors()) {
    header.tensors.push_back({tensor.name, tensor.dtype, tensor.shape, 0, 0});
    contents[tensor.name] = file.read(tensor);
  }
  std::printf("%zu tensors\n", contents.size());
  if (output == nullptr) return;
  const std::string start = lay_out_safetensors(header, output);
  AtomicFile result(output);
  result.write(std::as_bytes(std::span(start)));
  for (const SafetensorsEntry& entry : header.tensors) result.write(contents.at(entry.name));
  result.commit();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2 || argc > 3) {
    std::fprintf(stderr, "usage: read_torch_file FILE [OUTPUT]\n");
    return static_cast<int>(ExitCode::config);
  }
  try {
    run(argv[1], argc == 3 ? argv[2] : nullptr);
    return 0;
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
}
