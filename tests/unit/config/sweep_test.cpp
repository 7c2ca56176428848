// SPDX-License-Identifier: MIT
#include "retort/config/sweep.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "retort/core/error.h"
#include "retort/core/text.h"

namespace retort::config {
namespace {

std::vector<std::string> expand(const std::vector<std::string>& lines) {
  const auto options = [](const std::string& group) {
    return group == "db" ? std::vector<std::string>{"mysql", "mysql8", "postgres"}
                         : std::vector<std::string>{};
  };
  std::vector<std::string> jobs;
  for (const JobOverrides& job : expand_sweep(parse_overrides(lines), options))
    jobs.push_back(join(job, " "));
  return jobs;
}

using Jobs = std::vector<std::string>;

// Each expectation is what hydra-core 1.3.8's BasicSweeper.split_arguments gives.
TEST(Sweep, VariesTheLastKeyFastest) {
  EXPECT_EQ(expand({"a=1,2", "b=x", "+c=range(0,2)"}),
            (Jobs{"a=1 b=x +c=0", "a=1 b=x +c=1", "a=2 b=x +c=0", "a=2 b=x +c=1"}));
}

TEST(Sweep, KeyWrittenTwiceKeepsItsPlaceAndTakesTheLastValue) {
  EXPECT_EQ(expand({"a=1,2", "b=1", "a=3,4"}), (Jobs{"a=3 b=1", "a=4 b=1"}));
}

TEST(Sweep, WritesValuesBackInTheGrammar) {
  EXPECT_EQ(expand({"a='x y',\"z\",b c,[1,'2'],{k: true},1e-5", "c=False"}),
            (Jobs{"a='x y' c=False", "a=\"z\" c=False", "a=b\\ c c=False", "a=[1,'2'] c=False",
                  "a={k:True} c=False", "a=1e-05 c=False"}));
}

TEST(Sweep, GlobSelectsOptionsOfItsGroup) {
  EXPECT_EQ(expand({"db=glob(my*)"}), (Jobs{"db=mysql", "db=mysql8"}));
  EXPECT_EQ(expand({"db@x=glob(*,exclude=[mysql,p*])"}), (Jobs{"db@x=mysql8"}));
}

TEST(Sweep, KeyWithoutValuesLeavesNoJob) {
  EXPECT_EQ(expand({"a=1,2", "db=glob(z*)"}), Jobs{});
  EXPECT_EQ(expand({"a=range(5,1)"}), Jobs{});
}

TEST(Sweep, FloatRangeStepsInDecimal) {
  EXPECT_EQ(expand({"a=range(0,0.5,0.1)"}), (Jobs{"a=0.0", "a=0.1", "a=0.2", "a=0.3", "a=0.4"}));
}

TEST(Sweep, DeletionStaysADeletion) {
  EXPECT_EQ(expand({"~a", "b=1,2"}), (Jobs{"~a=null b=1", "~a=null b=2"}));
}

TEST(Sweep, ShuffleKeepsTheJobsAndRepeats) {
  const Jobs once = expand({"a=shuffle(range(20))"});
  EXPECT_EQ(once, expand({"a=shuffle(range(20))"}));
  Jobs ordered = expand({"a=range(20)"});
  EXPECT_NE(once, ordered);
  EXPECT_TRUE(std::is_permutation(once.begin(), once.end(), ordered.begin(), ordered.end()));
}

TEST(Sweep, RefusesWhatHasNoValuesAndTooManyJobs) {
  EXPECT_THROW(expand({"a=interval(0,1)"}), Error);
  EXPECT_THROW(expand({"a=range(1000)", "b=range(1000)"}), Error);
  // Few jobs, each of them with a copy of a long text.
  EXPECT_EQ(expand({"a=range(80)", "b=" + std::string(100'000, 'x')}).size(), 80u);
  EXPECT_THROW(expand({"a=range(90)", "b=" + std::string(100'000, 'x')}), Error);
}

TEST(Sweep, NamesTheKeysThatVary) {
  const auto jobs = expand_sweep(parse_overrides({"a=1,2", "b=1", "+c.d=x,y"}), {});
  EXPECT_EQ(swept_keys(jobs), (std::vector<std::string>{"a", "+c.d"}));
}

}  // namespace
}  // namespace retort::config
