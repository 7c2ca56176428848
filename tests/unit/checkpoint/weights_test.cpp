// SPDX-License-Identifier: MIT
#include "retort/checkpoint/weights.h"

#include <random>

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <torch/nn/modules/batchnorm.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/sha256.h"
#include "temporary_folder.h"

namespace retort::checkpoint {
namespace {

namespace fs = std::filesystem;

const fs::path kGolden = fs::path(RETORT_SOURCE_DIR) / "tests/unit/checkpoint/golden/every_dtype.safetensors";
constexpr uint64_t kLimit = 1 << 20;

// A small network with a convolution, running statistics and an integer buffer.
struct NetImpl : torch::nn::Module {
  explicit NetImpl(int64_t classes = 4) {
    conv = register_module("conv", torch::nn::Conv2d(torch::nn::Conv2dOptions(3, 8, 3).bias(false)));
    bn = register_module("bn", torch::nn::BatchNorm2d(8));
    fc = register_module("fc", torch::nn::Linear(8, classes));
  }
  torch::nn::Conv2d conv{nullptr};
  torch::nn::BatchNorm2d bn{nullptr};
  torch::nn::Linear fc{nullptr};
};

// The bytes as they are, so that NaNs and types without arithmetic compare too.
std::string bytes_of(const torch::Tensor& tensor) {
  const torch::Tensor contiguous = tensor.detach().contiguous();
  return {static_cast<const char*>(contiguous.data_ptr()), contiguous.nbytes()};
}

void expect_same(const torch::Tensor& a, const torch::Tensor& b) {
  EXPECT_EQ(a.scalar_type(), b.scalar_type());
  EXPECT_EQ(a.sizes(), b.sizes());
  EXPECT_EQ(bytes_of(a), bytes_of(b));
}

torch::Tensor find(const Weights& weights, const std::string& name) {
  for (const auto& [other, tensor] : weights.tensors)
    if (other == name) return tensor;
  ADD_FAILURE() << "no " << name;
  return {};
}

// One line, and a table's rows where there is one.
template <typename Action>
std::string checkpoint_error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::checkpoint);
    const std::string message = error.what();
    for (size_t end = message.find('\n'); end != std::string::npos; end = message.find('\n', end + 1))
      EXPECT_EQ(message.substr(end + 1, 2), "  ");
    return message;
  }
  return "";
}

class WeightsTest : public InTemporaryFolder {
 protected:
  void SetUp() override {
    InTemporaryFolder::SetUp();
    path_ = folder_ / "net.safetensors";
    torch::manual_seed(1);
  }
  fs::path path_;
};

TEST_F(WeightsTest, ReadsEveryDtypeThatPythonWrites) {
  const Weights weights = load_weights(kGolden);
  EXPECT_EQ(weights.tensors.size(), 17u);
  EXPECT_EQ(weights.metadata, (std::map<std::string, std::string>{{"format", "pt"}}));
  for (const auto& [name, tensor] : weights.tensors) {
    if (name == "scalar" || name == "empty") continue;
    const torch::Tensor expected = torch::arange(6).reshape({2, 3});
    EXPECT_TRUE(torch::equal(tensor.to(torch::kInt64), name == "bool" ? expected.clamp_max(1) : expected))
        << name;
  }
  EXPECT_EQ(find(weights, "float16").scalar_type(), torch::kFloat16);
  EXPECT_EQ(find(weights, "float8_e4m3fn").scalar_type(), torch::kFloat8_e4m3fn);
  EXPECT_EQ(find(weights, "uint64").scalar_type(), torch::kUInt64);
  EXPECT_EQ(find(weights, "scalar").dim(), 0);
  EXPECT_EQ(find(weights, "scalar").item<float>(), -1.5f);
  EXPECT_EQ(find(weights, "empty").sizes(), (std::vector<int64_t>{0, 5}));
}

TEST_F(WeightsTest, WritesTheSameBytesAsPython) {
  save_weights(path_, load_weights(kGolden));
  EXPECT_EQ(read_file(path_, kLimit, ExitCode::data), read_file(kGolden, kLimit, ExitCode::data));
}

