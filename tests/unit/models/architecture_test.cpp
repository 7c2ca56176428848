// SPDX-License-Identifier: MIT
#include "retort/models/architecture.h"

#include <gtest/gtest.h>

#include "retort/core/error.h"

namespace retort::models {
namespace {

using config::Node;

Node dict(std::vector<std::pair<std::string, Node>> items) {
  Node::Dict result;
  for (auto& [key, value] : items) result.emplace_back(key, std::move(value));
  return Node(std::move(result));
}

Node list(const std::vector<int64_t>& values) {
  Node::List result;
  for (const int64_t value : values) result.emplace_back(value);
  return Node(std::move(result));
}

// The message of the Error that `action` throws, which must have this code.
template <class Action>
std::string message_of(ExitCode code, Action action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code);
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos) << "one line";
    return error.what();
  }
  return "nothing was thrown";
}

std::string refusal(const Node& node) {
  return message_of(ExitCode::config, [&] { Architecture::from(node, "model.student"); });
}

#define EXPECT_SAYS(message, part) EXPECT_NE((message).find(part), std::string::npos) << "in: " << (message)

TEST(ArchitectureFrom, TakesANameAlone) {
  EXPECT_EQ(Architecture::from(Node("resnet18"), "model.student"), Architecture{.name = "resnet18"});
}

TEST(ArchitectureFrom, TakesADictionaryOfOptions) {
  EXPECT_EQ(
      Architecture::from(dict({{"name", Node("resnet50")}, {"stem", Node("imagenet")}}), "model.teacher"),
      (Architecture{.name = "resnet50", .stem = "imagenet"}));
  EXPECT_EQ(Architecture::from(dict({{"name", Node("mlp")},
                                     {"widths", list({1200, 1200})},
                                     {"dropout", Node(0.5)},
                                     {"input_dropout", Node(0.2)}}),
                               "model.teacher"),
            (Architecture{.name = "mlp", .widths = {1200, 1200}, .dropout = 0.5, .input_dropout = 0.2}));
}

TEST(ArchitectureFrom, OffersTheNearestNameAndTheList) {
  for (const Node& node : {Node("resnet81"), dict({{"name", Node("resnet81")}})}) {
    const std::string message = refusal(node);
    EXPECT_SAYS(message, "model.student");
    EXPECT_SAYS(message, "Did you mean 'resnet18'?");
    EXPECT_SAYS(message, "resnet32x4 mlp");
  }
}

TEST(ArchitectureFrom, RefusesAnOptionOfAnotherNetwork) {
  std::string message = refusal(dict({{"name", Node("resnet18")}, {"dropout", Node(0.5)}}));
  EXPECT_SAYS(message, "model.student.dropout");
  EXPECT_SAYS(message, "It takes: stem");
  message = refusal(dict({{"name", Node("resnet20")}, {"stem", Node("imagenet")}}));
  EXPECT_SAYS(message, "resnet20 takes no options");
  message = refusal(dict({{"name", Node("mlp")}, {"witdhs", list({800})}}));
  EXPECT_SAYS(message, "Did you mean 'widths'?");
}

TEST(ArchitectureFrom, AsksForTheWidthsOfAnMlp) {
  EXPECT_SAYS(refusal(Node("mlp")), "such as [800, 800]");
  EXPECT_SAYS(refusal(dict({{"name", Node("mlp")}})), "model.student.widths");
  EXPECT_SAYS(refusal(dict({{"name", Node("mlp")}, {"widths", list({})}})), "model.student.widths");
}

