// SPDX-License-Identifier: MIT
#include "retort/models/summary.h"

#include <gtest/gtest.h>

namespace retort::models {
namespace {

// As torch.utils.flop_counter counts them: tests/parity/models/flops.py prints these.
TEST(MeasureCost, CountsTheFlopsThatPyTorchCounts) {
  const Task cifar;
  const Task imagenet{.height = 224, .width = 224, .num_classes = 1000};
  const Task mnist{.channels = 1, .height = 28, .width = 28};
  const auto flops = [](const Architecture& architecture, const Task& task) {
    return measure_cost(*make_model(architecture, task), task).forward_flops;
  };
  EXPECT_EQ(flops({.name = "resnet18"}, cifar), 1'110'845'440);
  EXPECT_EQ(flops({.name = "resnet50"}, cifar), 2'595'659'776);
  EXPECT_EQ(flops({.name = "resnet20"}, cifar), 81'626'368);
  EXPECT_EQ(flops({.name = "resnet18", .stem = "imagenet"}, imagenet), 3'628'146'688);
  EXPECT_EQ(flops({.name = "mlp", .widths = {800, 800}}, mnist), 2 * (784 * 800 + 800 * 800 + 800 * 10));
}

TEST(MeasureCost, CountsParametersAndWhatIsStored) {
  const Task task{.channels = 1, .height = 2, .width = 2, .num_classes = 3};
  const auto mlp = make_model({.name = "mlp", .widths = {5}}, task);
  mlp->parameters()[0].set_requires_grad(false);  // a frozen network has its parameters still
  const Cost cost = measure_cost(*mlp, task);
  EXPECT_EQ(cost.parameters, 4 * 5 + 5 + 5 * 3 + 3);
  EXPECT_EQ(cost.parameter_bytes, 4 * cost.parameters);
  // Batch normalisation keeps mean, deviation and an int64 count in 9 layers of 7 x 16, 32 and 64 channels.
  const auto resnet = make_model({.name = "resnet8"}, {});
  const int64_t channels = 3 * 16 + 3 * 32 + 3 * 64;
  EXPECT_EQ(measure_cost(*resnet, {}).parameter_bytes, 4 * (78'042 + 2 * channels) + 9 * 8);
}

TEST(MeasureCost, LeavesTheNetworkAsItWas) {
  const auto model = make_model({.name = "resnet8"}, {});
  const torch::Tensor mean = model->named_buffers()["bn1.running_mean"];
  measure_cost(*model, {});
  EXPECT_TRUE(model->is_training());
  EXPECT_TRUE(torch::equal(mean, torch::zeros_like(mean)));
  model->eval();
  measure_cost(*model, {});
  EXPECT_FALSE(model->is_training());
}

const SummaryRow kTeacher{"teacher", "resnet50", {23'520'842, 94'296'000, 2'595'600'000}};
const SummaryRow kStudent{"student", "resnet18", {11'173'962, 44'734'000, 1'110'800'000}};

TEST(SummaryTable, SetsTeacherAndStudentSideBySide) {
  EXPECT_EQ(summary_table({kTeacher, kStudent}, /*is_unicode=*/false),
            "network            architecture  parameters      size  FLOPs/picture\n"
            "--------------------------------------------------------------------\n"
            "teacher            resnet50         23.52 M  89.9 MiB         2.60 G\n"
            "student            resnet18         11.17 M  42.7 MiB         1.11 G\n"
            "teacher / student                      2.1x      2.1x           2.3x");
}

TEST(SummaryTable, HasNoRatioForOneNetwork) {
  EXPECT_EQ(summary_table({kStudent}, /*is_unicode=*/false),
            "network  architecture  parameters      size  FLOPs/picture\n"
            "----------------------------------------------------------\n"
            "student  resnet18         11.17 M  42.7 MiB         1.11 G");
}

TEST(SummaryTable, AddsTheTeachersOfAnEnsembleUp) {
  const std::string table = summary_table({kTeacher, kTeacher, kStudent}, /*is_unicode=*/false);
  EXPECT_TRUE(table.ends_with("\nteachers / student                      4.2x      4.2x           4.7x"))
      << table;
}

TEST(SummaryTable, StaysWithinEightyColumns) {
  const Architecture deep{.name = "mlp", .widths = std::vector<int64_t>(64, 65'536)};
  const std::string table =
      summary_table({{"teacher", deep.label(), {999'999'999'999, 1023ll << 40, 999'999'999'999}}, kStudent},
                    /*is_unicode=*/false);
  for (size_t start = 0; start < table.size();) {
    const size_t end = std::min(table.find('\n', start), table.size());
    EXPECT_LE(end - start, 80u) << table;
    start = end + 1;
  }
}

}  // namespace
}  // namespace retort::models
