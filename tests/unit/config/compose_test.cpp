// SPDX-License-Identifier: MIT
#include "retort/config/compose.h"

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "retort/config/merge.h"
#include "retort/config/yaml_reader.h"
#include "retort/config/yaml_writer.h"
#include "retort/core/error.h"

namespace retort::config {
namespace {

namespace fs = std::filesystem;

/// A folder of configs that vanishes with the test. tests/parity/hydra compares whole trees with Hydra
/// itself.
class Compose : public testing::Test {
 protected:
  Compose() {
    fs::remove_all(folder_);
    write("config",
          "defaults:\n  - data: cifar\n  - optional local: none\n  - _self_\nseed: 0\nlr: ${data.size}\n");
    write("data/cifar", "name: cifar\nsize: 10\nmean: [0.5, 0.5]\n");
    write("data/mnist", "name: mnist\nsize: 28\n");
    write("net/small", "# @package model\nwidth: 8\n");
  }
  ~Compose() override { fs::remove_all(folder_); }

  void write(const std::string& config, const std::string& text) {
    const fs::path file = folder_ / (config + ".yaml");
    fs::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }

  Composition composed(const std::vector<std::string>& overrides) {
    return compose({.config_path = folder_.string(), .config_name = "config", .overrides = overrides});
  }
  std::string job(const std::vector<std::string>& overrides) { return to_yaml(composed(overrides).job()); }

  std::string refusal(const std::vector<std::string>& overrides) {
    try {
      return "accepted: " + job(overrides);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::config);
      return error.what();
    }
  }

