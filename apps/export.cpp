// SPDX-License-Identifier: MIT
#include <algorithm>

#include <fmt/format.h>

#include "apps/engine.h"
#include "apps/export_options.h"
#include "apps/weights_file.h"
#include "retort/checkpoint/weights.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/data/registry.h"
#include "retort/export/quantize.h"
#include "retort/export/run_graph.h"
#include "retort/export/torch_archive.h"
#include "retort/export/trace.h"
#include "retort/metrics/quality.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/network_file.h"

namespace retort::apps {
namespace {

namespace fs = std::filesystem;

/// Pictures of a data set, so many of its first, in batches.
std::vector<data::Batch> first_batches(const data::Dataset& dataset, int64_t size,
                                       const data::DataOptions& options) {
  std::vector<int64_t> ids = trainer::all_ids(dataset);
  ids.resize(static_cast<size_t>(std::min(size, dataset.size())));
  const auto loader =
      trainer::make_evaluation_loader(dataset, std::move(ids), options.normalization, options);
  loader->start_epoch(0);
  std::vector<data::Batch> batches;
  while (auto batch = loader->next()) batches.push_back(std::move(*batch));
  return batches;
}

torch::Tensor answers(const exporting::OnnxGraph& graph, const std::vector<data::Batch>& batches,
                      const std::string& name, Console& console) {
  std::vector<torch::Tensor> logits;
  for (const data::Batch& batch : batches) {
    if (stop_requested()) throw Error(ExitCode::interrupted, "stopped by a signal; nothing was written");
    logits.push_back(exporting::run_graph(graph, batch.images));
    console.set_live_line(fmt::format("{}: {} of {} batches", name, logits.size(), batches.size()));
  }
  console.clear_live_line();
  return torch::cat(logits);
}

/// The graph in int8, and what that costs on the test set.
exporting::OnnxGraph in_int8(const exporting::OnnxGraph& graph, const ExportOptions& options,
                             Console& console) {
  const data::DataModule data = data::load_data(options.data, /*seed=*/0);
  std::vector<torch::Tensor> pictures, labels;
  for (const data::Batch& batch : first_batches(data.train, options.calibration_size, options.data))
    pictures.push_back(batch.images);
  exporting::OnnxGraph rounded = exporting::quantize(graph, exporting::calibrate(graph, pictures));

  const std::vector<data::Batch> test = first_batches(data.test, data.test.size(), options.data);
  for (const data::Batch& batch : test) labels.push_back(batch.labels);
  const torch::Tensor truth = torch::cat(labels);
  const torch::Tensor before = answers(graph, test, "fp32", console);
  const torch::Tensor after = answers(rounded, test, "int8", console);
  const metrics::Agreement agreement = metrics::measure_agreement(after, before);
  console.say(fmt::format(
      "int8: accuracy {:.2f} % on {} test pictures (fp32: {:.2f} %), the same class on {:.2f} %, KL {:.2g}",
      100 * metrics::measure_quality(after, truth).accuracy_top1, truth.size(0),
      100 * metrics::measure_quality(before, truth).accuracy_top1, 100 * agreement.top1, agreement.kl));
  return rounded;
}

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
  const WeightsFile file = read_weights_file(options.checkpoint, invocation.console);
  auto network = trainer::load_network(file.weights, file.path,
                                       {.architecture = options.architecture, .key = "architecture"}, task,
                                       options.data.normalization);
  network.provenance.architecture = network.architecture;
  network.provenance.normalization = options.data.normalization;
  network.provenance.data = options.data.name;

  if (options.format == "onnx") {
    exporting::OnnxGraph graph = exporting::trace(*network.model, task);
    if (options.dtype == "int8") graph = in_int8(graph, options, invocation.console);
    if (options.dtype == "bf16") graph = exporting::store_in_bfloat16(graph);
    graph.metadata = network.provenance.to_metadata();
    write_file_atomically(options.output, exporting::to_onnx(graph));
  } else {
    const auto tensors = in_precision(checkpoint::state_of(*network.model), options.dtype == "bf16");
    if (options.format == "pytorch")
      write_pytorch(options.output, tensors);
    else
      checkpoint::save_weights(options.output,
                               {.tensors = tensors, .metadata = network.provenance.to_metadata()});
  }
  invocation.console.say(fmt::format("{} ({}) as {}, {}: {}, {}", printable(file.path.string()),
                                     network.architecture.label(), options.format, options.dtype,
                                     printable(options.output.string()),
                                     human_bytes(fs::file_size(options.output))));
}

}  // namespace retort::apps
