// Who is better than whom, by hand-made runs.
#include "engine/report/comparison.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "engine/report/comparison_words.hpp"

namespace thaw {
namespace comparison_test {

using Json = nlohmann::json;
using Values = std::vector<double>;

Outcome outcome(double cost, double p95) {
  Outcome one;
  one.cost = cost;
  one.useful = cost / 4;
  one.idle_warm = cost * 3 / 4;
  one.p50_s = p95 / 2;
  one.p95_s = p95;
  one.p99_s = p95 * 2;
  one.requests = one.answered = 100;
  one.cold_share = 0.02;
  one.cost_per_1000_requests = cost * 10;
  one.changes_per_hour = 3;
  one.simulated_s = 3600;
  return one;
}

Contest::Contender contender(const std::string& name, const Values& costs, const Values& p95s) {
  Contest::Contender one{name, "", "", {}};
  for (std::size_t r = 0; r < costs.size(); ++r) one.runs.push_back(outcome(costs[r], p95s[r]));
  return one;
}

Contest contest(std::vector<Contest::Contender> contenders) {
  Contest made;
  made.scenario = "study";
  made.currency = "EUR";
  made.seed = 7;
  made.contenders = std::move(contenders);
  return made;
}

const Comparison::Policy& policy(const Comparison& comparison, const std::string& name) {
  return *std::find_if(comparison.policies.begin(), comparison.policies.end(),
                       [&](const auto& one) { return one.name == name; });
}

using Names = std::vector<std::string>;

// b is a tenth cheaper than a in each replication, though their costs overlap.
const Values kCosts = {10, 14, 12, 20}, kTenthLess = {9, 12.6, 10.8, 18}, kP95 = {2, 3, 2, 4};

TEST(Comparison, DominationIsByPairsAndNotByIntervalsSideBySide) {
  const Comparison c =
      compared(contest({contender("a", kCosts, kP95), contender("b", kTenthLess, kP95)}));
  EXPECT_EQ(policy(c, "a").dominated_by, Names{"b"});
  EXPECT_EQ(policy(c, "b").dominated_by, Names{});
  EXPECT_TRUE(policy(c, "b").pareto);
  EXPECT_FALSE(policy(c, "a").pareto);
  ASSERT_EQ(c.pairs.size(), 1U);
  EXPECT_EQ(c.pairs[0].a, "b");
  EXPECT_EQ(c.pairs[0].b, "a");
  EXPECT_NEAR(c.pairs[0].cost_ratio->mean, 0.9, 1e-12);
  EXPECT_LT(c.pairs[0].cost_ratio->high, 1);
  EXPECT_GT(policy(c, "a").cost.high, policy(c, "b").cost.low) << "side by side they overlap";
}

TEST(Comparison, CheaperButSlowerStandsOnTheFrontBesideTheOther) {
  const Comparison c = compared(
      contest({contender("a", kCosts, {2, 3, 2, 4}), contender("b", kTenthLess, {3, 4, 3, 5})}));
  for (const char* name : {"a", "b"}) {
    EXPECT_EQ(policy(c, name).dominated_by, Names{});
    EXPECT_TRUE(policy(c, name).pareto);
  }
}

// On average 1 cheaper, but by -5, +5, -4, 0: 95 % hold zero.
TEST(Comparison, WhatIsNotToldApartDominatesNobody) {
  const Comparison c =
      compared(contest({contender("a", kCosts, kP95), contender("b", {5, 19, 8, 20}, kP95)}));
  EXPECT_EQ(policy(c, "a").dominated_by, Names{});
  EXPECT_FALSE(policy(c, "a").pareto) << "the front is of the means";
  EXPECT_NE(to_text(c, false).find("cost not told apart at 95 %, the same p95"), std::string::npos);
}

TEST(Comparison, OneReplicationTellsNobodyApart) {
  Comparison c = compared(contest({contender("a", {10}, {2}), contender("b", {1}, {1})}));
  EXPECT_EQ(policy(c, "a").dominated_by, Names{});
  add_own_notices(c, std::nullopt);
  EXPECT_EQ(c.notices.front(),
            "one replication has no interval: nobody is told apart from anybody");
}

TEST(Comparison, WhoAnswersFewerNeitherDominatesNorStandsOnTheFront) {
  auto lazy = contender("lazy", {1, 1, 1, 1}, {1, 1, 1, 1});
  for (Outcome& run : lazy.runs) run.answered = 90;
  const Comparison c = compared(contest({contender("a", kCosts, kP95), lazy}));
  EXPECT_NEAR(policy(c, "lazy").unanswered_share->mean, 0.1, 1e-12);
  EXPECT_EQ(policy(c, "a").dominated_by, Names{});
  EXPECT_FALSE(policy(c, "lazy").pareto);
  EXPECT_TRUE(policy(c, "a").pareto);
  EXPECT_NE(to_text(c, false).find("leaves 10.00 % unanswered"), std::string::npos);
}

// A scenario's step that waits for a replica never comes where there is none: 0 of 0 calls.
TEST(Comparison, RequestsThatAPolicyNeverCameToAreUnanswered) {
  auto nobody = contender("nobody", {0, 0, 0, 0}, {0, 0, 0, 0});
  for (Outcome& run : nobody.runs) {
    run.requests = run.answered = 0;
    run.p50_s = run.p95_s = run.p99_s = run.cold_share = run.cost_per_1000_requests = std::nullopt;
  }
  Contest made = contest({contender("a", kCosts, kP95), nobody});
  Comparison c = compared(made);
  EXPECT_EQ(policy(c, "nobody").unanswered_share->mean, 1);
  EXPECT_FALSE(policy(c, "nobody").pareto);
  EXPECT_EQ(policy(c, "a").dominated_by, Names{});
  made.same_load = false;  // a closed loop calls as often as it is answered
  c = compared(made);
  EXPECT_FALSE(policy(c, "nobody").unanswered_share);
}

TEST(Comparison, KeepsWhoCouldNotRunWithTheReason) {
  const Comparison c = compared(contest({contender("a", kCosts, kP95),
                                         {"b", "x=1", "it has no heart", {}},
                                         {"c", "", "it has no heart", {}}}));
  EXPECT_EQ(c.replications, 4U);
  EXPECT_EQ(c.pairs.size(), 0U);
  EXPECT_NE(to_text(c, false).find("b:x=1, c: not run, because it has no heart"),
            std::string::npos);
  const Json json = Json::parse(to_json(c));
  EXPECT_EQ(json.at("policies").at(1).at("not_run"), "it has no heart");
  EXPECT_FALSE(json.at("policies").at(1).contains("cost"));
}

TEST(Comparison, RatioToTheOptimumIsOfAllReplicationsOrOfNone) {
  auto a = contender("a", kCosts, kP95), b = contender("b", kTenthLess, kP95);
  // An eighth of the bound less in service, a quarter in starts, the rest is kept.
  for (Outcome& run : a.runs) run.over_optimum = {run.cost / 8, -0.125, run.cost / 8 - 1.125, 0.25};
  for (Outcome& run : b.runs) run.over_optimum = {run.cost / 8, 0, run.cost / 8 - 1};
  b.runs[2].over_optimum.reset();  // somebody waited longer than the bound allows
  Contest made = contest({a, b});
  made.optimum = Contest::Bound{30, {8, 8, 8, 8}};
  const Comparison c = compared(made);
  const Json json = Json::parse(to_json(c));
  EXPECT_EQ(json.at("optimum").at("total"), 8);
  EXPECT_EQ(json.at("optimum").at("wait_allowed_s"), 30);
  EXPECT_NEAR(json.at("policies").at(0).at("cost_over_optimum").get<double>(), 14.0 / 8, 1e-12);
  EXPECT_TRUE(json.at("policies").at(1).at("cost_over_optimum").is_null());
  EXPECT_TRUE(json.at("policies").at(1).at("above_optimum").is_null());
  const Json& above = json.at("policies").at(0).at("above_optimum");
  EXPECT_EQ(above.at("served_longer"), -0.125);
  EXPECT_NEAR(above.at("kept_longer").get<double>(), 14.0 / 8 - 1.125, 1e-12);
  EXPECT_EQ(above.at("started_more"), 0.25);
  EXPECT_EQ(above.at("nodes_unused"), 0);
  const auto words = above_optimum_words(policy(c, "a"));
  EXPECT_EQ(words.value(), (Names{"+0.750", "-0.125", "+0.625", "+0.250", "+0.000"}));
  EXPECT_FALSE(above_optimum_words(policy(c, "b")));
}

TEST(Comparison, JsonHasTheFieldsOfItsSchema) {
  Contest made = contest({contender("a", kCosts, kP95), contender("b", kTenthLess, kP95)});
  made.warm_up_s = 60;
  made.notices = {"a guess"};
  const Json json = Json::parse(to_json(compared(made)));
  EXPECT_EQ(json.at("schema"), "thaw.compare/v1");
  EXPECT_EQ(json.at("scenario"), "study");
  EXPECT_EQ(json.at("seed"), 7);
  EXPECT_EQ(json.at("replications"), 4);
  EXPECT_EQ(json.at("currency"), "EUR");
  EXPECT_EQ(json.at("warm_up_s"), 60);
  EXPECT_TRUE(json.at("optimum").is_null());
  const Json& a = json.at("policies").at(0);
  EXPECT_EQ(a.at("cost").at("mean"), 14);  // (10 + 14 + 12 + 20) / 4
  // Squares 16 + 0 + 4 + 36 = 56, standard error sqrt(56/3/4) = 2.160247, t with 3
  // degrees 3.182446.
  EXPECT_NEAR(a.at("cost").at("ci95").at(1).get<double>(), 14 + 2.160247 * 3.182446, 1e-5);
  EXPECT_EQ(a.at("cost_per_1000_requests").at("mean"), 140);
  EXPECT_EQ(a.at("latency_s").at("p95").at("mean"), 2.75);
  EXPECT_EQ(a.at("latency_s").at("p50").at("mean"), 1.375);
  EXPECT_EQ(a.at("latency_s").at("p99").at("mean"), 5.5);
  EXPECT_EQ(a.at("waste").at("idle_warm"), 10.5);
  for (const char* kind : {"cold_start", "stranded", "draining", "fixed"})
    EXPECT_EQ(a.at("waste").at(kind), 0) << kind;
  EXPECT_EQ(a.at("cold_share").at("mean"), 0.02);
  EXPECT_EQ(a.at("changes_per_hour"), 3);
  EXPECT_EQ(a.at("dominated_by"), (Json::array({"b"})));
  EXPECT_EQ(a.at("pareto"), false);
  EXPECT_EQ(a.at("held"), true);
  EXPECT_EQ(json.at("pairs").at(0).at("p95_difference_s").at("mean"), 0);
  EXPECT_EQ(json.at("notices"), Json::array({"a guess"}));
}

TEST(Comparison, CsvHasALineAPolicyAndAsManyCellsInEach) {
  auto settings = contender("a", kCosts, kP95);
  settings.settings = "x=1";
  const std::string csv = to_csv(compared(contest({settings, {"b", "y=1,z=\"2\"", "no", {}}})));
  const std::string head = csv.substr(0, csv.find('\n'));
  EXPECT_TRUE(head.starts_with("policy,settings,not_run,held,pareto,cost,cost_low,cost_high,"));
  const std::size_t first = csv.find('\n') + 1, second = csv.find('\n', first) + 1;
  const std::string ran = csv.substr(first, second - first), rest = csv.substr(second);
  EXPECT_TRUE(ran.starts_with("a,x=1,,true,true,14,")) << ran;
  EXPECT_TRUE(rest.starts_with("b,\"y=1,z=\"\"2\"\"\",no,")) << rest;
  const auto commas = [](const std::string& line) {
    return std::count(line.begin(), line.end(), ',');
  };
  EXPECT_EQ(commas(ran), commas(head));
  EXPECT_EQ(commas(rest), commas(head) + 1) << "one comma is the settings' own";
}

TEST(Comparison, SaysHowMuchCheaperAndHowMuchSlower) {
  const Comparison c = compared(contest({contender("a", {10, 11, 10, 11}, {1, 1, 1, 1}),
                                         contender("b", {20, 22, 20, 22}, {3, 3, 3, 3}),
                                         contender("c", {50, 55, 50, 55}, {1, 1, 1, 1})}));
  const std::string text = to_text(c, false);
  EXPECT_NE(text.find("100.0 % dearer, p95 2s higher"), std::string::npos) << text;
  EXPECT_NE(text.find("5.0 times the cost, the same p95"), std::string::npos) << text;
  EXPECT_NE(text.find("b b: by a a (50.0 % cheaper, p95 2s lower)"), std::string::npos) << text;
}

TEST(Comparison, ChartHasALetterForEachAndTheOptimumsLine) {
  Contest made = contest({contender("a", {10, 10}, {1, 1}), contender("b", {40, 40}, {9, 9}),
                          contender("c", {40, 40}, {9, 9})});
  made.optimum = Contest::Bound{0, {5, 5}};
  const std::string text = to_text(compared(made), false);
  // 60 columns from 0 to 40: 10 stands in column 15 (14.75), 5 in 7 (7.375), 40 in the last.
  EXPECT_NE(text.find("│" + std::string(7, ' ') + "|" + std::string(51, ' ') + "b\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("│" + std::string(7, ' ') + "|" + std::string(7, ' ') + "a\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("at b too: c"), std::string::npos) << text;
}

TEST(Comparison, TellsWhichMeanIsKnownLeastWell) {
  const Comparison c =
      compared(contest({contender("a", {10, 10}, {1, 1}), contender("b", {10, 11}, {1, 1})}));
  const WidestMean widest = widest_mean(c);
  EXPECT_EQ(widest.what, "the cost of b");
  // t with 1 degree 12.7062, standard error 0.5, mean 10.5.
  EXPECT_NEAR(widest.share, 12.7062 * 0.5 / 10.5, 1e-5);
  Comparison told = c;
  add_own_notices(told, 0.02);
  EXPECT_EQ(told.notices.front(),
            "the precision of 2 % was not reached in 2 replications: the cost of b is known to "
            "within 60.5 %");
}

TEST(Comparison, TellsOfRunsOfDifferentLength) {
  auto longer = contender("b", kTenthLess, kP95);
  for (Outcome& run : longer.runs) run.simulated_s = 4000;
  Comparison c = compared(contest({contender("a", kCosts, kP95), longer}));
  add_own_notices(c, std::nullopt);
  ASSERT_EQ(c.notices.size(), 1U);
  EXPECT_TRUE(c.notices[0].starts_with("the runs are not of one length (3600 to 4000 s)"));
}

}  // namespace comparison_test
}  // namespace thaw
