// Values as they are written, and what Prometheus and VictoriaMetrics answer, read: the documented
// shapes, and what is not of any.
#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <string>

#include "drivers/metrics/prometheus_reply.hpp"
#include "drivers/metrics/quantity.hpp"
#include "drivers/metrics/selectors.hpp"
#include "tests/drivers/metrics/bodies.hpp"

namespace thaw::metrics {
namespace {

TEST(QuantityMilli, ReadsEverySuffixRoundingAwayFromZero) {
  const std::array<std::pair<std::string_view, Milli>, 16> cases{{{"70500m", 70'500},
                                                                  {"429151n", 1},
                                                                  {"1000000n", 1},
                                                                  {"1000001n", 2},
                                                                  {"1500u", 2},
                                                                  {"-1500u", -2},
                                                                  {"2", 2'000},
                                                                  {"-3", -3'000},
                                                                  {"12.5", 12'500},
                                                                  {"1k", 1'000'000},
                                                                  {"3M", 3'000'000'000},
                                                                  {"1Ki", 1'024'000},
                                                                  {"1.5Gi", 1'610'612'736'000},
                                                                  {"12e3", 12'000'000},
                                                                  {"1E-3", 1},
                                                                  {"0", 0}}};
  for (const auto& [text, milli] : cases) {
    EXPECT_EQ(quantity_milli(text), milli) << text;
  }
}

TEST(QuantityMilli, RefusesWhatIsNoneOrTooLarge) {
  for (const std::string_view text : {"", "-", "-+1", "--1", "1x", "Ki", "1 k", "NaN", "0x10",
                                      "9223372036854775808m", "9.3P", "10E"}) {
    EXPECT_FALSE(quantity_milli(text)) << text;
  }
  EXPECT_EQ(quantity_milli("9223372036854775807m"), std::numeric_limits<Milli>::max());
}

TEST(SampleValue, IsTheNearestThousandthOfWhatGoPrints) {
  EXPECT_EQ(sample_value("0.0015").milli, 2);
  EXPECT_EQ(sample_value("1e+06").milli, 1'000'000'000);
  EXPECT_EQ(sample_value("-0.25").milli, -250);
  EXPECT_EQ(sample_value("70.49999").milli, 70'500);
  for (const std::string_view text : {"NaN", "+Inf", "-Inf"}) {
    EXPECT_EQ(sample_value(text).presence, Presence::nan) << text;
  }
  for (const std::string_view text : {"", "1.5x", "nan", "inf", "1e300", "9.3e15"}) {
    EXPECT_EQ(sample_value(text).presence, Presence::error) << text;
  }
}

Answer answer_to(std::string_view body, unsigned status = 200) {
  return to_answer(read_reply(status, body), {}, kNow);
}

Reply oldest_at(const std::string& unix_s) {
  Reply reply;
  reply.samples = {{kNow, unix_s}};
  return reply;
}

TEST(PrometheusReply, IsTheValueOfItsOneSeries) {
  const Answer answer = answer_to(kVector);
  EXPECT_EQ(answer.presence, Presence::ok);
  ASSERT_EQ(answer.series.size(), 1u);
  EXPECT_EQ(answer.series[0], 1'000);
  EXPECT_EQ(answer.taken, kNow);
  EXPECT_TRUE(answer.trouble.empty());

  const Answer scalar = answer_to(
      R"({"status":"success","data":{"resultType":"scalar","result":[1435781451.781,"2.5"]}})");
  ASSERT_EQ(scalar.series.size(), 1u);
  EXPECT_EQ(scalar.series[0], 2'500);
}

TEST(PrometheusReply, IsAsOldAsTheOldestSampleByTheStoresOwnClock) {
  // Evaluated at …451.781, the oldest sample is of …421.281: 30.5 s, whatever our clock says.
  const Answer answer = to_answer(read_reply(200, kVector), oldest_at("1435781421.281"), kNow);
  EXPECT_EQ(answer.taken, kNow - 30'500ms);
  // A sample that seems to come from the future is as of now.
  EXPECT_EQ(to_answer(read_reply(200, kVector), oldest_at("1435781452"), kNow).taken, kNow);
  // An answer that is made of nothing, as vector(0) or absent(x), is as of now too.
  EXPECT_EQ(to_answer(read_reply(200, kVector), Reply{}, kNow).taken, kNow);
  // Where the age cannot be known there is no answer.
  Reply refused;
  refused.trouble = "HTTP 503";
  EXPECT_EQ(to_answer(read_reply(200, kVector), refused, kNow).presence, Presence::error);
  EXPECT_EQ(to_answer(read_reply(200, kVector), oldest_at("NaN"), kNow).presence, Presence::error);
}

TEST(PrometheusReply, TellsAbsentFromZeroAndFromNoNumber) {
  const auto with = [](const std::string& result) {
    return answer_to(R"({"status":"success","data":{"resultType":"vector","result":[)" + result +
                     "]}}");
  };
  const Answer absent = with("");
  EXPECT_EQ(absent.presence, Presence::absent);
  EXPECT_TRUE(absent.series.empty());
  const Answer zero = with(R"({"metric":{},"value":[1,"0"]})");
  EXPECT_EQ(zero.presence, Presence::ok);
  EXPECT_EQ(zero.series, std::vector<Milli>{0});
  const Answer nan = with(R"({"metric":{},"value":[1,"NaN"]})");
  EXPECT_EQ(nan.presence, Presence::nan);
  EXPECT_TRUE(nan.series.empty());
  EXPECT_EQ(with(R"({"metric":{},"value":[1,"+Inf"]})").presence, Presence::nan);
  const Answer two = with(R"({"metric":{"a":"1"},"value":[1,"1"]},{"metric":{},"value":[1,"2"]})");
  EXPECT_EQ(two.presence, Presence::error);
  EXPECT_EQ(two.trouble,
            "the query answers 2 series where one number is asked for: wrap it in sum() or max()");
  EXPECT_EQ(with(R"({"metric":{},"histogram":[1,{"count":"1","sum":"2"}]})").presence,
            Presence::error);
  EXPECT_EQ(with(R"({"metric":{},"value":["1","1"]})").presence, Presence::error);
  EXPECT_EQ(with(R"({"metric":{},"value":[-1,"1"]})").presence, Presence::error);
}

TEST(PrometheusReply, PassesOnErrorsWarningsAndPartialAnswers) {
  const Answer bad = answer_to(
      R"({"status":"error","errorType":"bad_data","error":"1:3: parse error: unclosed left brace"})",
      400);
  EXPECT_EQ(bad.presence, Presence::error);
  EXPECT_EQ(bad.trouble, "HTTP 400: bad_data: 1:3: parse error: unclosed left brace");
  EXPECT_EQ(answer_to(R"({"status":"error","errorType":"execution","error":"many-to-many"})", 422)
                .trouble,
            "HTTP 422: execution: many-to-many");
  EXPECT_EQ(answer_to(R"({"status":"error","errorType":"timeout","error":"query timed out"})", 503)
                .trouble,
            "HTTP 503: timeout: query timed out");
  EXPECT_EQ(answer_to("404 page not found", 404).trouble,
            "HTTP 404: no query API at this path (a prefix may be missing)");
  EXPECT_EQ(answer_to("<html>", 200).trouble, "the answer is not Prometheus' JSON");
  EXPECT_EQ(answer_to(R"({"status":"success","data":{"resultType":"matrix","result":[]}})").trouble,
            "the query's result is a matrix, not a vector or a scalar");
  // VictoriaMetrics' cluster, one of whose nodes is away: the sum of the rest would be too low.
  EXPECT_EQ(answer_to(R"({"status":"success","isPartial":true,"data":{"resultType":"vector",
                          "result":[{"metric":{},"value":[1435781451,"1"]}]},
                          "stats":{"seriesFetched":"1"}})")
                .presence,
            Presence::error);
  const Answer whole = answer_to(
      R"({"status":"success","isPartial":false,"data":{"resultType":"vector","result":[
          {"metric":{},"value":[1435781451,"1"]}]},"warnings":["remote read failed"],"infos":[]})");
  EXPECT_EQ(whole.presence, Presence::ok);
  EXPECT_EQ(whole.warnings, std::vector<std::string>{"remote read failed"});
}

TEST(Selectors, AreWhatAnExpressionReads) {
  using List = std::vector<std::string>;
  const std::array<std::pair<std::string_view, List>, 14> cases{{
      {"up", {"up"}},
      {R"(avg(DCGM_FI_DEV_GPU_UTIL{exported_namespace="suse"}))",
       {R"(DCGM_FI_DEV_GPU_UTIL{exported_namespace="suse"})"}},
      {R"(sum by (pod, by) (rate(http_requests_total{a="}[("}[5m] offset -1h)))",
       {R"(http_requests_total{a="}[("})"}},
      {"sum without(instance) (a) / on (x) group_left (y) b", {"a", "b"}},
      {R"({__name__="a:b"} or {job=~"x"})", {R"({__name__="a:b"})", R"({job=~"x"})"}},
      {"a + a > bool 0x1F and b unless c", {"a", "b", "c"}},
      {"histogram_quantile(0.95, sum(rate(h_bucket[1m])) by (le))", {"h_bucket"}},
      {"max_over_time(sum(queue)[10m:1m])", {"queue"}},
      {"vector(1) + scalar(a) * NaN - Inf + 1e3", {"a"}},
      {"time() - 5", {}},
      {"a @ end() + topk(3, b) # c\n+ d", {"a", "b", "d"}},
      {R"(label_replace(a, "x", "$1", 'y', `z(.*)`) )", {"a"}},
      {"a default 0 + b keep_metric_names", {"a", "b"}},
      {"sum(a {x=\"1\"}) BY (b)", {"a {x=\"1\"}"}},
  }};
  for (const auto& [expression, selectors] : cases) {
    EXPECT_EQ(selectors_of(expression), selectors) << expression;
  }
}

TEST(Selectors, AreNotGuessedWhereTheExpressionIsNotUnderstood) {
  for (const std::string_view expression : {"WITH (x = up) x", "a{b=\"c", "sum(a[5m", "\"a"}) {
    EXPECT_FALSE(selectors_of(expression)) << expression;
  }
}

TEST(Selectors, AreAskedForTheirOldestSample) {
  EXPECT_EQ(oldest_sample_query({"up"}), "min(timestamp(up))");
  EXPECT_EQ(oldest_sample_query({"a", "b{c=\"d\"}"}),
            "min(label_replace(timestamp(a), \"thaw_selector\", \"0\", \"\", \"\") or "
            "label_replace(timestamp(b{c=\"d\"}), \"thaw_selector\", \"1\", \"\", \"\"))");
}

}  // namespace
}  // namespace thaw::metrics