TEST_F(WeightsTest, StoresAnyLayoutContiguous) {
  const torch::Tensor base = torch::randn({4, 6, 5, 5});
  Weights weights;
  weights.tensors = {{"channels_last", base.contiguous(torch::MemoryFormat::ChannelsLast)},
                     {"transposed", base.transpose(0, 2)},
                     {"every_second", base.slice(1, 0, 6, 2)},
                     {"expanded", torch::randn({1, 3}).expand({5, 3})},
                     {"with_gradient", torch::randn({3}).requires_grad_()},
                     {"not_a_number", torch::tensor({NAN, INFINITY, -INFINITY, -0.0f})}};
  const FileDigest digest = save_weights(path_, weights);
  EXPECT_EQ(digest.bytes, fs::file_size(path_));
  EXPECT_EQ(digest.sha256, sha256_of_file(path_));
  const Weights back = load_weights(path_);
  EXPECT_EQ(back.tensors.size(), weights.tensors.size());
  for (const auto& [name, tensor] : weights.tensors) expect_same(find(back, name), tensor);
}

TEST_F(WeightsTest, TensorsThatShareMemoryAreStoredEachForItself) {
  const torch::Tensor shared = torch::randn({3, 3});
  save_weights(path_, {{{"a", shared}, {"b", shared}, {"row", shared[1]}}, {}});
  const Weights back = load_weights(path_);
  expect_same(find(back, "a"), shared);
  expect_same(find(back, "row"), shared[1]);
  EXPECT_NE(find(back, "a").data_ptr(), find(back, "b").data_ptr());
}

TEST_F(WeightsTest, AnEmptyFileOfWeightsIsSound) {
  save_weights(path_, {});
  EXPECT_TRUE(load_weights(path_).tensors.empty());
}

TEST_F(WeightsTest, RefusesABoolThatIsNeither) {
  save_weights(path_, {{{"mask", torch::ones({8}, torch::kBool)}}, {}});
  std::string content = read_file(path_, kLimit, ExitCode::data);
  content.back() = 2;
  overwrite(path_, content);
  EXPECT_NE(checkpoint_error_of([&] { load_weights(path_); }).find("'mask' is BOOL"), std::string::npos);
}

TEST_F(WeightsTest, AnAbsentOrForeignFileIsSaidToBeSo) {
  EXPECT_EQ(checkpoint_error_of([&] { load_weights(path_); }),
            "cannot read " + path_.string() + ": No such file or directory");
  overwrite(path_, "PK\x03\x04 and so on");
  EXPECT_EQ(checkpoint_error_of([&] { load_weights(path_); }),
            path_.string() +
                " is not a safetensors file; it seems to be a zip archive, such as PyTorch's own .pt and "
                ".ckpt files (pickle)");
}

// Without a digest a changed number is a number like another; all else shows, and nothing crashes.
TEST_F(WeightsTest, AnyCutAndAnyChangedByteOfTheHeaderShows) {
  save_weights(path_, {{{"a", torch::randn({3})}, {"b", torch::ones({2, 2}, torch::kInt64)}}, {}});
  const std::string content = read_file(path_, kLimit, ExitCode::data);
  for (size_t size = 0; size < content.size(); ++size) {
    overwrite(path_, content.substr(0, size));
    ASSERT_NE(checkpoint_error_of([&] { load_weights(path_); }), "") << size;
  }
  overwrite(path_, content + "x");
  EXPECT_NE(checkpoint_error_of([&] { load_weights(path_); }), "");
}

TEST_F(WeightsTest, WithADigestAnyChangedByteShows) {
  const FileDigest digest =
      save_weights(path_, {{{"a", torch::randn({40})}, {"b", torch::ones({2}, torch::kBool)}}, {}});
  const std::string content = read_file(path_, kLimit, ExitCode::data);
  std::mt19937 random(1);
  for (size_t i = 0; i < content.size(); ++i) {
    std::string changed = content;
    changed[i] = static_cast<char>(changed[i] ^ (1u << (random() % 8)));
    overwrite(path_, changed);
    ASSERT_NE(checkpoint_error_of([&] { load_weights(path_, digest); }), "") << i;
  }
  overwrite(path_, content);
  EXPECT_EQ(load_weights(path_, digest).tensors.size(), 2u);
}