  fs::path folder_ = fs::path(testing::TempDir()) / "retort_compose_test";
};

TEST_F(Compose, FollowsTheDefaultsList) {
  EXPECT_EQ(job({"data=mnist"}), "data:\n  name: mnist\n  size: 28\nseed: 0\nlr: ${data.size}\n");
  EXPECT_EQ(to_yaml(composed({"data=mnist"}).resolved_job()),
            "data:\n  name: mnist\n  size: 28\nseed: 0\nlr: 28\n");
}

TEST_F(Compose, ChangesAddsAndRemovesValues) {
  EXPECT_EQ(job({"~seed", "lr=3", "+a.b=[1,{c:2}]", "~data"}), "lr: 3\na:\n  b:\n  - 1\n  - c: 2\n");
  EXPECT_EQ(job({"~data.mean", "~lr=10", "data.size=1", "++new=x", "++seed=1"}),
            "data:\n  name: cifar\n  size: 1\nseed: 1\nnew: x\n");
}

TEST_F(Compose, PutsGroupsIntoPackages) {
  EXPECT_EQ(job({"~data", "lr=1", "+net=small"}), "seed: 0\nlr: 1\nmodel:\n  width: 8\n");
  EXPECT_EQ(job({"~data", "lr=1", "+net@teacher.net=small"}),
            "seed: 0\nlr: 1\nteacher:\n  net:\n    width: 8\n");
}

TEST_F(Compose, FillsInHydra) {
  const Composition result = composed({"data=mnist", "hydra.run.dir=5"});
  const Node& hydra = result.hydra();
  EXPECT_EQ(hydra.select("run.dir")->as_string(), "5");  // text by Hydra's schema
  EXPECT_EQ(hydra.select("overrides.task[0]")->as_string(), "data=mnist");
  EXPECT_EQ(hydra.select("overrides.hydra[0]")->as_string(), "hydra.run.dir=5");
  EXPECT_EQ(hydra.select("runtime.choices.data")->as_string(), "mnist");
  EXPECT_EQ(hydra.select("job.override_dirname")->as_string(), "data=mnist");
  EXPECT_EQ(hydra.select("job.config_name")->as_string(), "config");
}

TEST_F(Compose, SaysWhatThereWouldBe) {
  EXPECT_EQ(refusal({"sed=1"}),
            "Could not override 'sed': there is no key 'sed'. Did you mean 'seed'?\nTo append to your config "
            "use +sed=1\n  sed=1\n  ^");
  EXPECT_NE(refusal({"data=mnits"})
                .find("Could not find 'data/mnits'. Did you mean 'mnist'?\nAvailable options in "
                      "'data':\n\tcifar\n\tmnist"),
            std::string::npos);
  EXPECT_NE(refusal({"net=small"}).find("To append to your default list use +net=small"), std::string::npos);
  EXPECT_NE(refusal({"+seed=1"}).find("an item is already at 'seed'"), std::string::npos);
  EXPECT_NE(refusal({"seed=1,2"}).find("To sweep over it, add --multirun"), std::string::npos);
  EXPECT_NE(refusal({"hydra.job.chdir=maybe"}).find("expected true or false"), std::string::npos);
  EXPECT_NE(refusal({"~hydra.job"}).find("cannot be removed"), std::string::npos);
}

TEST_F(Compose, RefusesConfigsThatAskForThemselves) {
  write("config", "defaults: [config]\n");
  EXPECT_NE(refusal({}).find("'config' asks for itself in its defaults list"), std::string::npos);
}

TEST_F(Compose, FindsConfigsOnTheSearchPath) {
  write("more/data/extra", "name: extra\n");
  EXPECT_EQ(job({"data=extra", "lr=1", "hydra.searchpath=[" + (folder_ / "more").string() + "]"}),
            "data:\n  name: extra\nseed: 0\nlr: 1\n");
}

TEST_F(Compose, FollowsOtherChoicesInTheDefaultsList) {
  // Whatever the group is called.
  write("config", "defaults:\n  - option: a\n  - other: ${option}_x\n");
  write("option/a", "x: 1\n");
  write("other/a_x", "x: 3\n");
  EXPECT_EQ(job({}), "option:\n  x: 1\nother:\n  x: 3\n");
}

TEST_F(Compose, IsBounded) {
  std::string numbers = "many:\n", entries;
  for (int i = 0; i < 9'000; ++i) numbers += "  k" + std::to_string(i) + ": 1\n";
  for (int i = 0; i < 6; ++i) {
    write("part" + std::to_string(i), numbers);
    entries += "  - part" + std::to_string(i) + "@p" + std::to_string(i) + "\n";
  }
  write("config", "defaults:\n" + entries);
  EXPECT_EQ(refusal({}), "the configuration files together hold more than 50000 values");
  write("config",
        "defaults:\n  - part0@p0\n  - part0@p1\n  - part0@p2\n  - part0@p3\n  - part0@p4\n  - part0@p5\n");
  EXPECT_EQ(refusal({}), "the configuration files together hold more than 50000 values");
  write("part0", "text: " + std::string(200'000, 'x') + "\n");
  std::string places;
  for (int i = 0; i < 12; ++i) places += "  - part0@p" + std::to_string(i) + "\n";
  write("config", "defaults:\n" + places);
  EXPECT_EQ(refusal({}), "the configuration files together hold more than 2.0 MiB of text");

  // A dictionary that is merged into what an interpolation stands for takes a copy of that.
  std::string references = "defaults:\n  - _self_\n  - over\n" + numbers, over;
  for (int i = 0; i < 6; ++i) {
    references += "a" + std::to_string(i) + ": ${many}\n";
    over += "a" + std::to_string(i) + ": {x: 1}\n";
  }
  write("config", references);
  write("over", over);
  EXPECT_NE(refusal({}).find("hold more than 50000 values"), std::string::npos);

  std::string searched;
  for (int i = 0; i < 101; ++i) searched += "a,";
  write("config", "a: 1\n");
  EXPECT_NE(refusal({"hydra.searchpath=[" + searched + "a]"}).find("more than 100 places"),
            std::string::npos);
}

TEST(Merge, GoesKeyByKeyAndReplacesLists) {
  const Node base = read_yaml("a: {b: 1, c: [1, 2]}\nd: 1\n", "a.yaml");
  EXPECT_EQ(to_yaml(merged(base, read_yaml("a: {c: [3], e: 4}\nd: ???\n", "b.yaml"))),
            "a:\n  b: 1\n  c:\n  - 3\n  e: 4\nd: 1\n");
  EXPECT_THROW(merged(base, read_yaml("a: [1]", "b.yaml")), Error);
}

}  // namespace
}  // namespace retort::config
