// thaw test: scenarios below folders, their checks as tests, their decisions as they were before.
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace test_verb_test {

using nlohmann::json;

// A function without manifests, and so without decisions; a thousand calls a scenario.
std::string small(const std::string& name, const std::string& expect,
                  const std::string& check = "as expected") {
  return "apiVersion: thaw/v1\nkind: Scenario\nname: " + name +
         "\n"
         "functions:\n"
         "  f: {policy: \"keep_alive:idle=60s\", instances: {max: 10},\n"
         "      service: {seconds: 1s, dispatch: newest}}\n"
         "workload:\n"
         "  - {name: load, function: f, arrivals: {process: poisson, rate: 1/s}, until: 1000s}\n"
         "checks:\n"
         "  - {name: \"" +
         check + "\", end: true, expect: \"" + expect + "\"}\n";
}

const std::string kHolds = "count(failed, f) == 0", kFails = "count(failed, f) > 0";

class TestVerb : public testing::Test {
 protected:
  std::string folder() const { return temp_.path().parent_path().string(); }
  void add(const std::string& name, const std::string& text) const {
    temp_.write(name + "/scenario.yaml", text);
  }
  Outcome run(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments = {"test", folder()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return thaw_command(arguments);
  }

  TempFolder temp_;
};

TEST(Scenarios, HoldAndGiveTheSameBytesWhateverJobsIs) {
  const TempFolder temp;
  const auto run = [&](const std::string& jobs, const std::string& junit) {
    return thaw_command(
        {"test", "scenarios", "--jobs", jobs, "--junit", temp.path(junit).string()});
  };
  const Outcome one = run("1", "one.xml"), two = run("2", "two.xml");
  EXPECT_EQ(one.code, 0) << one.out << "\nnew scenarios need: thaw test scenarios "
                         << "--write-decisions";
  EXPECT_EQ(one.out, two.out);
  EXPECT_EQ(one.err, "");
  EXPECT_TRUE(has(one.out, "✓  scenarios/slimfaas-kapsule/short-idle "));
  EXPECT_EQ(read_text(temp.path("one.xml")), read_text(temp.path("two.xml")));
}

TEST_F(TestVerb, TellsAFailedCheckAndRunsTheOthers) {
  add("a", small("a", kFails));
  add("b", small("b", kHolds));
  temp_.write("b/variant.yaml", "base: scenario.yaml\nname: variant\n");
  const Outcome test = run();
  EXPECT_EQ(test.code, 1);
  const auto lines = lines_of(test.out);
  ASSERT_EQ(lines.size(), 6U) << test.out;
  EXPECT_TRUE(has(lines[0], "✗  " + folder() + "/a ")) << lines[0];
  EXPECT_TRUE(has(lines[0], "0 of 1 check held")) << lines[0];
  EXPECT_TRUE(has(lines[1], "      ✗  as expected")) << lines[1];
  EXPECT_TRUE(has(lines[1], "count(failed, f) = 0 at ")) << lines[1];
  EXPECT_TRUE(has(lines[2], "✓  " + folder() + "/b ")) << lines[2];
  EXPECT_TRUE(has(lines[3], "✓  " + folder() + "/b/variant ")) << lines[3];
  EXPECT_EQ(lines[5], "2 of 3 scenarios held, 1 failed; 2 of 3 checks held; seed 1");
}

TEST_F(TestVerb, HasTheProofsOfAnAuditAsChecks) {
  add("a", small("a", kHolds));
  const Outcome test = run({"--audit"});
  EXPECT_EQ(test.code, 0) << test.out;
  EXPECT_EQ(lines_of(test.out).back(), "1 of 1 scenario held; 4 of 4 checks held; seed 1");
}

TEST_F(TestVerb, RunsTheOthersWhenInputIsWrong) {
  add("a", small("a", kHolds) + "untli: 5s\n");
  add("b", "functions: [\n");
  add("c", small("c", kHolds));
  add("d", small("d", kHolds));
  temp_.write("d/broken.yaml", "base: scenario.yaml\nuntil: }\n");
  const Outcome test = run();
  EXPECT_EQ(test.code, 2);
  EXPECT_TRUE(has(test.out, "      " + folder() + "/a/scenario.yaml:")) << test.out;
  EXPECT_TRUE(has(test.out, "did you mean until?")) << test.out;
  EXPECT_TRUE(has(test.out, "      " + folder() + "/b/scenario.yaml:")) << test.out;
  EXPECT_TRUE(has(test.out, "      " + folder() + "/d/broken.yaml:2:")) << test.out;
  EXPECT_TRUE(has(test.out, "✓  " + folder() + "/c ")) << test.out;
  EXPECT_EQ(lines_of(test.out).back(),
            "2 of 5 scenarios held, 3 cannot be loaded or run; 2 of 2 checks held; seed 1");
}

TEST_F(TestVerb, RefusesAFolderWithoutScenarios) {
  const Outcome test = run();
  EXPECT_EQ(test.code, 2);
  EXPECT_EQ(test.out, "");
  EXPECT_TRUE(has(test.err, "there is no scenario in this folder or below it")) << test.err;
}

TEST_F(TestVerb, GivesOneJsonDocument) {
  add("a", small("a", kFails));
  add("b", "functions: [\n");
  const Outcome test = run({"--format", "json"});
  EXPECT_EQ(test.code, 2);
  const json report = json::parse(test.out);
  EXPECT_EQ(report.at("schema"), "thaw.test/v1");
  EXPECT_EQ(report.at("held"), false);
  const json& first = report.at("scenarios").at(0);
  EXPECT_EQ(first.at("scenario"), folder() + "/a");
  EXPECT_EQ(first.at("state"), "ran");
  EXPECT_GE(first.at("simulated_s"), 1000.0);
  EXPECT_EQ(first.at("checks").at(0).at("held"), false);
  EXPECT_EQ(first.at("decisions").at("state"), "none");
  EXPECT_EQ(report.at("scenarios").at(1).at("state"), "refused");
  EXPECT_TRUE(has(report.at("scenarios").at(1).at("error"), "/b/scenario.yaml:"));
}

// In the Kapsule scenario the last answer comes at 13min26.04s; idle for 1200 s, ollama goes to
// zero with the next look at 33min27s. With 1170 s it does so 30 s earlier, and every check still
// holds.
class Decisions : public TestVerb {
 protected:
  Decisions() : scenario_(temp_.copy_kapsule()), baseline_(scenario_ + "/decisions/scenario.txt") {
    // Only the scenario itself: its variants would say the same.
    for (const std::string& name : temp_.names("kapsule"))
      if (name.ends_with(".yaml") && name != "scenario.yaml")
        std::filesystem::remove(temp_.path("kapsule/" + name));
  }
  void idle_for(const std::string& seconds) const {
    const std::string manifest = "manifests/ollama.yaml";
    temp_.write("kapsule/" + manifest,
                replaced(read_text(kKapsule + "/" + manifest), "\"1200\"", "\"" + seconds + "\""));
  }

  std::string scenario_, baseline_;
};

TEST_F(Decisions, AreHeldAgainstTheBaseline) {
  const Outcome test = run();
  EXPECT_EQ(test.code, 0) << test.out;
  EXPECT_TRUE(has(test.out, "1 decision as before")) << test.out;
}

TEST_F(Decisions, ShowWhatChangedAndHowItIsMended) {
  const std::string change =
      "        @@ -1,1 +1,1 @@\n"
      "        -33min27s  ollama  1 → 0  idle_timeout\n"
      "        +32min57s  ollama  1 → 0  idle_timeout\n";
  idle_for("1170");
  const Outcome test = run();
  EXPECT_EQ(test.code, 1);
  EXPECT_TRUE(has(test.out, "15 of 15 checks held  decisions differ  49min26s")) << test.out;
  EXPECT_TRUE(has(test.out, change)) << test.out;
  EXPECT_TRUE(has(read_text("docs/testing.md"), change)) << "the guide shows this very change";
  const std::string mend = "thaw test " + scenario_ + " --write-decisions";
  EXPECT_TRUE(has(test.out, "if this is meant: " + mend + "\n")) << test.out;

  run_as_written(mend);
  EXPECT_EQ(read_text(baseline_), "32min57s  ollama  1 → 0  idle_timeout\n");
  EXPECT_TRUE(has(run().out, "1 decision as before"));
}

TEST_F(Decisions, WithoutABaselineFail) {
  std::filesystem::remove_all(scenario_ + "/decisions");
  const Outcome test = run();
  EXPECT_EQ(test.code, 1);
  EXPECT_TRUE(has(test.out, "there is no " + baseline_)) << test.out;
  EXPECT_TRUE(has(test.out, "thaw test " + scenario_ + " --write-decisions")) << test.out;

  EXPECT_EQ(run({"--write-decisions"}).code, 0);
  EXPECT_EQ(read_text(baseline_), read_text(kKapsule + "/decisions/scenario.txt"));
  EXPECT_EQ(temp_.names("kapsule/decisions"), std::vector<std::string>{"scenario.txt"})
      << "nothing is left beside it";
}

TEST_F(Decisions, ThatAreNoMoreLeaveNoBaseline) {
  add("b", small("b", kHolds));
  const std::string stale = temp_.write("b/decisions/scenario.txt", "1s  f  1 → 0  idle_timeout\n");
  EXPECT_TRUE(has(run().out, "-1s  f  1 → 0  idle_timeout"));
  run({"--write-decisions"});
  EXPECT_FALSE(std::filesystem::exists(stale));
  EXPECT_EQ(run().code, 0);
}

TEST_F(Decisions, OfAnotherSeedAreNotCompared) {
  temp_.write("kapsule/decisions/scenario.txt", "another\n");
  const Outcome test = run({"--seed", "2"});
  EXPECT_EQ(test.code, 0) << test.out;
  EXPECT_TRUE(has(test.out, "not compared")) << test.out;
  EXPECT_EQ(run({"--seed", "2", "--write-decisions"}).code, 2);
}

// A file stands where the folder would be.
TEST_F(Decisions, AreWrittenWholeOrNotAtAll) {
  std::filesystem::remove_all(scenario_ + "/decisions");
  temp_.write("kapsule/decisions", "in the way");
  const Outcome test = run({"--write-decisions"});
  EXPECT_EQ(test.code, 3) << test.out;
  EXPECT_TRUE(has(test.err, scenario_ + "/decisions")) << test.err;
  EXPECT_EQ(read_text(scenario_ + "/decisions"), "in the way");
}

// What a reader of JUnit makes of it: Python's own parser, told back a line a case.
std::string read_by_a_parser(const std::string& file) {
  const std::string program =
      "import sys, xml.etree.ElementTree as tree\n"
      "root = tree.parse(sys.argv[1]).getroot()\n"
      "print(root.tag, root.get('tests'), 'failures {failures}, errors {errors}, '\n"
      "      'skipped {skipped}'.format(**root.attrib))\n"
      "for case in root.iter('testcase'):\n"
      "  found = [e.tag + ' ' + ascii(e.get('message')) + ' ' + ascii(e.text) for e in case]\n"
      "  print(case.get('classname').rsplit('/', 1)[1], ascii(case.get('name')), *found)\n";
  const Outcome parsed = run_program("/usr/bin/env", {"python3", "-c", program, file});
  EXPECT_EQ(parsed.code, 0) << parsed.err;
  return parsed.out;
}

TEST_F(Decisions, AndChecksAreCasesOfJunit) {
  add("a", small("a", kFails, "less < & \\\"more\\\""));
  add("b", small("b", kHolds, "a bell \\x07"));  // refused, and told with the bell in it
  idle_for("1170");
  const std::string file = temp_.path("out/junit.xml").string();
  EXPECT_EQ(run({"--junit", file}).code, 2);
  const auto lines = lines_of(read_by_a_parser(file));
  ASSERT_GE(lines.size(), 7U);
  // a: runs, decisions, one check; b: runs; kapsule: runs, decisions and its checks.
  EXPECT_EQ(lines[0],
            "testsuites " + std::to_string(lines.size() - 1) + " failures 2, errors 1, skipped 0");
  EXPECT_EQ(lines[1], "a 'runs'");
  EXPECT_EQ(lines[2], "a 'decisions'");
  EXPECT_TRUE(lines[3].starts_with("a 'check: less < & \"more\"' failure 'count(failed"))
      << lines[3];
  EXPECT_TRUE(lines[4].starts_with("b 'runs' error 'the scenario cannot be")) << lines[4];
  EXPECT_TRUE(has(lines[4], "checks.a bell \\ufffd.name: ")) << lines[4];
  EXPECT_EQ(lines[5], "kapsule 'runs'");
  EXPECT_TRUE(lines[6].starts_with("kapsule 'decisions' failure 'the decisions differ'"))
      << lines[6];
  EXPECT_TRUE(has(lines[6], "\\n  -33min27s  ollama  1 \\u2192 0  idle_timeout\\n")) << lines[6];
  EXPECT_EQ(temp_.names("out"), std::vector<std::string>{"junit.xml"});
}

TEST_F(TestVerb, LeavesNothingHalfWrittenWhereJunitCannotBe) {
  add("a", small("a", kHolds));
  std::filesystem::create_directory(temp_.path("junit.xml"));
  const Outcome test = run({"--junit", temp_.path("junit.xml").string()});
  EXPECT_EQ(test.code, 3);
  EXPECT_TRUE(has(test.out, "1 of 1 scenario held")) << test.out;
  EXPECT_TRUE(has(test.err, "junit.xml: ")) << test.err;
  EXPECT_EQ(temp_.names(), (std::vector<std::string>{"a", "junit.xml"}));
}

// The first is through in no time; the second has five billion calls.
TEST_F(TestVerb, EndsAtCtrlCWithWhatIsThere) {
  add("a", small("a", kHolds));
  add("b", replaced(small("b", kHolds), "1/s}, until: 1000s", "200/s}, until: 7200h"));
  const std::string junit = temp_.path("junit.xml").string();
  OnTerminal test(thaw_binary(), {"test", folder(), "--jobs", "1", "--junit", junit});
  ASSERT_TRUE(test.wait_for("1 of 2 scenarios"));
  test.send(SIGINT);
  const Outcome outcome = test.finish();
  EXPECT_EQ(outcome.code, 130);
  EXPECT_TRUE(has(outcome.out, "1 of 1 check held")) << outcome.out;
  EXPECT_TRUE(has(outcome.out, "1 of 2 scenarios held, 1 not run")) << outcome.out;
  EXPECT_TRUE(has(outcome.err, "interrupted")) << outcome.err;
  EXPECT_TRUE(has(read_by_a_parser(junit), "b 'runs' skipped 'interrupted"));
}

}  // namespace test_verb_test
}  // namespace thaw::test