TEST_F(WeightsTest, ANetworkIsAsItWasAfterSavingAndLoading) {
  auto first = std::make_shared<NetImpl>();
  first->bn->running_mean.normal_();
  first->bn->num_batches_tracked.fill_(17);
  save_weights(path_, {state_of(*first), {}});
  auto second = std::make_shared<NetImpl>();
  load_into(*second, load_weights(path_), path_);
  const NamedTensors expected = state_of(*first), found = state_of(*second);
  ASSERT_EQ(found.size(), 8u);
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(found[i].first, expected[i].first);
    expect_same(found[i].second, expected[i].second);
  }
  EXPECT_TRUE(second->fc->weight.requires_grad());
}

TEST_F(WeightsTest, AnotherPrecisionIsConverted) {
  auto net = std::make_shared<NetImpl>();
  Weights weights{state_of(*net), {}};
  for (auto& [name, tensor] : weights.tensors)
    if (tensor.is_floating_point()) tensor = tensor.to(torch::kBFloat16);
  auto second = std::make_shared<NetImpl>();
  load_into(*second, weights, path_);
  expect_same(second->fc->weight, net->fc->weight.to(torch::kBFloat16).to(torch::kFloat32));
}

TEST_F(WeightsTest, WhatDoesNotFitIsListedAndNothingIsCopied) {
  auto net = std::make_shared<NetImpl>();
  Weights weights{state_of(*std::make_shared<NetImpl>(/*classes=*/7)), {}};
  std::erase_if(weights.tensors, [](const auto& item) { return item.first == "bn.weight"; });
  for (int i = 0; i < 12; ++i) weights.tensors.emplace_back("head." + std::to_string(i), torch::zeros({1}));
  const std::string before = bytes_of(net->conv->weight);
  const std::string message = checkpoint_error_of([&] { load_into(*net, weights, "teacher.safetensors"); });
  EXPECT_EQ(message,
            "teacher.safetensors does not fit the network: 2 mismatched, 1 missing, 12 unexpected\n"
            "  mismatched  fc.weight  F32[7, 8], the network's is F32[4, 8]\n"
            "  mismatched  fc.bias  F32[7], the network's is F32[4]\n"
            "  missing     bn.weight  F32[8]\n"
            "  unexpected  head.0  F32[1]\n"
            "  unexpected  head.1  F32[1]\n"
            "  unexpected  head.10  F32[1]\n"
            "  unexpected  head.11  F32[1]\n"
            "  unexpected  head.2  F32[1]\n"
            "  unexpected  head.3  F32[1]\n"
            "  unexpected  head.4  F32[1]\n"
            "  unexpected  head.5  F32[1]\n"
            "  unexpected  head.6  F32[1]\n"
            "  unexpected  head.7  F32[1]\n"
            "  unexpected  and 2 more");
  EXPECT_EQ(bytes_of(net->conv->weight), before);
}

TEST_F(WeightsTest, AnIntegerIsNoWeight) {
  auto net = std::make_shared<NetImpl>();
  Weights weights{state_of(*net), {}};
  for (auto& [name, tensor] : weights.tensors)
    if (name == "fc.bias") tensor = tensor.to(torch::kInt64);
  EXPECT_TRUE(checkpoint_error_of([&] {
                load_into(*net, weights, path_);
              }).ends_with(": 1 mismatched\n  mismatched  fc.bias  I64[4], the network's is F32[4]"));
}

TEST_F(WeightsTest, NumBatchesTrackedMayBeAbsentOnEitherSide) {
  auto net = std::make_shared<NetImpl>();
  Weights weights{state_of(*net), {}};
  std::erase_if(weights.tensors,
                [](const auto& item) { return item.first.ends_with("num_batches_tracked"); });
  EXPECT_EQ(checkpoint_error_of([&] { load_into(*net, weights, path_); }), "");
  weights = {state_of(*net), {}};
  weights.tensors.emplace_back("folded.num_batches_tracked", torch::zeros({}, torch::kInt64));
  EXPECT_EQ(checkpoint_error_of([&] { load_into(*net, weights, path_); }), "");
}

}  // namespace
}  // namespace retort::checkpoint
