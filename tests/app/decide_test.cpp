// thaw decide: recorded cases, decided again and compared.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace decide_test {

using Json = nlohmann::json;

const std::string kKpa = "tests/conformance/kpa.json", kHpa = "tests/conformance/hpa.json";

std::string cases(const std::string& list) { return "{\"schema\":1,\"cases\":[" + list + "]}"; }

// Population 5 takes a sample of 4.
std::string sample_case(const std::string& table) {
  return R"({"kind":"samplesize","name":"s","table":)" + table + "}";
}

std::string window_case(const std::string& ops) {
  return R"({"kind":"window","name":"w","algorithm":"linear","windowSeconds":6,)"
         R"("granularitySeconds":1,"ops":[)" +
         ops + "]}";
}

Outcome decide(const std::string& text) {
  const TempFolder folder;
  return thaw_command({"decide", folder.write("cases.json", text)});
}

// All the lines but the last are steps.
std::vector<Json> lines(const Outcome& outcome) {
  std::vector<Json> found;
  for (const std::string& line : lines_of(outcome.out)) found.push_back(Json::parse(line));
  return found;
}

TEST(Decide, HoldsOnEveryRecordedCaseOfKnativeAndOfTheHpa) {
  for (const auto& [file, count] : {std::pair(kKpa, 531), std::pair(kHpa, 565)}) {
    const Outcome outcome = thaw_command({"decide", file});
    EXPECT_EQ(outcome.code, 0) << file;
    EXPECT_EQ(lines(outcome).back(), Json({{"cases", count}, {"held", count}})) << file;
  }
}

// An hour of the real controller, as test_live_hpa recorded it: results/hpa-hour.md.
TEST(Decide, HoldsAtEachSyncOfAnHourOfTheRealHpa) {
  const Outcome outcome = thaw_command({"decide", "tests/conformance/hpa-hour.json"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_GE(lines_of(outcome.out).size(), 8u * 240);
  EXPECT_EQ(lines(outcome).back(), Json({{"cases", 8}, {"held", 8}}));
}

TEST(Decide, PrintsALineForEachStepAndOneForAll) {
  const Outcome outcome = decide(cases(sample_case("[[5,4],[3,3]]")));
  EXPECT_EQ(outcome.code, 0);
  const auto found = lines(outcome);
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0], Json::parse(R"({"case":"s","step":5,"kind":"samplesize","held":true,)"
                                  R"("expected":{"sample":4},"decided":{"sample":4},)"
                                  R"("differs":[]})"));
  EXPECT_EQ(found[2], Json::parse(R"({"cases":1,"held":1})"));
}

TEST(Decide, AnExpectationThatDoesNotHoldIsNamed) {
  const Outcome outcome = decide(cases(sample_case("[[5,4],[3,2]]")));
  EXPECT_EQ(outcome.code, 1);
  const auto found = lines(outcome);
  EXPECT_EQ(found[1].at("held"), false);
  EXPECT_EQ(found[1].at("differs"), Json::parse(R"(["sample"])"));
  EXPECT_EQ(found[2], Json::parse(R"({"cases":1,"held":0})"));
}

TEST(Decide, ComparesNumbersToAMillionth) {
  const auto with = [](const std::string& average) {
    return decide(cases(window_case(R"({"atSeconds":0,"record":3},{"atSeconds":0,)"
                                    R"("expectAverage":)" +
                                    average + R"(,"expectEmpty":false})")))
        .code;
  };
  EXPECT_EQ(with("3"), 0);
  EXPECT_EQ(with("3.000002"), 0);
  EXPECT_EQ(with("3.000004"), 1);
}

TEST(Decide, AQueryWithoutAnAverageIsNotJudged) {
  const Outcome outcome = decide(cases(window_case(R"({"atSeconds":0,"expectEmpty":false})")));
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(lines(outcome).size(), 1u);
}

TEST(Decide, CountsTheCasesOfAllFiles) {
  const TempFolder folder;
  const std::string one = folder.write("one.json", cases(sample_case("[[5,4]]")));
  const std::string two =
      folder.write("two.json", cases(sample_case("[[5,4]]") + "," + sample_case("[[5,9]]")));
  const Outcome outcome = thaw_command({"decide", one, two});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(lines(outcome).back(), Json::parse(R"({"cases":3,"held":2})"));
}

