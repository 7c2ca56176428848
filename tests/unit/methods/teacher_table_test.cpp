// SPDX-License-Identifier: MIT
#include "retort/methods/teacher_table.h"

#include <cstdlib>
#include <fstream>
#include <vector>

#include <ATen/Functions.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "retort/core/error.h"
#include "retort/methods/table_teacher.h"

namespace retort::methods {
namespace {

namespace fs = std::filesystem;

constexpr int64_t kClasses = 5, kViews = 3, kSamples = 40;

TableKey key_of(const std::string& description, bool half = true) {
  return {
      .description = description, .samples = kSamples, .views = kViews, .classes = kClasses, .half = half};
}

class TeacherTableTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "retort_table_XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }

  fs::path folder_;
};

std::vector<float> row_for(int64_t sample, int64_t view) {
  std::vector<float> row;
  for (int64_t c = 0; c < kClasses; ++c)
    row.push_back(static_cast<float>(sample) + 0.1f * static_cast<float>(view * kClasses + c));
  return row;
}

using TeacherTableFile = TeacherTableTest;

TEST_F(TeacherTableFile, IsReadAsOneTensorWhereAllThatIsWantedIsThere) {
  for (const bool half : {true, false}) {
    TeacherTable table(folder_, key_of("whole", half));
    const auto wanted = [](int64_t sample) { return std::vector<int64_t>{sample % kViews, 2}; };
    for (const int64_t sample : {4, 9})
      for (const int64_t view : wanted(sample)) {
        std::vector<float> row = row_for(sample, view);
        table.write(sample, view, row);
      }
    const auto logits = read_table(table, kSamples, kViews, half, {9, 4}, wanted);
    ASSERT_TRUE(logits.has_value());
    EXPECT_EQ(logits->sizes(), (std::vector<int64_t>{kSamples, kViews, kClasses}));
    std::vector<float> row(kClasses);
    ASSERT_TRUE(table.read(9, 2, row));
    EXPECT_TRUE(logits->index({9, 2}).to(torch::kFloat).equal(torch::tensor(row)));
    EXPECT_FALSE(read_table(table, kSamples, kViews, half, {9, 5}, wanted).has_value());
  }
}

TEST_F(TeacherTableFile, GivesBackWhatWasWrittenToTheRowsRounding) {
  for (const bool half : {true, false}) {
    TeacherTable table(folder_, key_of("a", half));
    std::vector<float> read(kClasses);
    EXPECT_FALSE(table.read(3, 1, read));
    std::vector<float> row = row_for(3, 1);
    table.write(3, 1, row);
    ASSERT_TRUE(table.read(3, 1, read));
    EXPECT_EQ(read, row);  // write() rounded it
    for (size_t c = 0; c < row.size(); ++c)
      EXPECT_NEAR(read[c], row_for(3, 1)[c], half ? 3.5 / 1024 : 0) << half;
    EXPECT_FALSE(table.read(3, 0, read));
    EXPECT_EQ(table.count_rows(), 1);
  }
}

TEST_F(TeacherTableFile, IsSharedAndKeptByItsKey) {
  TeacherTable first(folder_, key_of("a")), second(folder_, key_of("a"));
  std::vector<float> row = row_for(7, 2), read(kClasses);
  first.write(7, 2, row);
  EXPECT_TRUE(second.read(7, 2, read));
  EXPECT_FALSE(TeacherTable(folder_, key_of("b")).read(7, 2, read));
  EXPECT_FALSE(TeacherTable(folder_, key_of("a", /*half=*/false)).read(7, 2, read));
  EXPECT_TRUE(TeacherTable(folder_, key_of("a")).read(7, 2, read));
}

TEST_F(TeacherTableFile, TakesAHalfWrittenOrMovedRowForAbsent) {
  TeacherTable table(folder_, key_of("a"));
  for (int64_t view = 0; view < kViews; ++view) {
    std::vector<float> row = row_for(0, view);
    table.write(0, view, row);
  }
  std::fstream file(table.path(), std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(4096 + 2).put('\x7F');  // the first row's second value
  std::string second(16, '\0');
  file.seekg(4096 + 16).read(second.data(), 16);
  file.seekp(4096 + 32).write(second.data(), 16);  // over the third
  file.close();
  std::vector<float> read(kClasses);
  EXPECT_FALSE(table.read(0, 0, read));
  EXPECT_TRUE(table.read(0, 1, read));
  EXPECT_FALSE(table.read(0, 2, read));
}

TEST_F(TeacherTableFile, DoesNotStoreWhatARowCannotHold) {
  TeacherTable table(folder_, key_of("a"));
  std::vector<float> row(kClasses, 1e6f), read(kClasses);
  table.write(0, 0, row);
  EXPECT_EQ(row[0], 1e6f);
  EXPECT_FALSE(table.read(0, 0, read));
}

// Killed anywhere, a writer leaves rows that are right or absent.
TEST_F(TeacherTableFile, IsFilledByTwoProcessesOfWhichOneIsKilled) {
  const auto fill_for_ever = [&] {
    TeacherTable table(folder_, key_of("a"));
    for (;;)
      for (int64_t i = 0; i < kSamples * kViews; ++i) {
        std::vector<float> row = row_for(i / kViews, i % kViews);
        table.write(i / kViews, i % kViews, row);
      }
  };
  std::vector<pid_t> writers;
  for (int i = 0; i < 2; ++i) {
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) fill_for_ever();
    writers.push_back(child);
  }
  usleep(20'000);
  kill(writers[0], SIGKILL);
  int64_t right = 0;
  while (right < kSamples * kViews) {
    TeacherTable table(folder_, key_of("a"));
    std::vector<float> read(kClasses);
    right = 0;
    for (int64_t i = 0; i < kSamples * kViews; ++i) {
      if (!table.read(i / kViews, i % kViews, read)) continue;
      for (size_t c = 0; c < read.size(); ++c)
        ASSERT_NEAR(read[c], row_for(i / kViews, i % kViews)[c], 0.02) << i;
      ++right;
    }
  }
  kill(writers[1], SIGKILL);
  for (const pid_t writer : writers) waitpid(writer, nullptr, 0);
}

TEST_F(TeacherTableFile, RefusesAForeignOrShortenedFile) {
  const fs::path path = TeacherTable(folder_, key_of("a")).path();
  const auto refused = [&](const std::string& hint) {
    try {
      TeacherTable table(folder_, key_of("a"));
      ADD_FAILURE() << "accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ExitCode::checkpoint);
      EXPECT_NE(std::string(error.what()).find(hint), std::string::npos) << error.what();
      EXPECT_NE(std::string(error.what()).find("delete it"), std::string::npos) << error.what();
    }
  };
  TeacherTable open(folder_, key_of("a"));
  std::fstream(path, std::ios::in | std::ios::out | std::ios::binary).seekp(30).put('!');
  refused("of another teacher");
  fs::resize_file(path, 5000);
  refused("has 5000 bytes");
  EXPECT_THROW(open.check_size(), Error);
}

// Logits that follow from the picture, and a count of the rows it was asked for.
class CountingTeacher : public Teacher {
 public:
  explicit CountingTeacher(int64_t networks, float shift = 0) : networks_(networks), shift_(shift) {}
  TeacherOutput answer(const data::Batch& batch) override {
    rows += batch.labels.size(0);
    std::vector<torch::Tensor> logits;
    for (int64_t k = 0; k < networks_; ++k)
      logits.push_back(batch.images.flatten(1).slice(1, 0, kClasses) * static_cast<float>(k + 1) + shift_);
    return {.logits = torch::stack(logits)};
  }
  int64_t size() const override { return networks_; }

  static inline int64_t rows = 0;

 private:
  int64_t networks_;
  float shift_;
};

data::Batch batch_of(int64_t rows, int64_t view) {
  const auto ids = torch::arange(rows, torch::kLong);
  torch::manual_seed(static_cast<uint64_t>(view));
  return {.images = torch::randn({kSamples, 1, 2, 3}).slice(0, 0, rows),
          .labels = torch::zeros({rows}, torch::kLong),
          .sample_ids = ids,
          .view_ids = torch::full({rows}, view, torch::kLong)};
}

std::unique_ptr<Teacher> table_teacher(const fs::path& folder, int64_t networks, bool half,
                                       const Audit& audit = {}, float shift = 0) {
  std::vector<TeacherTable> tables;
  for (int64_t k = 0; k < networks; ++k)
    tables.emplace_back(folder, key_of("network " + std::to_string(k), half));
  return make_table_teacher(std::make_unique<CountingTeacher>(networks, shift), std::move(tables), audit);
}

using TableTeacherTest = TeacherTableTest;

TEST_F(TableTeacherTest, AnswersAsTheLiveTeacherAndAsksItOnce) {
  for (const bool half : {true, false})
    for (const int64_t networks : {1, 3}) {
      const fs::path folder = folder_ / (std::to_string(networks) + (half ? "h" : "f"));
      CountingTeacher live(networks);
      const auto teacher = table_teacher(folder, networks, half);
      EXPECT_EQ(teacher->size(), networks);
      teacher->answer(batch_of(10, 1));
      for (const auto& batch : {batch_of(25, 1), batch_of(7, 2), batch_of(25, 1)}) {
        const auto expected = live.answer(batch).logits;
        const auto actual = teacher->answer(batch).logits;
        ASSERT_EQ(actual.sizes(), expected.sizes());
        if (half)
          EXPECT_TRUE(torch::equal(actual, expected.to(torch::kHalf).to(torch::kFloat)));
        else
          EXPECT_TRUE(torch::equal(actual, expected));
      }
      CountingTeacher::rows = 0;
      table_teacher(folder, networks, half)->answer(batch_of(25, 1));
      EXPECT_EQ(CountingTeacher::rows, 0);  // another run finds what this one left
    }
}

// No more pictures than are audited: the live teacher is asked for the batch as it is.
TEST_F(TableTeacherTest, AuditOfWholeBatchesHoldsEachRowToItsOwnAnswer) {
  const Audit audit{.every_batches = 1, .rows = 32, .tolerance = 0.01};
  const auto teacher = table_teacher(folder_, 2, true, audit);
  for (int i = 0; i < 4; ++i) EXPECT_NO_THROW(teacher->answer(batch_of(20, 0)));
  const auto wrong = table_teacher(folder_, 2, true, audit, /*shift=*/0.5f);
  EXPECT_THROW(wrong->answer(batch_of(20, 0)), Error);
}

TEST_F(TableTeacherTest, AuditFindsATableOfAnotherTeacher) {
  const Audit audit{.every_batches = 3, .rows = 4, .tolerance = 0.01};
  const auto right = table_teacher(folder_, 1, true, audit);
  for (int i = 0; i < 9; ++i) EXPECT_NO_THROW(right->answer(batch_of(20, 0)));
  const auto wrong = table_teacher(folder_, 1, true, audit, /*shift=*/0.5f);
  try {
    for (int i = 0; i < 3; ++i) wrong->answer(batch_of(20, 0));
    ADD_FAILURE() << "not found within an epoch";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ExitCode::checkpoint);
    EXPECT_NE(std::string(error.what()).find(".table"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace retort::methods
