// SPDX-License-Identifier: MIT
#include "retort/config/command_line.h"

#include <gtest/gtest.h>

#include "retort/core/error.h"

namespace retort::config {
namespace {

CommandLine parse(const std::vector<std::string>& arguments) { return parse_command_line(arguments); }

std::string message_of(const std::vector<std::string>& arguments) {
  try {
    parse(arguments);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::config);
    return error.what();
  }
  return "accepted";
}

TEST(CommandLine, TakesFlagsBetweenOverrides) {
  const CommandLine line =
      parse({"-m", "train", "a=1", "--cfg", "job", "b=2", "--config-dir=extra", "-p", "data", "~c"});
  EXPECT_EQ(line.command, "train");
  EXPECT_EQ(line.overrides, (std::vector<std::string>{"a=1", "b=2", "~c"}));
  EXPECT_TRUE(line.multirun);
  EXPECT_EQ(line.show, CommandLine::Show::job);
  EXPECT_EQ(line.config_dir, "extra");
  EXPECT_EQ(line.package, "data");
}

TEST(CommandLine, InfoMayStandWithoutItsValue) {
  EXPECT_EQ(parse({"train", "--info"}).info, CommandLine::Info::all);
  EXPECT_EQ(parse({"train", "-i", "defaults-tree", "a=1"}).info, CommandLine::Info::defaults_tree);
  const CommandLine before = parse({"--info", "train", "a=1"});
  EXPECT_EQ(before.command, "train");
  EXPECT_EQ(before.info, CommandLine::Info::all);
  EXPECT_EQ(parse({"train", "--info", "a=1"}).overrides, (std::vector<std::string>{"a=1"}));
}

TEST(CommandLine, LongFlagsMayBeCutShort) {
  EXPECT_TRUE(parse({"train", "--multi", "a=1"}).multirun);
  EXPECT_NE(message_of({"--config", "x"}).find("--config-path, --config-name, --config-dir"),
            std::string::npos);
}

TEST(CommandLine, ValueMayBeGluedToAShortFlag) {
  EXPECT_EQ(parse({"train", "-pdata"}).package, "data");
  EXPECT_EQ(parse({"train", "-cjob"}).show, CommandLine::Show::job);
  EXPECT_EQ(parse({"train", "-cnother"}).config_name, "other");
  EXPECT_EQ(parse({"train", "-p=data"}).package, "data");
}

TEST(CommandLine, FlagsThatContradictEachOtherAreRefusedInOneLine) {
  const auto refusal = [](const std::vector<std::string>& arguments) -> std::string {
    try {
      check_combination(parse(arguments));
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_EQ(refusal({"train", "--help", "--version"}), "--version and --help cannot be given together");
  EXPECT_EQ(refusal({"train", "--cfg", "job", "--info"}), "--cfg and --info cannot be given together");
  EXPECT_EQ(refusal({"train", "-m", "--cfg", "job"}), "--cfg and --multirun cannot be given together");
  EXPECT_EQ(refusal({"train", "--resolve"}), "--resolve goes with --cfg or --help");
  EXPECT_EQ(refusal({"train", "-p", "data"}), "--package goes with --cfg");
  EXPECT_NE(refusal({"train", "-m", "--experimental-rerun", "x"}), "accepted");
  for (const std::vector<std::string>& sound : {std::vector<std::string>{"train", "--help", "--resolve"},
                                                {"train", "-c", "job", "-p", "data", "--resolve"},
                                                {"config", "-m", "a=1,2"},
                                                {"config", "--resolve", "-p", "data"},
                                                {"train", "-m", "seed=1,2"}})
    EXPECT_EQ(refusal(sound), "accepted");
}

TEST(CommandLine, UnknownFlagOffersWhatWasMeant) {
  EXPECT_NE(message_of({"train", "--epochs=3"}).find("Did you mean 'epochs=3'?"), std::string::npos);
  EXPECT_NE(message_of({"train", "--mutlirun"}).find("Did you mean '--multirun'?"), std::string::npos);
  EXPECT_NE(message_of({"train", "--cfg", "jib"}).find("Did you mean 'job'?"), std::string::npos);
  EXPECT_NE(message_of({"train", "--info", "confg"}).find("Did you mean 'config'?"), std::string::npos);
  EXPECT_NE(message_of({"train", "--config-name"}).find("needs NAME"), std::string::npos);
  EXPECT_NE(message_of({"train", "--help=yes"}).find("takes no value"), std::string::npos);
}

TEST(CommandLine, WithoutCommandOverridesStandAlone) {
  const CommandLine line = parse({"seed=1"});
  EXPECT_EQ(line.command, "");
  EXPECT_EQ(line.overrides.size(), 1U);
}

}  // namespace
}  // namespace retort::config
