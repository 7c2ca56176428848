// SPDX-License-Identifier: MIT
#include "retort/data/options.h"

#include "retort/config/yaml_reader.h"
#include "support.h"

namespace retort::data {
namespace {

config::Node group(const std::string& name) {
  const std::string file = "conf/data/" + name + ".yaml";
  return config::read_yaml(read(std::filesystem::path(RETORT_SOURCE_DIR) / file), file);
}

std::string refusal(const std::string& key, config::Node value) {
  config::Node node = group("cifar10");
  node.put(key, std::move(value));
  return error_of(ExitCode::config, [&] { DataOptions::from(node); });
}

TEST(DataOptions, ReadsTheGroupsOfTheConfiguration) {
  const DataOptions cifar10 = DataOptions::from(group("cifar10"));
  EXPECT_EQ(cifar10.name, "cifar10");
  EXPECT_EQ(cifar10.augmentation.num_views(), 162);
  EXPECT_EQ(cifar10.normalization.std, (std::vector<double>{0.2470, 0.2435, 0.2616}));
  EXPECT_FALSE(cifar10.download);
  EXPECT_EQ(cifar10.sha256, "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd");

  const DataOptions mnist = DataOptions::from(group("mnist"));
  EXPECT_EQ(mnist.augmentation.num_views(), 1) << "crop_padding counts only when there are crops";
  EXPECT_FALSE(mnist.url);
}

TEST(DataOptions, RefusesWhatIsOutOfRangeOrUnknown) {
  EXPECT_NE(refusal("name", config::Node("cifar1")).find("cifar10"), std::string::npos);
  EXPECT_NE(refusal("augmentation", config::Node("cropflip")).find("crop_flip"), std::string::npos);
  refusal("batch_size", config::Node(0));
  refusal("crop_padding", config::Node(-1));
  refusal("crop_padding", config::Node(1000));
  refusal("loader_threads", config::Node(-1));
  refusal("validation_size", config::Node(-5));
  refusal("sha256", config::Node("c4a38c50"));
  refusal("std", config::Node(config::Node::List{config::Node(1.0), config::Node(1.0), config::Node(0.0)}));
  refusal("std", config::Node(config::Node::List{config::Node(1.0)}));
  EXPECT_NE(refusal("bacth_size", config::Node(1)).find("batch_size"), std::string::npos);
}

}  // namespace
}  // namespace retort::data
