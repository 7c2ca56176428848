// SPDX-License-Identifier: MIT
#include "retort/trainer/options.h"

#include <gtest/gtest.h>

#include "retort/config/yaml_reader.h"
#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/trainer/callback_options.h"
#include "retort/trainer/checkpoint_name.h"

namespace retort::trainer {
namespace {

config::Node shipped(const std::string& file) {
  const std::string path = std::string(RETORT_SOURCE_DIR) + "/conf/" + file;
  return config::read_yaml(read_file(path, 1 << 20, ExitCode::data), path);
}

// The shipped defaults with some keys changed.
TrainerOptions options_with(const std::vector<std::pair<std::string, config::Node>>& changes) {
  config::Node node = shipped("trainer/default.yaml");
  for (const auto& [key, value] : changes) node.set(key, value);
  return TrainerOptions::from(node);
}

std::string refusal_of(const std::vector<std::pair<std::string, config::Node>>& changes) {
  try {
    options_with(changes);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
}

template <class T>
config::Node node(T value) {
  return config::Node(value);
}

TEST(TrainerOptions, DefaultsAreLightnings) {
  const TrainerOptions options = options_with({});
  EXPECT_EQ(options.max_steps, -1);
  EXPECT_EQ(options.val_check_interval.share, 1.0);
  EXPECT_EQ(options.check_val_every_n_epoch, 1);
  EXPECT_EQ(options.num_sanity_val_steps, 2);
  EXPECT_EQ(options.log_every_n_steps, 50);
  EXPECT_EQ(options.accumulate_grad_batches, 1);
  EXPECT_EQ(options.gradient_clip_val, std::nullopt);
  EXPECT_EQ(options.precision, Precision::float32);
  EXPECT_FALSE(options.deterministic || options.detect_anomaly || options.is_dev_run ||
               options.is_overfitting);
}

TEST(TrainerOptions, ProcessesAreOneOrWhatALauncherStartedUnlessSaid) {
  EXPECT_EQ(options_with({}).devices, std::nullopt);
  EXPECT_EQ(options_with({}).num_nodes, 1);
  const TrainerOptions options = options_with({{"devices", node(4)},
                                               {"num_nodes", node(2)},
                                               {"strategy", node("ddp")},
                                               {"sync_batchnorm", node(true)},
                                               {"peer_timeout", node(5)}});
  EXPECT_EQ(options.devices, 4);
  EXPECT_EQ(options.num_nodes, 2);
  EXPECT_TRUE(options.sync_batchnorm);
  EXPECT_EQ(options.peer_timeout_seconds, 5);
  EXPECT_NE(refusal_of({{"devices", node(0)}}), "");
  EXPECT_NE(refusal_of({{"devices", node("two")}}), "");
  EXPECT_NE(refusal_of({{"strategy", node("fsdp")}}), "");
  EXPECT_NE(refusal_of({{"sync_batchnorm", node(true)}, {"precision", node("64-true")}}), "");
}

TEST(TrainerOptions, AFastDevRunIsAFewBatchesOfEverythingAndKeepsNothing) {
  EXPECT_FALSE(options_with({{"fast_dev_run", node(0)}}).is_dev_run);
  for (const auto& [value, batches] : {std::pair{node(true), 1}, std::pair{node(3), 3}}) {
    const TrainerOptions options = options_with({{"fast_dev_run", value}});
    EXPECT_TRUE(options.is_dev_run);
    EXPECT_EQ(options.max_epochs, 1);
    EXPECT_EQ(options.max_steps, batches);
    EXPECT_EQ(options.limit_train_batches.of(100), batches);
    EXPECT_EQ(options.limit_test_batches.of(100), batches);
    EXPECT_FALSE(options.enable_checkpointing || options.enable_logging);
  }
}

TEST(TrainerOptions, OverfittingLimitsTrainingAndValidationAlike) {
  const TrainerOptions options = options_with({{"overfit_batches", node(0.25)}});
  EXPECT_TRUE(options.is_overfitting);
  EXPECT_EQ(options.limit_train_batches.of(100), 25);
  EXPECT_EQ(options.limit_val_batches.of(40), 10);
  EXPECT_EQ(options_with({{"overfit_batches", node(1)}}).limit_train_batches.of(100), 1);
}

TEST(TrainerOptions, BarebonesLeavesOutAllThatIsNotTraining) {
  const TrainerOptions options = options_with({{"barebones", node(true)}});
  EXPECT_FALSE(options.enable_checkpointing || options.enable_logging || options.enable_progress_bar ||
               options.enable_model_summary);
  EXPECT_EQ(options.num_sanity_val_steps, 0);
}

TEST(TrainerOptions, WhatCannotStandTogetherIsRefused) {
  EXPECT_NE(refusal_of({{"max_epochs", node(-1)}}).find("never end"), std::string::npos);
  EXPECT_EQ(refusal_of({{"max_epochs", node(-1)}, {"max_steps", node(5)}}), "");
  EXPECT_NE(refusal_of({{"max_epochs", node(0)}}), "");
  EXPECT_NE(refusal_of({{"max_epochs", node(2)}, {"min_epochs", node(3)}}).find("min_epochs"),
            std::string::npos);
  EXPECT_NE(refusal_of({{"val_check_interval", node(0)}}), "");
  EXPECT_NE(refusal_of({{"val_check_interval", node(1.5)}}), "");
  EXPECT_NE(refusal_of({{"check_val_every_n_epoch", config::Node()}}).find("number of batches"),
            std::string::npos);
  EXPECT_EQ(refusal_of({{"check_val_every_n_epoch", config::Node()}, {"val_check_interval", node(7)}}), "");
  EXPECT_NE(refusal_of({{"gradient_clip_algorithm", node("value")}}).find("gradient_clip_val"),
            std::string::npos);
  EXPECT_NE(refusal_of({{"fast_dev_run", node(true)}, {"overfit_batches", node(1)}}), "");
  EXPECT_NE(refusal_of({{"fast_dev_run", node(true)}, {"ckpt_path", node("last")}}), "");
  EXPECT_NE(refusal_of({{"barebones", node(true)}, {"profiler", node("simple")}}), "");
  EXPECT_NE(refusal_of({{"barebones", node(true)}, {"fast_dev_run", node(true)}}), "");
  EXPECT_NE(refusal_of({{"on_nonfinite", node("rollback")}, {"enable_checkpointing", node(false)}}), "");
  EXPECT_NE(refusal_of({{"accelerator", node("tpu")}}).find("cuda"), std::string::npos);
  EXPECT_NE(refusal_of({{"max_time", node("1:00")}}).find("DD:HH:MM:SS"), std::string::npos);
}

TEST(Precision, TakesLightningsNamesAndRefusesWhatTheMachineLacks) {
  const auto cpu = Accelerator::cpu, cuda = Accelerator::cuda;
  EXPECT_EQ(supported_precision("64", cpu, false), Precision::float64);
  EXPECT_EQ(supported_precision("64-true", cpu, false), Precision::float64);
  EXPECT_EQ(supported_precision("32", cpu, false), Precision::float32);
  EXPECT_EQ(supported_precision("bf16", cpu, true), Precision::bf16_mixed);
  EXPECT_EQ(supported_precision("bf16-true", cpu, true), Precision::bf16_true);
  for (const char* name : {"16", "16-mixed", "16-true", "bf16-mixed", "bf16-true"})
    EXPECT_THROW(supported_precision(name, cpu, /*cpu_has_bfloat16=*/false), Error) << name;
  EXPECT_THROW(supported_precision("16-mixed", cpu, true), Error);
  for (const char* name : {"16", "16-mixed"})
    EXPECT_EQ(supported_precision(name, cuda, /*cpu_has_bfloat16=*/false), Precision::float16_mixed);
  EXPECT_EQ(supported_precision("bf16", cuda, /*cpu_has_bfloat16=*/false), Precision::bf16_mixed);
  EXPECT_THROW(supported_precision("16-true", cuda, true), Error);
}

std::string refusal_of_accelerator(const std::string& name, const CudaSupport& support) {
  try {
    choose_accelerator(name, support);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
}

TEST(Accelerator, IsAGpuWhereBuildAndMachineHaveOneAndElseSaysWhatIsMissing) {
  const CudaSupport none{}, no_gpu{.is_built = true, .gpus = 0}, one{.is_built = true, .gpus = 1};
  EXPECT_EQ(choose_accelerator("auto", one), Accelerator::cuda);
  EXPECT_EQ(choose_accelerator("cuda", one), Accelerator::cuda);
  EXPECT_EQ(choose_accelerator("gpu", one), Accelerator::cuda);
  EXPECT_EQ(choose_accelerator("cpu", one), Accelerator::cpu);
  EXPECT_EQ(choose_accelerator("auto", no_gpu), Accelerator::cpu);
  EXPECT_EQ(choose_accelerator("auto", none), Accelerator::cpu);
  EXPECT_NE(refusal_of_accelerator("cuda", none).find("this build"), std::string::npos);
  EXPECT_NE(refusal_of_accelerator("cuda", no_gpu).find("this machine"), std::string::npos);
  EXPECT_NE(refusal_of_accelerator("gpu", none).find("trainer.accelerator=gpu"), std::string::npos);
}

TEST(Accelerator, GivesEachProcessOfAMachineItsOwnGpu) {
  const CudaSupport one{.is_built = true, .gpus = 1}, two{.is_built = true, .gpus = 2};
  EXPECT_EQ(gpu_of(/*local_rank=*/0, /*local_size=*/2, two), 0);
  EXPECT_EQ(gpu_of(1, 2, two), 1);
  EXPECT_EQ(gpu_of(3, 4, one), 0);  // a launcher that shows each process but its own
  EXPECT_THROW(gpu_of(0, 3, two), Error);
  EXPECT_NO_THROW(check_gpus(2, two));
  try {
    check_gpus(3, two);
    ADD_FAILURE();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    EXPECT_NE(std::string(error.what()).find("3 processes take a GPU each, and there are 2"),
              std::string::npos);
  }
}

TEST(Duration, IsDaysHoursMinutesAndSeconds) {
  EXPECT_EQ(parse_duration("00:00:00:05"), 5.0);
  EXPECT_EQ(parse_duration("1:2:3:4"), 86400.0 + 2 * 3600 + 3 * 60 + 4);
  for (const char* text : {"", "5", "1:2:3", "1:2:3:4:5", "1:2:3:4 ", "a:0:0:0", "-1:0:0:0", "1::0:0"})
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
}

TEST(CheckpointName, HoldsValuesAndNeverAFolder) {
  const std::vector<std::pair<std::string, double>> metrics = {{"val/accuracy_top1", 0.91279}};
  EXPECT_EQ(checkpoint_name("{epoch}-{step}", 3, 20, metrics), "epoch=3-step=20");
  EXPECT_EQ(checkpoint_name("net-{epoch:02d}-{val/accuracy_top1:.3f}", 3, 20, metrics),
            "net-epoch=03-val_accuracy_top1=0.913");
  EXPECT_THROW(checkpoint_name("{val/loss}", 3, 20, metrics), Error);
  for (const char* pattern : {"", "a/b", "../{epoch}", "{epoch", "epoch}", "{}", "{{epoch}}", "{epoch:.3f}",
                              "{val/loss:s}", "last", "best", "step-00000001", ".hidden"})
    EXPECT_NE(checkpoint_name_problem(pattern), "") << pattern;
  EXPECT_EQ(checkpoint_name_problem("{epoch:03d}-{val/loss:.4f}"), "");
}

std::string callback_refusal(const std::string& file, const std::string& key, const config::Node& value) {
  config::Node node = shipped("callbacks/" + file + ".yaml");
  node.set(file + "." + key, value);
  try {
    CallbacksOptions::from(node);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

TEST(CallbacksOptions, EveryShippedFileIsTaken) {
  for (const char* name :
       {"model_checkpoint", "early_stopping", "ema_weight_averaging", "learning_rate_monitor",
        "learning_rate_finder", "batch_size_finder", "timer", "throughput_monitor", "device_stats_monitor"})
    EXPECT_NO_THROW(CallbacksOptions::from(shipped("callbacks/" + std::string(name) + ".yaml"))) << name;
  EXPECT_EQ(callback_refusal("stochastic_weight_averaging", "swa_lrs", node(0.05)), "");
}

TEST(CallbacksOptions, ABatchSizeFinderHasLightningsDefaults) {
  const auto options = *CallbacksOptions::from(shipped("callbacks/batch_size_finder.yaml")).batch_size_finder;
  EXPECT_FALSE(options.is_binsearch);
  EXPECT_EQ(options.steps_per_trial, 3);
  EXPECT_EQ(options.init_val, 2);
  EXPECT_EQ(options.max_trials, 25);
  EXPECT_EQ(options.margin, 0.05);
  EXPECT_EQ(options.max_val, 8192);
  EXPECT_EQ(callback_refusal("batch_size_finder", "mode", node("binsearch")), "");
  EXPECT_NE(callback_refusal("batch_size_finder", "mode", node("fast")).find("binsearch"), std::string::npos);
  EXPECT_NE(callback_refusal("batch_size_finder", "init_val", node(9000)).find("max_val"), std::string::npos);
  EXPECT_NE(callback_refusal("batch_size_finder", "margin", node(1.0)), "");
}

TEST(CallbacksOptions, TheTestSetChoosesNothing) {
  EXPECT_NE(callback_refusal("early_stopping", "monitor", node("test/loss")), "");
  EXPECT_NE(callback_refusal("model_checkpoint", "monitor", node("test/accuracy_top1")), "");
}

TEST(CallbacksOptions, AMomentForCheckpointsIsGivenOnce) {
  EXPECT_EQ(callback_refusal("model_checkpoint", "every_n_train_steps", node(5)), "");
  config::Node both = shipped("callbacks/model_checkpoint.yaml");
  both.set("model_checkpoint.every_n_train_steps", node(5));
  both.set("model_checkpoint.every_n_epochs", node(1));
  EXPECT_THROW(CallbacksOptions::from(both), Error);
  EXPECT_NE(callback_refusal("model_checkpoint", "filename", node("a/b")), "");
}

}  // namespace
}  // namespace retort::trainer
