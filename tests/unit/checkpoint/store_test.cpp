// SPDX-License-Identifier: MIT
#include "retort/checkpoint/store.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "retort/core/error.h"
#include "retort/core/file.h"
#include "retort/core/manifest.h"
#include "temporary_folder.h"

namespace retort::checkpoint {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kLimit = 1 << 20;

Checkpoint example(int64_t step, double value = 0.5) {
  return {step,
          {{"model", {{{"weight", torch::full({4, 4}, value)}}, {{"retort.architecture", "mlp"}}}},
           {"optimizer", {{{"weight.momentum", torch::full({4, 4}, value / 2)}}, {}}}},
          R"({"epoch":)" + std::to_string(step / 10) + "}"};
}

std::string refusal(const fs::path& folder) {
  try {
    load_checkpoint(folder);
    return "";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::checkpoint);
    EXPECT_EQ(std::string(error.what()).find('\n'), std::string::npos);
    return error.what();
  }
}

class StoreTest : public InTemporaryFolder {
 protected:
  void SetUp() override {
    InTemporaryFolder::SetUp();
    root_ = folder_ / "run" / "checkpoints";
    store_.emplace(root_);
  }

  // The names in the store's folder, hidden ones included.
  std::vector<std::string> names() const {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(root_))
      result.push_back(entry.path().filename().string());
    std::sort(result.begin(), result.end());
    return result;
  }

  void flip(const fs::path& path, size_t byte) {
    std::string content = read_file(path, kLimit, ExitCode::data);
    content.at(byte) = static_cast<char>(content.at(byte) ^ 1);
    overwrite(path, content);
  }

  fs::path root_;
  std::optional<CheckpointStore> store_;
};

TEST_F(StoreTest, LoadsWhatItSaved) {
  EXPECT_EQ(store_->newest(), std::nullopt);  // nothing is there, not even the folder
  const fs::path path = store_->save(example(20));
  EXPECT_EQ(path, root_ / "step-00000020");
  EXPECT_EQ(store_->newest(), path);
  const Checkpoint back = load_checkpoint(path);
  EXPECT_EQ(back.step, 20);
  EXPECT_EQ(back.state, R"({"epoch":2})");
  ASSERT_EQ(back.files.size(), 2u);
  EXPECT_EQ(back.files.at("model").metadata.at("retort.architecture"), "mlp");
  EXPECT_TRUE(torch::equal(back.files.at("optimizer").tensors.at(0).second, torch::full({4, 4}, 0.25)));
  EXPECT_EQ(names(), (std::vector<std::string>{"last", "step-00000020"}));
  EXPECT_EQ(load_checkpoint(root_ / "last").step, 20);  // a link is as good as the folder
}

TEST_F(StoreTest, TheNewestIsTheHighestStepWhateverTheClockSays) {
  store_->save(example(20));
  store_->save(example(100));
  store_->save(example(30));
  fs::last_write_time(root_ / "step-00000100",
                      fs::file_time_type::clock::now() - std::chrono::hours(24 * 365));
  fs::last_write_time(root_ / "step-00000030",
                      fs::file_time_type::clock::now() + std::chrono::hours(24 * 365));
  EXPECT_EQ(store_->newest(), root_ / "step-00000100");
}

TEST_F(StoreTest, SavingAStepAgainReplacesItWhole) {
  store_->save(example(20, 1.0));
  Checkpoint other = example(20, 2.0);
  other.files.erase("optimizer");
  store_->save(other);
  const Checkpoint back = load_checkpoint(root_ / "step-00000020");
  EXPECT_EQ(back.files.size(), 1u);
  EXPECT_TRUE(torch::equal(back.files.at("model").tensors.at(0).second, torch::full({4, 4}, 2.0)));
  EXPECT_EQ(names(), (std::vector<std::string>{"last", "step-00000020"}));
}

TEST_F(StoreTest, ADamagedCheckpointIsPassedOverAndNamed) {
  store_->save(example(10));
  store_->save(example(20));
  store_->save(example(30));
  flip(root_ / "step-00000030" / "manifest.json", 100);
  fs::resize_file(root_ / "step-00000020" / "optimizer.safetensors", 100);
  std::vector<std::string> skipped;
  EXPECT_EQ(store_->newest(&skipped), root_ / "step-00000010");
  ASSERT_EQ(skipped.size(), 2u);
  EXPECT_NE(skipped[0].find("step-00000030/manifest.json is damaged"), std::string::npos) << skipped[0];
  EXPECT_NE(skipped[1].find("step-00000020/optimizer.safetensors is damaged"), std::string::npos)
      << skipped[1];
}

