// SPDX-License-Identifier: MIT
#include "retort/core/processors.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <sched.h>

namespace retort {
namespace {

namespace fs = std::filesystem;

class Processors : public testing::Test {
 protected:
  ~Processors() override {
    sched_setaffinity(0, sizeof mask_, &mask_);
    fs::remove_all(root_);
  }

  void write(const fs::path& file, const std::string& text) {
    fs::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file) << text << '\n';
  }

  // All processors that we may use are threads of so many cores.
  void share_cores(int cores) {
    for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
      if (!CPU_ISSET(cpu, &mask_)) continue;
      const fs::path topology = "sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology";
      write(topology / "physical_package_id", "0");
      write(topology / "core_id", std::to_string(cpu % cores));
    }
  }

  const fs::path root_ = make();
  const cpu_set_t mask_ = mask();

 private:
  static fs::path make() {
    std::string name = (fs::temp_directory_path() / "retort_processors_test_XXXXXX").string();
    return mkdtemp(name.data());
  }
  static cpu_set_t mask() {
    cpu_set_t mask;
    sched_getaffinity(0, sizeof mask, &mask);
    return mask;
  }
};

TEST_F(Processors, CountsThoseOfTheAffinityMaskWhereNothingElseIsKnown) {
  EXPECT_EQ(usable_cores(root_), CPU_COUNT(&mask_));
  int first = 0;
  while (!CPU_ISSET(first, &mask_)) ++first;
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(first, &one);
  ASSERT_EQ(sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(usable_cores(root_), 1);
}

TEST_F(Processors, CountsHyperThreadsOfOneCoreOnce) {
  share_cores(1);
  EXPECT_EQ(usable_cores(root_), 1);
}

TEST_F(Processors, HeedsTheLeastQuotaOfTheGroupsAbove) {
  const int all = CPU_COUNT(&mask_);
  write("proc/self/cgroup", "0::/pod/container");
  write("sys/fs/cgroup/pod/container/cpu.max", "max 100000");
  EXPECT_EQ(usable_cores(root_), all);
  write("sys/fs/cgroup/pod/cpu.max", "50000 100000");
  EXPECT_EQ(usable_cores(root_), 1);
  write("sys/fs/cgroup/pod/cpu.max", "150000 100000");
  EXPECT_EQ(usable_cores(root_), std::min(all, 2));
}

}  // namespace
}  // namespace retort
