#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "engine/report/html/page.hpp"
#include "engine/report/html/run_data.hpp"
#include "engine/report/series.hpp"

namespace thaw {
namespace html_test {

using Json = nlohmann::json;

constexpr TimePoint kStart{};

// What an element of the page holds, as a browser would hand it to a script.
std::string held_by(const std::string& page, const std::string& id) {
  const std::string opening = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t from = page.find(opening);
  if (from == std::string::npos) return "";
  const std::size_t begin = from + opening.size();
  return page.substr(begin, page.find("</script>", begin) - begin);
}

std::size_t times(const std::string& page, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1))
    ++found;
  return found;
}

Series counting(std::int64_t points, Duration interval) {
  Series series(kStart, interval);
  const Series::Column ready = series.add("function", "a,\"b\"", "ready");
  const Series::Column nodes = series.add("pool", "gpu", "nodes");
  for (std::int64_t i = 0; i < points; ++i) {
    series.set(ready, kStart + i * interval, i);
    series.set(nodes, kStart + i * interval, i / 2);
  }
  series.finish(kStart + (points - 1) * interval);
  return series;
}

Json data_of(const Series& series, const Timeline& timeline = {}, const Summary& summary = {}) {
  return Json::parse(run_data(summary, timeline, kStart, series.to_csv()));
}

TEST(Page, HoldsTheSummaryAsItIs) {
  Summary summary;
  summary.scenario = "slimfaas-kapsule";
  summary.simulated_s = 4563.25;
  summary.notices = {"1 < 2 & \u2028 \u2029 > </script><!-- \\ \" é"};
  const std::string json = to_json(summary);
  const std::string page = run_html(json, "{}");
  EXPECT_EQ(Json::parse(held_by(page, "summary")), Json::parse(json));
}

// What could end an element or a line of a script never stands in the data.
TEST(Page, LetsNoTextOutOfItsElement) {
  const std::string hostile = "</script><script>alert(1)</script><!--\u2028";
  Summary summary;
  summary.scenario = hostile;
  summary.checks = {{.name = hostile, .held = true, .at_s = {}, .detail = hostile}};
  const std::string harmless = run_html(to_json(Summary{}), "{}"),
                    page = run_html(to_json(summary), "{}");
  for (const char* tag : {"<script", "</script", "<!--"})
    EXPECT_EQ(times(page, tag), times(harmless, tag)) << tag;
  EXPECT_EQ(times(held_by(page, "summary"), "\u2028"), 0u);
  EXPECT_NE(page.find("<title>&lt;/script>&lt;script>"), std::string::npos);
}

TEST(Page, TakesWhatLooksLikeAPlaceOfTheTemplateAsText) {
  Summary summary;
  summary.scenario = "{{scripts}} {{data}}";
  const std::string page = run_html(to_json(summary), "{}");
  EXPECT_EQ(Json::parse(held_by(page, "summary")).at("scenario"), summary.scenario);
  EXPECT_EQ(times(page, "const runPage"), 1u);
}

TEST(Page, AsksNobodyForAnything) {
  const std::string page = run_html(to_json(Summary{}), "{}");
  EXPECT_NE(page.find("default-src 'none'"), std::string::npos);
  for (const char* part : {"<script src", "<link rel=\"stylesheet\"", "@import", "url(", "fetch("})
    EXPECT_EQ(times(page, part), 0u) << part;
  EXPECT_NE(page.find("Copyright 2010-2022 Mike Bostock"), std::string::npos);
}

TEST(Page, OfAComparisonHoldsItsNumbers) {
  const std::string json = R"({"scenario": "a", "policies": [{"name": "<b>", "cost": 0.25}]})";
  const std::string page = comparison_html(json);
  EXPECT_EQ(Json::parse(held_by(page, "comparison")), Json::parse(json));
  EXPECT_EQ(held_by(page, "summary"), "");
}

// The steps of the page are series.csv: spread out again they are the same table.
TEST(RunData, HoldsTheSeriesByItsChanges) {
  const Json series = data_of(counting(5, 10s)).at("series");
  EXPECT_EQ(series.at("interval_s"), 10);
  EXPECT_EQ(series.at("points"), 5);
  EXPECT_EQ(series.at("every"), 1);
  EXPECT_EQ(series.at("left_out"), 0);
  ASSERT_EQ(series.at("columns").size(), 2u);
  EXPECT_EQ(series.at("columns")[0].at("name"), "a,\"b\"");
  EXPECT_EQ(series.at("columns")[0].at("changes"), Json({0, 0, 1, 1, 2, 2, 3, 3, 4, 4}));
  EXPECT_EQ(series.at("columns")[1].at("changes"), Json({0, 0, 2, 1, 4, 2}));
  EXPECT_EQ(series.at("columns")[1].at("field"), "nodes");
}

