// SPDX-License-Identifier: MIT
#include "retort/trainer/teacher_form.h"

#include <chrono>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/sha256.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/data/loader.h"
#include "retort/methods/table_teacher.h"
#include "retort/models/inference.h"
#include "retort/trainer/teachers.h"

namespace retort::trainer {
namespace {

// Views that cannot be counted, or so many that nobody fills the table: beyond it the teacher stays live.
constexpr uint64_t kLargestTable = uint64_t{32} << 30;

torch::Dtype choose_dtype(const TrainingOptions& options, Console& console) {
  using methods::TeacherPrecision;
  const bool wants_narrow = options.teacher.precision == TeacherPrecision::as_trainer
                                ? options.trainer.precision == Precision::bf16_mixed
                                : options.teacher.precision == TeacherPrecision::bfloat16;
  if (!wants_narrow) return torch::kFloat32;
  if (models::has_fast_bfloat16()) return torch::kBFloat16;
  console.say("teacher: float32, since this CPU has no bfloat16 arithmetic");
  return torch::kFloat32;
}

std::string sha256_of_pictures(const data::Dataset& dataset) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(dataset.images)));
  return hash.hex();
}

// All that an answer depends on. The file's hash stands for the weights and the architecture.
methods::TableKey key_of(const TrainingOptions& options, const std::string& weights_sha256,
                         const std::string& pictures_sha256, torch::Dtype dtype,
                         const data::DataModule& data) {
  const data::Augmentation& views = options.data.augmentation;
  const nlohmann::json description = {
      {"weights", weights_sha256},       {"arithmetic", dtype == torch::kFloat32 ? "float32" : "bfloat16"},
      {"data", data.train.name},         {"pictures", pictures_sha256},
      {"mean", data.normalization.mean}, {"std", data.normalization.std},
      {"crop_padding", views.padding},   {"flip", views.flip}};
  return {.description = description.dump(),
          .samples = data.train.size(),
          .views = views.num_views(),
          .classes = data.train.num_classes(),
          .half = options.teacher.half_rows};
}

std::vector<methods::TeacherTable> open_tables(const TrainingOptions& options, const data::DataModule& data,
                                               torch::Dtype dtype, Console& console) {
  std::vector<methods::TeacherTable> tables;
  const std::string pictures = sha256_of_pictures(data.train);
  for (const std::string& file : options.teacher.checkpoints) {
    const methods::TableKey key =
        key_of(options, sha256_of_file(file, ExitCode::checkpoint), pictures, dtype, data);
    if (key.file_bytes() > kLargestTable) {
      console.say(fmt::format("teacher: asked live, since a table of {} views of {} pictures would take {}",
                              key.views, key.samples, human_bytes(key.file_bytes())));
      return {};
    }
    tables.emplace_back(options.teacher.table, key);
    console.say(fmt::format("teacher table: {}", printable(tables.back().path().string())));
  }
  return tables;
}

// How far a stored row may be from the live answer: what rounding makes, several times over.
double audit_tolerance(torch::Dtype dtype, bool half_rows) {
  if (dtype == torch::kBFloat16) return 0.05;
  return half_rows ? 4e-3 : 1e-3;
}

}  // namespace

std::unique_ptr<methods::Teacher> make_live_teacher(const TrainingOptions& options,
                                                    const std::vector<LoadedNetwork>& networks,
                                                    Console& console) {
  const torch::Dtype dtype = choose_dtype(options, console);
  std::vector<models::InferenceModel> frozen;
  for (const LoadedNetwork& network : networks) frozen.emplace_back(network.model, dtype);
  return methods::make_network_teacher(std::move(frozen));
}

std::unique_ptr<methods::Teacher> make_teacher(const TrainingOptions& options,
                                               const std::vector<LoadedNetwork>& networks,
                                               const data::DataModule& data, Console& console) {
  const torch::Dtype dtype = choose_dtype(options, console);
  std::vector<models::InferenceModel> frozen;
  for (const LoadedNetwork& network : networks) frozen.emplace_back(network.model, dtype);
  auto live = methods::make_network_teacher(std::move(frozen));
  if (options.teacher.table.empty()) return live;
  auto tables = open_tables(options, data, dtype, console);
  if (tables.empty()) return live;
  const auto samples = static_cast<int64_t>(data.train_ids.size());
  const int64_t batches = (samples + options.data.batch_size - 1) / options.data.batch_size;
  return methods::make_table_teacher(std::move(live), std::move(tables),
                                     {.every_batches = options.teacher.audit_rows > 0 ? batches : 0,
                                      .rows = options.teacher.audit_rows,
                                      .tolerance = audit_tolerance(dtype, options.teacher.half_rows),
                                      .seed = options.seed});
}

void cache_teacher(const TrainingOptions& options, const data::DataModule& data, Console& console) {
  if (options.teacher.table.empty())
    throw Error(ExitCode::config, "teacher.table=null: give the folder that shall hold the table");
  if (options.trainer.num_threads > 0) at::set_num_threads(options.trainer.num_threads);
  const auto networks = load_teachers(options, data, console);
  const auto teacher = make_teacher(options, networks, data, console);
  const int64_t drawn = options.data.augmentation.drawn_views;
  data::Loader loader(data.train, data.train_ids, data.normalization,
                      {.batch_size = options.data.batch_size,
                       .augmentation = options.data.augmentation,
                       .every_view = drawn == 0,
                       .seed = options.seed,
                       .threads = options.data.loader_threads});
  const int64_t rounds = drawn > 0 ? drawn : options.data.augmentation.num_views();
  const int64_t batches = rounds * loader.batches_per_epoch();
  const auto start = std::chrono::steady_clock::now();
  int64_t done = 0;
  for (int64_t round = 0; round < rounds; ++round) {
    loader.start_epoch(round);
    while (const auto batch = loader.next()) {
      if (stop_requested())
        throw Error(ExitCode::interrupted,
                    fmt::format("stopped by a signal after {} of {} batches; the same command goes on", done,
                                batches));
      teacher->answer(*batch);
      ++done;
      const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start;
      console.set_live_line(fmt::format(
          "view {} of {}, batch {} of {}, {} left", round + 1, rounds, done, batches,
          human_duration(elapsed.count() / static_cast<double>(done) * static_cast<double>(batches - done))));
    }
  }
  console.clear_live_line();
  console.say(fmt::format("the table holds {} of each of {} training pictures",
                          rounds == 1 ? "the one view" : fmt::format("{} views", rounds),
                          loader.samples_per_epoch()));
}

}  // namespace retort::trainer
