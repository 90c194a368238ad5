// thaw run --policy 'exec:COMMAND': a program decides in a whole run.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace exec_test {

using nlohmann::json;

const std::string kExample = "python3 examples/policies/target_in_flight.py 2";
// Answers one replica until 20 min, then none: an arithmetic that needs no library.
const std::string kTwentyMinutes =
    R"(read -r q; echo '{"hello":{"protocol":1}}'; )"
    R"(for i in 1 2; do read -r q; echo '{"desired":1,"ask_again_s":600}'; done; )"
    R"(read -r q; echo '{"desired":0}'; read -r q)";

Outcome run_with(const std::string& command, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"run", kKapsule, "--policy", "exec:" + command};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return thaw_command(arguments);
}

TEST(ExecPolicy, DecidesInARun) {
  const TempFolder folder;
  const Outcome run =
      run_with(kTwentyMinutes, {"--out", folder.path().string(), "--format", "json"});
  EXPECT_LE(run.code, 1) << run.err;
  EXPECT_EQ(run.err, "");
  EXPECT_EQ(json::parse(run.out)["functions"]["ollama"]["scaled_by"], "exec");
  std::vector<json> decisions;
  for (const std::string& line : lines_of(read_text(folder.path("timeline.jsonl"))))
    if (const json event = json::parse(line); event["kind"] == "decision")
      decisions.push_back(event);
  ASSERT_EQ(decisions.size(), 2U);
  EXPECT_EQ(decisions[0]["desired"], 1);
  EXPECT_EQ(decisions[1]["desired"], 0);
  EXPECT_EQ(decisions[1]["t_s"], 1200) << "two answers, 600 s after each";
  EXPECT_EQ(decisions[1]["what"], "external");
}

TEST(ExecPolicy, GivesTheSameBytesAgain) {
  const TempFolder folder;
  for (const char* name : {"a", "b"})
    EXPECT_LE(run_with(kExample, {"--out", folder.path(name).string()}).code, 1);
  for (const char* file : {"/summary.json", "/timeline.jsonl", "/series.csv"})
    EXPECT_EQ(read_text(folder.path(std::string("a") + file)),
              read_text(folder.path(std::string("b") + file)));
}

TEST(ExecPolicy, TakesTheCommandWhole) {
  const std::string odd = "A=b:c,d=e; test \"$A\" = 'b:c,d=e' && exec " + kExample;
  EXPECT_LE(run_with(odd).code, 1);
  const Outcome named = thaw_command({"run", kKapsule, "--policy", "ollama=exec:" + odd});
  EXPECT_LE(named.code, 1) << named.err;
  EXPECT_EQ(thaw_command({"run", kKapsule, "--policy", "olama=exec:" + odd}).code, 2);
}

TEST(ExecPolicy, PassesItsStandardErrorThrough) {
  const Outcome run = run_with("echo from the program >&2; exec " + kExample);
  EXPECT_TRUE(has(run.err, "from the program")) << run.err;
}

TEST(ExecPolicy, HasAProgramForEachReplication) {
  const TempFolder folder;
  const std::string notes = folder.path("notes").string();
  const Outcome run = run_with("echo started >> " + notes + "; exec " + kExample,
                               {"--replications", "3", "--jobs", "2", "--format", "json"});
  EXPECT_LE(run.code, 1) << run.err;
  EXPECT_EQ(lines_of(read_text(notes)).size(), 3U);
  EXPECT_EQ(json::parse(run.out)["functions"]["ollama"]["scaled_by"], "exec");
}

// At 10min20s the image is being pulled: SimGrid's own frames are on the stack then.
TEST(ExecPolicy, ThatDiesEndsTheRunWithThreeAndLeavesNoFile) {
  const std::string dies = R"(read -r q; echo '{"hello":{"protocol":1}}'; )"
                           R"(read -r q; echo '{"desired":1,"ask_again_s":620}'; exit 7)";
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{}, {"--replications", "2"}}) {
    const TempFolder folder;
    std::vector<std::string> arguments = more;
    arguments.insert(arguments.end(), {"--out", folder.path("results").string()});
    const Outcome run = run_with(dies, arguments);
    EXPECT_EQ(run.code, 3);
    EXPECT_EQ(run.out, "");
    EXPECT_TRUE(has(run.err, "the policy of ollama, exec:" + dies + ", failed at ")) << run.err;
    EXPECT_TRUE(
        has(run.err, "at 10min20s (2026-01-05T00:10:20Z), question 2: it ended with exit code 7"))
        << run.err;
    EXPECT_TRUE(folder.names().empty());
  }
}

TEST(ExecPolicy, WithoutACommandIsWrongInput) {
  for (const char* choice : {"exec:", "exec"}) {
    const Outcome run = thaw_command({"run", kKapsule, "--policy", choice});
    EXPECT_EQ(run.code, 2) << choice;
    EXPECT_TRUE(has(run.err, "expected a command, as in exec:python3 mine.py")) << run.err;
  }
}

TEST(ExecPolicy, DoesNotGovernSingleInstances) {
  const Outcome run = thaw_command({"run", kKeepAlive, "--policy", "exec:cat"});
  EXPECT_EQ(run.code, 2);
  EXPECT_TRUE(has(run.err, "needs a policy that keeps single instances")) << run.err;
}

}  // namespace exec_test
}  // namespace thaw::test