TEST(Decide, AFileThatIsNoJsonIsRefusedAtItsPlace) {
  const Outcome outcome = decide("{\n  \"cases\": [}\n");
  EXPECT_EQ(outcome.code, 2);
  EXPECT_TRUE(has(outcome.err, "cases.json:2:13: this is no JSON")) << outcome.err;
}

TEST(Decide, WhatCannotBeReadIsNamedByFileCaseAndKey) {
  const std::pair<std::string, std::string> inputs[] = {
      {R"({"kind":"samplesiez","name":"s"})", R"(s: kind: unknown: "samplesiez")"},
      {R"({"name":"s"})", "s: kind: missing"},
      {R"({"kind":"samplesize"})", "cases[0]: table: missing"},
      {"7", "cases[0]: expected an object, found a number"},
      {R"({"kind":"samplesize","name":7})", "name: expected a text, found a number"},
      {sample_case(R"({"a":1})"), "s: table: expected a list, found an object"},
      {sample_case("[[5]]"), "s: table[0]: expected [population, sample]"},
      {sample_case(R"([["5",4]])"), "s: table[0].population: expected a number, found a text"},
      {sample_case("[[5.5,4]]"), "expected an integer from 0 to 2147483647, found 5.5"},
      {sample_case("[[5,4e99]]"), "s: table[0].sample: expected an integer"},
      {window_case(R"({"record":1})"), "w: ops[0].atSeconds: missing"},
      {window_case(R"({"atSeconds":1e300,"record":1})"), "w: ops[0].atSeconds: expected at most"},
      {replaced(window_case(""), "linear", "mean"), "w: algorithm: expected linear or"},
      {R"({"kind":"reconcile","name":"r"})", R"(r: kind: unknown: "reconcile")"},
      {R"({"kind":"resolve","name":"r","input":{"configMap":{"stable-window":"1s"},)"
       R"("annotations":{}},"expectResolved":{}})",
       "r: input.configMap.stable-window: expected a duration from 6s to 1h"},
      {R"({"kind":"requeststats","name":"q","events":[{"atSeconds":0.5,"type":"out"}],)"
       R"("reports":[{"atSeconds":1}]})",
       "q: events[0].type: ends a request that never began"},
  };
  for (const auto& [input, part] : inputs) {
    const Outcome outcome = decide(cases(input));
    EXPECT_EQ(outcome.code, 2) << input;
    EXPECT_TRUE(has(outcome.err, "cases.json: ")) << outcome.err;
    EXPECT_TRUE(has(outcome.err, part)) << part << " is not in: " << outcome.err;
  }
}

TEST(Decide, RefusesWhatIsNoFileOfCases) {
  for (const char* text : {"[]", "{}", R"({"cases":{}})", "7", "null"}) {
    const Outcome outcome = decide(text);
    EXPECT_EQ(outcome.code, 2) << text;
    EXPECT_TRUE(has(outcome.err, "expected a list of cases")) << outcome.err;
  }
  const Outcome empty = decide("");
  EXPECT_EQ(empty.code, 2);
  EXPECT_TRUE(has(empty.err, "this is no JSON")) << empty.err;
  EXPECT_EQ(thaw_command({"decide", "no/such.json"}).code, 2);
  EXPECT_EQ(thaw_command({"decide", "tests"}).code, 2);  // a folder
  EXPECT_EQ(thaw_command({"decide"}).code, 2);
}

TEST(Decide, NestingAndNumbersBeyondReasonAreRefused) {
  const Outcome deep = decide(std::string(100'000, '['));
  EXPECT_EQ(deep.code, 2);
  EXPECT_TRUE(has(deep.err, "nested deeper than 64")) << deep.err;
  const Outcome large = decide(cases("1e999"));
  EXPECT_EQ(large.code, 2);
  EXPECT_TRUE(has(large.err, "out of range")) << large.err;
}

TEST(Decide, ACaseThatCannotBeReadDoesNotHideTheOthers) {
  const Outcome outcome = decide(cases("7," + sample_case("[[5,4]]")));
  EXPECT_EQ(outcome.code, 2);
  EXPECT_EQ(lines(outcome).front().at("case"), "s");
}

}  // namespace decide_test
}  // namespace thaw::test
