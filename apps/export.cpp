// SPDX-License-Identifier: MIT
#include <fmt/format.h>

#include "apps/engine.h"
#include "apps/export_options.h"
#include "apps/weights_file.h"
#include "retort/checkpoint/weights.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/text.h"
#include "retort/data/registry.h"
#include "retort/export/torch_archive.h"
#include "retort/export/trace.h"
#include "retort/trainer/network_file.h"

namespace retort::apps {
namespace {

namespace fs = std::filesystem;

checkpoint::NamedTensors in_precision(checkpoint::NamedTensors tensors, bool is_bf16) {
  for (auto& [name, tensor] : tensors) {
    tensor = tensor.detach();
    if (is_bf16 && tensor.is_floating_point()) tensor = tensor.to(torch::kBFloat16);
    tensor = tensor.contiguous();
  }
  return tensors;
}

void write_pytorch(const fs::path& file, const checkpoint::NamedTensors& tensors) {
  std::vector<exporting::ArchivedTensor> archived;
  for (const auto& [name, tensor] : tensors)
    archived.push_back({.name = name,
                        .dtype = checkpoint::dtype_of(tensor, name),
                        .shape = tensor.sizes().vec(),
                        .bytes = {static_cast<const std::byte*>(tensor.const_data_ptr()), tensor.nbytes()}});
  exporting::write_torch_archive(file, archived);
}

}  // namespace

void export_network(const Invocation& invocation) {
  const auto options = ExportOptions::from(invocation.config);
  if (!fs::is_directory(fs::absolute(options.output).parent_path()))
    throw Error(ExitCode::resources,
                fmt::format("output={}: there is no such folder", printable(options.output.string())));
  const data::PictureShape shape = data::picture_shape(options.data.name);
  const models::Task task{.channels = shape.channels,
                          .height = shape.height,
                          .width = shape.width,
                          .num_classes = shape.num_classes};
  const fs::path file = find_weights_file(options.checkpoint, invocation.console);
  auto network = trainer::load_network(file, {.architecture = options.architecture, .key = "architecture"},
                                       task, options.data.normalization);
  network.provenance.architecture = network.architecture;
  network.provenance.normalization = options.data.normalization;
  network.provenance.data = options.data.name;

  if (options.format == "onnx") {
    exporting::OnnxGraph graph = exporting::trace(*network.model, task);
    graph.metadata = network.provenance.to_metadata();
    write_file_atomically(options.output, exporting::to_onnx(graph));
  } else {
    const auto tensors = in_precision(checkpoint::state_of(*network.model), options.is_bf16);
    if (options.format == "pytorch")
      write_pytorch(options.output, tensors);
    else
      checkpoint::save_weights(options.output,
                               {.tensors = tensors, .metadata = network.provenance.to_metadata()});
  }
  invocation.console.say(fmt::format(
      "{} ({}) as {}: {}, {}", printable(file.string()), network.architecture.label(), options.format,
      printable(options.output.string()), human_bytes(fs::file_size(options.output))));
}

}  // namespace retort::apps