TEST(ArchitectureFrom, RefusesValuesOutOfBounds) {
  const auto mlp = [](const std::string& option, Node value) {
    return refusal(dict({{"name", Node("mlp")}, {"widths", list({8})}, {option, std::move(value)}}));
  };
  EXPECT_SAYS(mlp("dropout", Node(1.0)), "below 1");
  EXPECT_SAYS(mlp("input_dropout", Node(-0.1)), "0 or more");
  EXPECT_SAYS(mlp("dropout", Node(std::nan(""))), "dropout");
  EXPECT_SAYS(mlp("dropout", Node("much")), "dropout");
  EXPECT_SAYS(refusal(dict({{"name", Node("mlp")}, {"widths", list({8, 0})}})), "1 to 65536");
  EXPECT_SAYS(refusal(dict({{"name", Node("mlp")}, {"widths", list({65'536, 65'536})}})), "weights");
  EXPECT_SAYS(refusal(dict({{"name", Node("resnet18")}, {"stem", Node("cifar10")}})), "imagenet");
}

TEST(ArchitectureFrom, RefusesWhatIsNoArchitecture) {
  EXPECT_SAYS(refusal(Node()), "model.student");
  EXPECT_SAYS(refusal(Node(18)), "model.student");
  EXPECT_SAYS(refusal(dict({{"stem", Node("cifar")}})), "name");
}

TEST(ArchitectureJson, IsTheFormOfAFilesMetadata) {
  EXPECT_EQ((Architecture{.name = "mlp", .widths = {800, 800}}).to_json(),
            R"({"name":"mlp","widths":[800,800]})");
  EXPECT_EQ(Architecture{.name = "resnet18"}.to_json(), R"({"name":"resnet18"})");
}

TEST(ArchitectureJson, ComesBackAsItWas) {
  for (const Architecture& architecture :
       {Architecture{.name = "resnet8x4"},
        {.name = "resnet152", .stem = "imagenet"},
        {.name = "mlp", .widths = {1, 2, 3}, .dropout = 0.1, .input_dropout = 1.0 / 3}})
    EXPECT_EQ(Architecture::from_json(architecture.to_json(), "m.safetensors"), architecture);
}

TEST(ArchitectureJson, RefusesForeignAndBrokenTexts) {
  const std::string deep(10'000, '[');
  for (const std::string& text : {std::string(),
                                  std::string("resnet18"),
                                  std::string("[]"),
                                  std::string("{}"),
                                  std::string("null"),
                                  deep,
                                  std::string(100'000, ' ') + R"({"name":"resnet18"})",
                                  std::string(R"({"name":18})"),
                                  std::string(R"({"name":"resnet19"})"),
                                  std::string(R"({"name":"resnet18","stem":1})"),
                                  std::string(R"({"name":"resnet18","stem":"tpu"})"),
                                  std::string(R"({"name":"resnet18","dropout":0.5})"),
                                  std::string(R"({"name":"mlp"})"),
                                  std::string(R"({"name":"mlp","widths":8})"),
                                  std::string(R"({"name":"mlp","widths":["8"]})"),
                                  std::string(R"({"name":"mlp","widths":[-8]})"),
                                  std::string(R"({"name":"mlp","widths":[18446744073709551615]})"),
                                  std::string(R"({"name":"mlp","widths":[65536,65536]})"),
                                  std::string(R"({"name":"mlp","widths":[8],"x":1})"),
                                  std::string("{\"name\":\"\x1b[31m\"}"),
                                  std::string("{\"name\":\"\xff\"}")}) {
    const std::string message =
        message_of(ExitCode::checkpoint, [&] { Architecture::from_json(text, "m.safetensors"); });
    EXPECT_SAYS(message, "m.safetensors: its architecture");
    EXPECT_LT(message.size(), 1000u);
    EXPECT_EQ(message.find('\x1b'), std::string::npos);
  }
}

TEST(ArchitectureLabel, IsShort) {
  EXPECT_EQ(Architecture{.name = "resnet18"}.label(), "resnet18");
  EXPECT_EQ((Architecture{.name = "resnet18", .stem = "imagenet"}).label(), "resnet18 imagenet");
  EXPECT_EQ((Architecture{.name = "mlp", .widths = {800, 800}}).label(), "mlp 800-800");
}

}  // namespace
}  // namespace retort::models
