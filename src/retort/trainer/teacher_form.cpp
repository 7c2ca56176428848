// SPDX-License-Identifier: MIT
#include "retort/trainer/teacher_form.h"

#include <algorithm>
#include <chrono>

#include <ATen/Parallel.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "retort/core/error.h"
#include "retort/core/sha256.h"
#include "retort/core/stop.h"
#include "retort/core/text.h"
#include "retort/data/loader.h"
#include "retort/methods/recorded_teacher.h"
#include "retort/methods/table_teacher.h"
#include "retort/metrics/quality.h"
#include "retort/models/inference.h"
#include "retort/trainer/autocast.h"
#include "retort/trainer/loaders.h"
#include "retort/trainer/placement.h"
#include "retort/trainer/teachers.h"

namespace retort::trainer {
namespace {

// Views that cannot be counted, or so many that nobody fills the table: beyond it the teacher stays live.
constexpr uint64_t kLargestTable = uint64_t{32} << 30;

/// What the frozen networks compute in.
enum class Arithmetic { float32, bfloat16, int8 };

Arithmetic choose_arithmetic(const TrainingOptions& options, Console& console) {
  using methods::TeacherPrecision;
  TeacherPrecision wanted = options.teacher.precision;
  if (wanted == TeacherPrecision::as_trainer)
    wanted = teacher_precision(options.trainer.precision) == Precision::float32 ? TeacherPrecision::float32
                                                                                : TeacherPrecision::bfloat16;
  const bool is_gpu = options.trainer.accelerator == Accelerator::cuda;
  if (wanted == TeacherPrecision::int8 && !is_gpu && models::has_fast_int8()) return Arithmetic::int8;
  if (wanted == TeacherPrecision::bfloat16 && (is_gpu || models::has_fast_bfloat16()))
    return Arithmetic::bfloat16;
  if (wanted != TeacherPrecision::float32)
    console.say(fmt::format("teacher: float32, since {}{} arithmetic",
                            is_gpu ? "a GPU is not asked for " : "this CPU has no ",
                            wanted == TeacherPrecision::int8 ? "int8" : "bfloat16"));
  return Arithmetic::float32;
}

std::string_view name_of(Arithmetic arithmetic) {
  switch (arithmetic) {
    case Arithmetic::float32:
      return "float32";
    case Arithmetic::bfloat16:
      return "bfloat16";
    case Arithmetic::int8:
      return "int8";
  }
  return "";
}

// The first training pictures, as they are: whatever a run's seed is, a teacher in int8 is the same.
std::vector<torch::Tensor> calibration_pictures(const data::DataModule& data) {
  constexpr int64_t kPictures = 512, kBatch = 16;
  std::vector<int64_t> ids = all_ids(data.train);
  ids.resize(static_cast<size_t>(std::min(kPictures, data.train.size())));
  data::Loader loader(data.train, std::move(ids), data.normalization, {.batch_size = kBatch, .threads = 0});
  loader.start_epoch(0);
  std::vector<torch::Tensor> batches;
  while (auto batch = loader.next()) batches.push_back(batch->images);
  return batches;
}

// What int8 makes of a teacher is seen before it teaches.
models::InferenceModel freeze_in_int8(const LoadedNetwork& network, const data::DataModule& data,
                                      Console& console) {
  constexpr double kLeastAgreement = 0.995;
  const std::vector<torch::Tensor> pictures = calibration_pictures(data);
  models::InferenceModel exact(network.model, torch::kFloat32);
  models::InferenceModel rounded = models::InferenceModel::in_int8(network.model, pictures);
  std::vector<torch::Tensor> exact_logits, rounded_logits;
  for (const torch::Tensor& batch : pictures) {
    exact_logits.push_back(exact.forward(batch));
    rounded_logits.push_back(rounded.forward(batch));
  }
  const torch::Tensor truth = torch::cat(exact_logits);
  const metrics::Agreement agreement = metrics::measure_agreement(torch::cat(rounded_logits), truth);
  const std::string found = fmt::format("agrees with float32 on {:.1f} % of {} training pictures, KL {:.2g}",
                                        100 * agreement.top1, truth.size(0), agreement.kl);
  if (!(agreement.top1 >= kLeastAgreement))
    throw Error(ExitCode::config,
                fmt::format("teacher.precision=int8: {} {}, less than {:.1f} %; bf16 or 32-true "
                            "keeps what it says",
                            network.architecture.label(), found, 100 * kLeastAgreement));
  console.say(fmt::format("teacher {} in int8: {}", network.architecture.label(), found));
  return rounded;
}

std::vector<models::InferenceModel> freeze(const std::vector<LoadedNetwork>& networks, Arithmetic arithmetic,
                                           const data::DataModule& data, Console& console) {
  std::vector<models::InferenceModel> frozen;
  for (const LoadedNetwork& network : networks) {
    if (arithmetic == Arithmetic::int8)
      frozen.push_back(freeze_in_int8(network, data, console));
    else
      frozen.emplace_back(network.model,
                          arithmetic == Arithmetic::bfloat16 ? torch::kBFloat16 : torch::kFloat32);
  }
  return frozen;
}

std::string sha256_of_pictures(const data::Dataset& dataset) {
  Sha256 hash;
  hash.update(std::as_bytes(std::span(dataset.images)));
  return hash.hex();
}

// All that an answer depends on. The file's hash stands for the weights and the architecture.
methods::TableKey key_of(const TrainingOptions& options, const std::string& weights_sha256,
                         const std::string& pictures_sha256, Arithmetic arithmetic,
                         const data::DataModule& data) {
  const data::Augmentation& views = options.data.augmentation;
  const nlohmann::json description = {{"weights", weights_sha256},       {"arithmetic", name_of(arithmetic)},
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
                                               Arithmetic arithmetic, Console& console) {
  std::vector<methods::TeacherTable> tables;
  const std::string pictures = sha256_of_pictures(data.train);
  for (const std::string& file : options.teacher.checkpoints) {
    const methods::TableKey key =
        key_of(options, sha256_of_file(file, ExitCode::checkpoint), pictures, arithmetic, data);
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
double audit_tolerance(Arithmetic arithmetic, bool half_rows) {
  if (arithmetic == Arithmetic::bfloat16) return 0.05;
  return half_rows ? 4e-3 : 1e-3;
}

// The views of a training picture that a run may show.
std::vector<int64_t> shown_views(const TrainingOptions& options, int64_t sample) {
  const data::Augmentation& augmentation = options.data.augmentation;
  std::vector<int64_t> views;
  for (int64_t epoch = 0; epoch < augmentation.drawn_views; ++epoch)
    views.push_back(
        augmentation.draw(options.seed, static_cast<uint64_t>(epoch), static_cast<uint64_t>(sample)));
  for (int64_t view = 0; augmentation.drawn_views == 0 && view < augmentation.num_views(); ++view)
    views.push_back(view);
  return views;
}

// On a GPU a table is of use where it is whole: who looked for what is missing would wait in each step.
std::shared_ptr<methods::Teacher> look_up_there(const TrainingOptions& options,
                                                const std::shared_ptr<methods::Teacher>& live,
                                                const std::vector<methods::TeacherTable>& tables,
                                                const data::DataModule& data, Console& console) {
  std::vector<torch::Tensor> logits;
  for (const methods::TeacherTable& table : tables) {
    const auto rows = methods::read_table(table, data.train.size(), options.data.augmentation.num_views(),
                                          options.teacher.half_rows, data.train_ids,
                                          [&](int64_t sample) { return shown_views(options, sample); });
    if (!rows) {
      console.say("teacher: asked live, since the table is not whole; `retort cache-teacher` fills it");
      return live;
    }
    logits.push_back(rows->to(enter_device(options.trainer)));
  }
  return methods::make_recorded_teachers(logits);
}

std::shared_ptr<methods::Teacher> put_before(std::shared_ptr<methods::Teacher> live,
                                             std::vector<methods::TeacherTable> tables,
                                             const TrainingOptions& options, const data::DataModule& data,
                                             Arithmetic arithmetic) {
  const auto samples = static_cast<int64_t>(data.train_ids.size());
  const int64_t batches = (samples + options.data.batch_size - 1) / options.data.batch_size;
  return methods::make_table_teacher(std::move(live), std::move(tables),
                                     {.every_batches = options.teacher.audit_rows > 0 ? batches : 0,
                                      .rows = options.teacher.audit_rows,
                                      .tolerance = audit_tolerance(arithmetic, options.teacher.half_rows),
                                      .seed = options.seed});
}

}  // namespace

FrozenTeacher make_teacher(const TrainingOptions& options, const std::vector<LoadedNetwork>& networks,
                           const data::DataModule& data, Console& console) {
  const Arithmetic arithmetic = choose_arithmetic(options, console);
  const std::shared_ptr<methods::Teacher> live =
      methods::make_network_teacher(freeze(networks, arithmetic, data, console));
  if (options.teacher.table.empty()) return {live, live};
  if (options.data.mixup_alpha > 0) {
    console.say("teacher: asked live, since mixed pictures (data.mixup_alpha) are too many for a table");
    return {live, live};
  }
  auto tables = open_tables(options, data, arithmetic, console);
  if (tables.empty()) return {live, live};
  if (options.trainer.accelerator == Accelerator::cuda)
    return {live, look_up_there(options, live, tables, data, console)};
  return {live, put_before(live, std::move(tables), options, data, arithmetic)};
}

void cache_teacher(const TrainingOptions& options, const data::DataModule& data, Console& console) {
  if (options.teacher.table.empty())
    throw Error(ExitCode::config, "teacher.table=null: give the folder that shall hold the table");
  if (options.data.mixup_alpha > 0)
    throw Error(ExitCode::config, "data.mixup_alpha: mixed pictures are too many for a table; 0 mixes none");
  if (options.trainer.num_threads > 0) at::set_num_threads(options.trainer.num_threads);
  const auto networks = load_teachers(options, data, console);
  const Arithmetic arithmetic = choose_arithmetic(options, console);
  // Batches come from the processor, which holds the table, wherever the networks lie.
  const std::shared_ptr<methods::Teacher> live =
      methods::make_remote_teacher(methods::make_network_teacher(freeze(networks, arithmetic, data, console)),
                                   enter_device(options.trainer));
  auto tables = open_tables(options, data, arithmetic, console);
  const auto teacher = tables.empty() ? live : put_before(live, std::move(tables), options, data, arithmetic);
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
