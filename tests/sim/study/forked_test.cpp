// Jobs in processes of their own.
#include "sim/study/forked.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <map>
#include <stdexcept>

#include "engine/diagnostic.hpp"

namespace thaw::sim {
namespace forked_test {

using End = Forked::End;

std::map<std::size_t, Forked> run(
    std::size_t count, std::size_t at_once,
    const std::function<std::vector<std::string>(std::size_t)>& job,
    const std::function<bool()>& stop = [] { return false; }) {
  std::map<std::size_t, Forked> results;
  ForkedJobs jobs;
  jobs.count = count;
  jobs.at_once = at_once;
  jobs.job = job;
  jobs.ended = [&](std::size_t index, const Forked& result) { results[index] = result; };
  jobs.stop = stop;
  run_forked(jobs);
  return results;
}

TEST(Forked, ReturnsTextsWhole) {
  const auto results = run(5, 2, [](std::size_t index) -> std::vector<std::string> {
    return {std::to_string(index), "", std::string(2'000'000, 'x'), std::string("\0\n", 2)};
  });
  ASSERT_EQ(results.size(), 5U);
  for (const auto& [index, result] : results) {
    EXPECT_EQ(result.end, End::returned);
    EXPECT_EQ(result.texts,
              (std::vector<std::string>{std::to_string(index), "", std::string(2'000'000, 'x'),
                                        std::string("\0\n", 2)}));
  }
}

TEST(Forked, TellsHowAJobFailed) {
  const auto results = run(4, 4, [](std::size_t index) -> std::vector<std::string> {
    if (index == 0) throw InputError({{{"a.yaml", 1, 2}, "key", "one"}, {{}, "", "two"}});
    if (index == 1) throw std::runtime_error("the link is down");
    if (index == 2) ::raise(SIGKILL);
    return {"fine"};
  });
  EXPECT_EQ(results.at(0).end, End::refused);
  EXPECT_EQ(results.at(0).message(), "a.yaml:1:2: key: one\ntwo");
  EXPECT_EQ(results.at(1).end, End::threw);
  EXPECT_EQ(results.at(1).message(), "the link is down");
  EXPECT_EQ(results.at(2).end, End::died);
  EXPECT_EQ(results.at(2).message(), "ended by signal 9 without a result");
  EXPECT_EQ(results.at(3).end, End::returned) << "the others are not touched";
}

// The job waits for a signal that nobody else sends; its alarm would end it as `died`.
TEST(Forked, StopsWhatRunsAndStartsNothingMore) {
  int asked = 0;
  const auto results = run(
      3, 1,
      [](std::size_t) -> std::vector<std::string> {
        ::alarm(60);
        ::pause();
        return {"waited"};
      },
      [&] { return ++asked > 1; });
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results.at(0).end, End::stopped);
}

TEST(Forked, StoppedBeforeTheFirstStartsNone) {
  const auto results = run(
      3, 2, [](std::size_t) -> std::vector<std::string> { return {}; }, [] { return true; });
  EXPECT_TRUE(results.empty());
}

}  // namespace forked_test
}  // namespace thaw::sim