TEST_F(StoreTest, AManifestOfAnotherStepMakesNoCheckpoint) {
  store_->save(example(10));
  fs::copy(root_ / "step-00000010", root_ / "step-00000099");
  fs::create_directory(root_ / "step-7");  // not a name that we give
  std::vector<std::string> skipped;
  EXPECT_EQ(store_->newest(&skipped), root_ / "step-00000010");
  ASSERT_EQ(skipped.size(), 1u);
  EXPECT_NE(skipped[0].find("its manifest is of step 10"), std::string::npos) << skipped[0];
}

TEST_F(StoreTest, EveryFlippedByteOfManifestAndHeadersAndHundredsOfTheRestAreFound) {
  const fs::path path = store_->save({5,
                                      {{"model", {{{"weight", torch::rand({1000})}}, {}}},
                                       {"optimizer", {{{"m", torch::rand({1000})}}, {}}}},
                                      "{}"});
  std::mt19937 random(1);
  for (const char* name : {"manifest.json", "model.safetensors", "optimizer.safetensors"}) {
    const std::string content = read_file(path / name, kLimit, ExitCode::data);
    const size_t header = std::min<size_t>(content.size(), 160);
    for (size_t i = 0; i < header + 300; ++i) {
      const size_t place = i < header || name[1] == 'a' ? i : random() % content.size();
      if (place >= content.size()) break;
      std::string changed = content;
      changed[place] = static_cast<char>(changed[place] ^ (1u << (random() % 8)));
      overwrite(path / name, changed);
      ASSERT_NE(refusal(path), "") << name << " byte " << place;
      ASSERT_EQ(store_->newest(), std::nullopt);
    }
    for (size_t size = 0; size < content.size(); size += 97) {
      overwrite(path / name, content.substr(0, size));
      ASSERT_NE(refusal(path), "") << name << " cut at " << size;
    }
    fs::remove(path / name);
    EXPECT_NE(refusal(path), "");
    overwrite(path / name, content);
    ASSERT_EQ(refusal(path), "");
  }
}

TEST_F(StoreTest, PruneKeepsTheNewestAndWhatANameHolds) {
  for (int64_t step = 10; step <= 50; step += 10) store_->save(example(step));
  store_->mark("best", 20);
  store_->prune(/*keep=*/2);
  EXPECT_EQ(names(),
            (std::vector<std::string>{"best", "last", "step-00000020", "step-00000040", "step-00000050"}));
  store_->mark("best", 40);
  store_->prune();
  EXPECT_EQ(names(), (std::vector<std::string>{"best", "last", "step-00000040", "step-00000050"}));
  EXPECT_EQ(load_checkpoint(root_ / "best").step, 40);
}

TEST_F(StoreTest, PruneNeverCountsADamagedCheckpoint) {
  for (int64_t step = 10; step <= 30; step += 10) store_->save(example(step));
  store_->mark("last", 10);
  flip(root_ / "step-00000030" / "model.safetensors", 190);
  store_->prune(/*keep=*/1);
  EXPECT_EQ(store_->newest(), root_ / "step-00000020");
}

TEST_F(StoreTest, PruneSweepsUpWhatAKilledSaveLeft) {
  store_->save(example(10));
  const fs::path draft = root_ / temporary_name();
  fs::create_directory(draft);
  overwrite(draft / "model.safetensors", "half");
  overwrite(root_ / temporary_name(), "half");
  fs::create_directory(root_ / "step-00000005");  // a removal that was killed after its manifest
  overwrite(root_ / "notes.txt", "the user's own");
  std::vector<std::string> skipped;
  EXPECT_EQ(store_->newest(&skipped), root_ / "step-00000010");
  EXPECT_TRUE(skipped.empty());
  store_->prune();
  EXPECT_EQ(names(), (std::vector<std::string>{"last", "notes.txt", "step-00000010"}));
}

TEST_F(StoreTest, ALinkInPlaceOfACheckpointIsNotFollowed) {
  store_->save(example(10));
  const fs::path outside = folder_ / "outside";
  fs::rename(root_ / "step-00000010", outside);
  fs::create_symlink(outside, root_ / "step-00000010");
  EXPECT_EQ(store_->newest(), std::nullopt);
  store_->prune();
  EXPECT_EQ(load_checkpoint(outside).step, 10);
}

TEST_F(StoreTest, AFailedSaveLeavesTheOldOneAndNothingElse) {
  store_->save(example(10));
  Checkpoint broken = example(20);
  broken.state = "[]";
  EXPECT_THROW(store_->save(broken), Error);
  EXPECT_EQ(names(), (std::vector<std::string>{"last", "step-00000010"}));
  EXPECT_EQ(store_->newest(), root_ / "step-00000010");
}

TEST_F(StoreTest, AFolderThatIsNoCheckpointIsSaidToBeSo) {
  EXPECT_EQ(refusal(folder_),
            "cannot read " + (folder_ / "manifest.json").string() + ": No such file or directory");
}

}  // namespace
}  // namespace retort::checkpoint