TEST(RunData, ThinsALongSeriesAndSaysSo) {
  const Json series = data_of(counting(10'000, 1s)).at("series");
  EXPECT_EQ(series.at("every"), 3);       // 4,000 points at most: each third of 10,000
  EXPECT_EQ(series.at("points"), 3'334);  // 0, 3, …, 9,999
  const Json& changes = series.at("columns")[0].at("changes");
  EXPECT_EQ(changes.size(), 2u * 3'334);
  EXPECT_EQ(changes[2], 1);
  EXPECT_EQ(changes[3], 3);
}

TEST(RunData, LeavesOutSeriesBeyondItsRoomAndCountsThem) {
  Series series(kStart, 1s);
  std::vector<Series::Column> columns;
  for (int i = 0; i < 60; ++i)
    columns.push_back(series.add("function", std::to_string(i), "ready"));
  for (std::int64_t t = 0; t < 4'000; ++t)
    for (const Series::Column column : columns) series.set(column, kStart + t * 1s, t);
  series.finish(kStart + 3'999s);
  const Json out = data_of(series).at("series");
  EXPECT_EQ(out.at("columns").size(), 50u);  // 200,000 changes of 4,000 a column
  EXPECT_EQ(out.at("left_out"), 10);
}

TEST(RunData, HasTheWordsOfEventsAndTheirExactTimes) {
  Timeline timeline = {{.at = kStart + 86'400s + 1ns,
                        .kind = EventKind::decision,
                        .name = "ollama",
                        .what = "idle_timeout",
                        .words = "ollama 1 → 0: no call for 1200.96 s",
                        .fields = {{"desired", std::int64_t{0}}, {"other", 1.5}}}};
  const std::string text = run_data({}, timeline, kStart, "t_s,scope,name,field,value\n");
  EXPECT_NE(text.find("{\"t_s\":86400.000000001,\"kind\":\"decision\""), std::string::npos) << text;
  const Json event = Json::parse(text).at("events")[0];
  EXPECT_EQ(event.at("words"), "ollama 1 → 0: no call for 1200.96 s");
  EXPECT_EQ(event.at("desired"), 0);
  EXPECT_FALSE(event.contains("other"));
}

TEST(RunData, KeepsTheFirstFiveHundredEventsOfAKind) {
  Timeline timeline;
  for (int i = 0; i < 620; ++i)
    timeline.push_back({.at = kStart,
                        .kind = EventKind::pod,
                        .name = "p",
                        .what = "ready",
                        .words = "",
                        .fields = {}});
  timeline.push_back({.at = kStart,
                      .kind = EventKind::node,
                      .name = "n",
                      .what = "ready",
                      .words = "",
                      .fields = {}});
  const Json data = data_of(counting(1, 1s), timeline);
  EXPECT_EQ(data.at("events").size(), 501u);
  EXPECT_EQ(data.at("events_left_out"), (Json{{"pod", 120}}));
  EXPECT_EQ(data.at("events").back().at("words"), "n ready");
}

TEST(RunData, HasTheBinsOfLatencies) {
  Summary summary;
  summary.functions["f"].latency_bins = {{.from_s = 0.5, .to_s = 0.5625, .count = 7}};
  summary.pipelines["p"];
  const Json latency = data_of(counting(1, 1s), {}, summary).at("latency");
  EXPECT_EQ(latency.at("functions").at("f"), Json::parse("[[0.5, 0.5625, 7]]"));
  EXPECT_EQ(latency.at("pipelines").at("p"), Json::array());
}

TEST(RunData, OfNothingIsStillWhole) {
  const Json data = Json::parse(run_data({}, {}, kStart, "t_s,scope,name,field,value\n"));
  EXPECT_EQ(data.at("series").at("points"), 0);
  EXPECT_TRUE(data.at("series").at("columns").empty());
  EXPECT_TRUE(data.at("events").empty());
}

}  // namespace html_test
}  // namespace thaw
