// What the command says of itself, and what it refuses before any scenario is read.
#include "tests/app/command.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "policies/all.hpp"

namespace thaw::test {
namespace command_test {

// The words that open a line of the list of verbs; what continues a line stands further right.
std::set<std::string> verbs_in(const std::string& help) {
  std::set<std::string> verbs;
  bool listed = false;
  for (const std::string& line : lines_of(help)) {
    if (line == "Subcommands:") listed = true;
    if (!listed || line.size() < 3 || !line.starts_with("  ") || line[2] == ' ') continue;
    verbs.insert(line.substr(2, line.find(' ', 2) - 2));
  }
  return verbs;
}

TEST(Command, HelpNamesTheVerbsThatExist) {
  const Outcome help = thaw_command({"--help"});
  EXPECT_EQ(help.code, 0);
  EXPECT_EQ(help.err, "");
  EXPECT_EQ(verbs_in(help.out),
            (std::set<std::string>{"calibrate", "clean", "compare", "decide", "diff", "drive",
                                   "lint", "museum", "policies", "record", "replay", "run",
                                   "schema", "test", "trace"}));
  for (const std::string& verb : verbs_in(help.out)) {
    const Outcome of_verb = thaw_command({verb, "--help"});
    EXPECT_EQ(of_verb.code, 0) << verb;
    EXPECT_TRUE(has(of_verb.out, "thaw " + verb)) << of_verb.out;
  }
}

TEST(Command, HelpOfRunNamesItsOptions) {
  const std::string help = thaw_command({"run", "--help"}).out;
  for (const char* option : {"--seed", "--replications", "--jobs", "--policy", "--set", "--out",
                             "--format", "--explain", "--trace", "--audit", "--precision"}) {
    EXPECT_TRUE(has(help, option)) << option;
  }
}

TEST(Command, HelpOfCompareNamesItsOptions) {
  const std::string help = thaw_command({"compare", "--help"}).out;
  for (const char* option : {"--policies", "--replications", "--precision", "--jobs", "--seed",
                             "--set", "--out", "--format", "Example: thaw compare "}) {
    EXPECT_TRUE(has(help, option)) << option;
  }
}

TEST(Command, HelpOfTestNamesItsOptions) {
  const std::string help = thaw_command({"test", "--help"}).out;
  for (const char* option : {"--junit", "--seed", "--jobs", "--format", "--write-decisions",
                             "--audit", "Example: thaw test "}) {
    EXPECT_TRUE(has(help, option)) << option;
  }
}

TEST(Command, TellsItsVersion) {
  const Outcome version = thaw_command({"--version"});
  EXPECT_EQ(version.code, 0);
  EXPECT_TRUE(version.out.starts_with("thaw ")) << version.out;
  EXPECT_EQ(lines_of(version.out).size(), 1U);
}

TEST(Command, WithoutAVerbIsWrong) {
  const Outcome alone = thaw_command({});
  EXPECT_EQ(alone.code, 2);
  EXPECT_EQ(alone.out, "");
  EXPECT_NE(alone.err, "");
}

class RefusedArguments : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(RefusedArguments, EndWithTwoAndSaySoOnStandardError) {
  const Outcome refused = thaw_command(GetParam());
  EXPECT_EQ(refused.code, 2);
  EXPECT_TRUE(refused.out.empty()) << refused.out.substr(0, 200);
  EXPECT_FALSE(refused.err.empty());
}

INSTANTIATE_TEST_SUITE_P(UnknownVerbs, RefusedArguments,
                         testing::Values(std::vector<std::string>{"frobnicate"},
                                         std::vector<std::string>{"test"},
                                         std::vector<std::string>{"test", kKapsule, "--jobs", "0"},
                                         std::vector<std::string>{"tune", kKapsule},
                                         std::vector<std::string>{"--frobnicate"},
                                         std::vector<std::string>{"policies", "extra"},
                                         std::vector<std::string>{"schema", "--extra"}));

INSTANTIATE_TEST_SUITE_P(UnknownOptionsOfRun, RefusedArguments,
                         testing::Values(std::vector<std::string>{"run", kKapsule, "--frobnicate"},
                                         std::vector<std::string>{"run", kKapsule, "--on",
                                                                  "kubernetes"},
                                         std::vector<std::string>{"run", kKapsule, "another"},
                                         std::vector<std::string>{"run"}));

INSTANTIATE_TEST_SUITE_P(
    WrongValuesOfRun, RefusedArguments,
    testing::Values(std::vector<std::string>{"run", kKapsule, "--seed", "abc"},
                    std::vector<std::string>{"run", kKapsule, "--seed", "1.5"},
                    std::vector<std::string>{"run", kKapsule, "--seed", "-1"},
                    std::vector<std::string>{"run", kKapsule, "--replications", "0"},
                    std::vector<std::string>{"run", kKapsule, "--replications", "-3"},
                    std::vector<std::string>{"run", kKapsule, "--replications", "many"},
                    std::vector<std::string>{"run", kKapsule, "--jobs", "0"},
                    std::vector<std::string>{"run", kKapsule, "--format", "xml"},
                    std::vector<std::string>{"run", kKapsule, "--set", "name"}));

TEST(Command, NamesAnOptionItDoesNotKnow) {
  EXPECT_TRUE(has(thaw_command({"run", kKapsule, "--frobnicate"}).err, "--frobnicate"));
}

TEST(Command, NamesTheScenariosNearAMissingOne) {
  const Outcome missing = thaw_command({"run", kKapsule + "/short-idl"});
  EXPECT_EQ(missing.code, 2);
  EXPECT_TRUE(has(missing.err, kKapsule + "/short-idle")) << missing.err;
}

TEST(Schema, IsAJsonSchemaOfEverySection) {
  const Outcome printed = thaw_command({"schema"});
  EXPECT_EQ(printed.code, 0);
  const auto schema = nlohmann::json::parse(printed.out);
  EXPECT_EQ(schema.at("$schema"), "https://json-schema.org/draft/2020-12/schema");
  const auto& sections = schema.at("$defs").at("scenario").at("properties");
  for (const char* section :
       {"apiVersion", "kind", "name", "versions", "start", "cluster", "manifests", "functions",
        "workload", "checks", "faults", "until", "warmUp", "sampling"}) {
    EXPECT_TRUE(sections.contains(section)) << section;
  }
}

TEST(Policies, AreListedWithEverySetting) {
  const Outcome listed = thaw_command({"policies"});
  EXPECT_EQ(listed.code, 0);
  EXPECT_TRUE(has(listed.out, "idle_timeout\n"));
  EXPECT_TRUE(has(listed.out, "keep_alive\n"));
  for (const PolicyInfo& policy : all_policies()) {
    EXPECT_TRUE(has(listed.out, std::string(policy.name)));
    EXPECT_TRUE(has(listed.out, std::string(policy.source)));
    for (const ParamInfo& setting : policy.params) {
      EXPECT_TRUE(has(listed.out, std::string(setting.key) + " ")) << setting.key;
      EXPECT_TRUE(has(listed.out, std::string(setting.meaning))) << setting.meaning;
    }
  }
}

}  // namespace command_test
}  // namespace thaw::test
