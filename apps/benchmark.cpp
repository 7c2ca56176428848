// SPDX-License-Identifier: MIT
#include <algorithm>
#include <functional>
#include <numeric>

#include <ATen/Parallel.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <zlib.h>

#include "apps/benchmark_options.h"
#include "apps/energy.h"
#include "apps/engine.h"
#include "apps/weights_file.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/memory.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/core/text_table.h"
#include "retort/data/registry.h"
#include "retort/models/latency.h"
#include "retort/models/summary.h"
#include "retort/trainer/network_file.h"

namespace retort::apps {
namespace {

/// What one network costs on this machine.
struct Figures {
  std::string name;  // "resnet18"
  models::Cost cost{};
  double fp32_bytes = 0, bf16_bytes = 0, int8_bytes = 0, gzip_bytes = 0;  // of the weights alone
  double peak_bytes = 0;          // of the process's memory above what it holds before a batch
  double p50_ms = 0, p99_ms = 0;  // of one picture
  double images_per_second = 0;   // in batches
  std::optional<double> joules_per_image{};
};

void stop_if_asked() {
  if (stop_requested()) throw Error(ExitCode::interrupted, "stopped by a signal; nothing was written");
}

double gzip_bytes(const checkpoint::NamedTensors& state) {
  double total = 0;
  for (const auto& [name, tensor] : state) {
    const torch::Tensor bytes = tensor.detach().contiguous();
    uLongf packed_size = compressBound(bytes.nbytes());
    std::vector<Bytef> packed(packed_size);
    if (compress2(packed.data(), &packed_size, static_cast<const Bytef*>(bytes.const_data_ptr()),
                  bytes.nbytes(), Z_DEFAULT_COMPRESSION) != Z_OK)
      throw std::bad_alloc();
    total += static_cast<double>(packed_size);
  }
  return total;
}

// As the export writes it: weights of a byte with a scale for each output channel, the rest in float32.
double int8_bytes(const checkpoint::NamedTensors& state) {
  double total = 0;
  for (const auto& [name, tensor] : state)
    total += tensor.dim() > 1 ? static_cast<double>(tensor.numel() + 4 * tensor.size(0))
                              : static_cast<double>(tensor.nbytes());
  return total;
}

Figures measure(models::Model& model, const std::string& name, const models::Task& task,
                const BenchmarkOptions& options) {
  const c10::InferenceMode inference;
  model.eval();
  Figures figures{.name = name, .cost = models::measure_cost(model, task)};
  for (const auto& [key, tensor] : checkpoint::state_of(model)) {
    figures.fp32_bytes += static_cast<double>(tensor.nbytes());
    figures.bf16_bytes += static_cast<double>(tensor.nbytes()) / (tensor.is_floating_point() ? 2 : 1);
  }
  figures.int8_bytes = int8_bytes(checkpoint::state_of(model));
  figures.gzip_bytes = gzip_bytes(checkpoint::state_of(model));
  const torch::Tensor batch = torch::rand({options.batch_size, task.channels, task.height, task.width})
                                  .contiguous(torch::MemoryFormat::ChannelsLast);
  const models::MeasuringTime time{.seconds = options.seconds, .most_calls = SIZE_MAX};
  const std::vector<double> latencies = models::measure_latency(model, task, time);
  figures.p50_ms = models::quantile(latencies, 0.5);
  figures.p99_ms = models::quantile(latencies, 0.99);
  stop_if_asked();

  reset_memory_peak();
  const auto before = static_cast<double>(resident_memory());
  const auto joules = package_joules();
  const std::vector<double> times = models::time_calls([&] { model.forward(batch); }, time);
  stop_if_asked();
  const auto joules_after = package_joules();
  figures.peak_bytes = std::max(0.0, static_cast<double>(memory_peak()) - before);
  double milliseconds = 0;
  for (const double each : times) milliseconds += each;
  const double images = static_cast<double>(options.batch_size) * static_cast<double>(times.size());
  figures.images_per_second = 1000 * images / milliseconds;
  if (joules && joules_after && *joules_after > *joules)
    figures.joules_per_image = (*joules_after - *joules) / images;
  return figures;
}

struct Row {
  std::string name;
  std::function<double(const Figures&)> value;
  std::function<std::string(double)> text;
  bool more_is_better = false;
};

std::vector<Row> rows(int64_t batch_size) {
  const auto count = [](double value) { return human_count(static_cast<uint64_t>(value)); };
  const auto bytes = [](double value) { return human_bytes(static_cast<uint64_t>(value)); };
  const auto milliseconds = [](double value) { return fmt::format("{:.3f} ms", value); };
  return {
      {"parameters", [](const Figures& f) { return static_cast<double>(f.cost.parameters); }, count},
      {"FLOPs/picture", [](const Figures& f) { return static_cast<double>(f.cost.forward_flops); }, count},
      {"size fp32", [](const Figures& f) { return f.fp32_bytes; }, bytes},
      {"size bf16", [](const Figures& f) { return f.bf16_bytes; }, bytes},
      {"size int8", [](const Figures& f) { return f.int8_bytes; }, bytes},
      {"size fp32, gzip", [](const Figures& f) { return f.gzip_bytes; }, bytes},
      {"memory of a batch", [](const Figures& f) { return f.peak_bytes; }, bytes},
      {"latency p50, batch 1", [](const Figures& f) { return f.p50_ms; }, milliseconds},
      {"latency p99, batch 1", [](const Figures& f) { return f.p99_ms; }, milliseconds},
      {fmt::format("pictures/s, batch {}", batch_size), [](const Figures& f) { return f.images_per_second; },
       [](double value) { return fmt::format("{:.0f}", value); }, /*more_is_better=*/true}};
}

// Networks side by side; with two or more, how much better the last is than the first.
std::string benchmark_table(const std::vector<Figures>& networks, int64_t batch_size, bool is_unicode) {
  constexpr size_t kLongestName = 16;
  std::vector<std::vector<std::string>> cells = {{""}};
  for (const Figures& network : networks) cells[0].push_back(printable(network.name, kLongestName));
  if (networks.size() > 1) cells[0].emplace_back("ratio");
  for (const Row& row : rows(batch_size)) {
    cells.push_back({row.name});
    for (const Figures& network : networks) cells.back().push_back(row.text(row.value(network)));
    const double first = row.value(networks.front()), last = row.value(networks.back());
    const double ratio = row.more_is_better ? last / first : first / last;
    if (networks.size() > 1 && first > 0 && last > 0) cells.back().push_back(fmt::format("{:.1f}x", ratio));
  }
  std::vector<size_t> right(cells[0].size() - 1);
  std::iota(right.begin(), right.end(), size_t{1});
  return text_table(cells, {.right = right, .is_unicode = is_unicode});
}

nlohmann::ordered_json figures_json(const Figures& figures) {
  nlohmann::ordered_json json = {
      {"parameters", figures.cost.parameters},    {"forward_flops", figures.cost.forward_flops},
      {"bytes_fp32", figures.fp32_bytes},         {"bytes_bf16", figures.bf16_bytes},
      {"bytes_int8", figures.int8_bytes},         {"bytes_fp32_gzip", figures.gzip_bytes},
      {"batch_memory_bytes", figures.peak_bytes}, {"latency_p50_ms", figures.p50_ms},
      {"latency_p99_ms", figures.p99_ms},         {"images_per_second", figures.images_per_second}};
  if (figures.joules_per_image) json["joules_per_image"] = *figures.joules_per_image;
  return json;
}

}  // namespace

void benchmark(const Invocation& invocation) {
  const auto options = BenchmarkOptions::from(invocation.config);
  if (options.num_threads > 0) at::set_num_threads(options.num_threads);
  const data::PictureShape shape = data::picture_shape(options.data.name);
  const models::Task task{.channels = shape.channels,
                          .height = shape.height,
                          .width = shape.width,
                          .num_classes = shape.num_classes};
  std::vector<Figures> networks;
  nlohmann::ordered_json results;
  for (const std::string& path : options.checkpoints) {
    const WeightsFile file = read_weights_file(path, invocation.console);
    const auto network = trainer::load_network(file.weights, file.path,
                                               {.architecture = options.architecture,
                                                .key = "architecture",
                                                .is_fallback = options.checkpoints.size() > 1},
                                               task, options.data.normalization);
    networks.push_back(measure(*network.model, network.architecture.label(), task, options));
    results[path] = figures_json(networks.back());
  }
  write_file_atomically(invocation.run_directory / "results.json", results.dump(2) + "\n");
  invocation.console.say(benchmark_table(networks, options.batch_size, invocation.console.has_unicode()));
  std::string why_not;
  if (!package_joules(&why_not)) {
    invocation.console.say(fmt::format("energy: not measured, {}", why_not));
  } else {
    for (const Figures& network : networks)
      if (network.joules_per_image)
        invocation.console.say(fmt::format("energy of a picture, {}: {:.3g} mJ", network.name,
                                           1000 * *network.joules_per_image));
  }
  invocation.console.say(
      fmt::format("{} threads of one operation; {} s a measurement", at::get_num_threads(), options.seconds));
}

}  // namespace retort::apps
