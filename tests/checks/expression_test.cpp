#include "engine/checks/expression.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace thaw {
namespace {

const Place kPlace{"scenario.yaml", 7, 20};

// A world whose answers are looked up by a term's text, as seen() prints it.
class FakeFacts final : public Facts {
 public:
  explicit FakeFacts(std::map<std::string, Value> values = {}) : values_(std::move(values)) {}

  Value value(const Term& term) const override {
    const auto found = values_.find(key_of(term));
    return found == values_.end() ? Value{} : found->second;
  }

 private:
  static std::string key_of(const Term& term) {
    switch (term.kind) {
      case Term::Kind::gauge:
        return std::string(name_of(term.gauge)) + " " + term.name;
      case Term::Kind::folded:
        return std::to_string(static_cast<int>(term.fold)) + " " +
               std::string(name_of(term.gauge)) + " " + term.name;
      case Term::Kind::count:
        return term.field + " " + term.name;
      case Term::Kind::percentile:
        return "p " + term.name;
      case Term::Kind::cost:
        return "cost";
      case Term::Kind::response:
        return term.name + "." + term.field;
      default:
        return "constant";
    }
  }

  std::map<std::string, Value> values_;
};

Expression parsed(std::string_view text) {
  Diagnostics problems;
  const auto expression = Expression::parse(text, kPlace, "checks.x.expect", problems);
  EXPECT_TRUE(expression && problems.ok()) << text;
  return expression.value_or(Expression());
}

bool holds(std::string_view text, std::map<std::string, Value> values = {}) {
  return parsed(text).holds(FakeFacts(std::move(values)));
}

// "COLUMN: MESSAGE" of the one mistake in `text`, with columns counted within the text.
std::string mistake(std::string_view text) {
  Diagnostics problems;
  const auto expression = Expression::parse(text, {"s", 1, 1}, "k", problems);
  EXPECT_FALSE(expression.has_value()) << text;
  EXPECT_EQ(problems.error_count(), 1U) << text;
  try {
    problems.throw_if_any();
  } catch (const InputError& error) {
    const Diagnostic& first = error.problems().front();
    return std::to_string(first.place.column) + ": " + first.message;
  }
  return "no mistake";
}

TEST(Expression, ComparesAGaugeWithANumber) {
  const std::map<std::string, Value> two{{"replicas ollama", 2.0}};
  EXPECT_TRUE(holds("replicas(ollama) == 2", two));
  EXPECT_FALSE(holds("replicas(ollama) != 2", two));
  EXPECT_FALSE(holds("replicas(ollama) < 2", two));
  EXPECT_TRUE(holds("replicas(ollama) <= 2", two));
  EXPECT_FALSE(holds("replicas(ollama) > 2", two));
  EXPECT_TRUE(holds("replicas(ollama) >= 2", two));
  EXPECT_TRUE(holds("1.5 < replicas(ollama)", two));
  EXPECT_TRUE(holds("replicas ( ollama )==2", two));
}

TEST(Expression, KnowsEveryGauge) {
  for (const char* gauge : {"desired", "replicas", "ready", "nodes", "in_flight", "queued"}) {
    const std::string name = gauge;
    EXPECT_TRUE(holds(name + "(a) == 3", {{name + " a", 3.0}})) << name;
  }
}

TEST(Expression, NamesMayHoldDigitsDashesDotsAndUnderscores) {
  const Expression e = parsed("replicas(7b-model_v1.2) == 1");
  ASSERT_EQ(e.terms().size(), 1U);
  EXPECT_EQ(e.terms()[0].name, "7b-model_v1.2");
}

TEST(Expression, ComparesTwoQuantities) {
  const std::map<std::string, Value> values{{"ready a", 2.0}, {"desired a", 3.0}};
  EXPECT_TRUE(holds("ready(a) < desired(a)", values));
}

TEST(Expression, DurationsAreSeconds) {
  const auto latency = [](double s) { return std::map<std::string, Value>{{"ask.latency", s}}; };
  EXPECT_TRUE(holds("response(ask).latency < 10s", latency(9.99)));
  EXPECT_FALSE(holds("response(ask).latency < 10s", latency(10)));
  EXPECT_TRUE(holds("response(ask).latency == 250ms", latency(0.25)));
  EXPECT_TRUE(holds("response(ask).latency == 2min", latency(120)));
  EXPECT_TRUE(holds("response(ask).latency == 1h", latency(3600)));
  EXPECT_TRUE(holds("response(ask).latency == 2h30min", latency(9000)));
  EXPECT_TRUE(holds("response(ask).latency == 1.5us", latency(1500 / 1e9)));
  EXPECT_TRUE(holds("response(ask).latency == 7ns", latency(7 / 1e9)));
}

TEST(Expression, OrBindsWeakestThenAndThenNot) {
  const std::map<std::string, Value> values{{"ready a", 1.0}};
  EXPECT_TRUE(holds("ready(a) == 1 or ready(a) == 2 and ready(a) == 3", values));
  EXPECT_FALSE(holds("(ready(a) == 1 or ready(a) == 2) and ready(a) == 3", values));
  EXPECT_FALSE(holds("not ready(a) == 1 or ready(a) == 2", values));
  EXPECT_FALSE(holds("not (ready(a) == 1 or ready(a) == 2)", values));
  EXPECT_TRUE(holds("not not ready(a) == 1", values));
}

TEST(Expression, FoldsOverTimeCarryTheirGauge) {
  const Expression e =
      parsed("max(replicas(ollama)) <= 2 and mean(nodes(gpu)) < 0.5 and min(ready(a)) >= 0");
  const auto terms = e.terms();
  ASSERT_EQ(terms.size(), 3U);
  EXPECT_EQ(terms[0].kind, Term::Kind::folded);
  EXPECT_EQ(terms[0].fold, Fold::max);
  EXPECT_EQ(terms[0].gauge, Gauge::replicas);
  EXPECT_EQ(terms[0].name, "ollama");
  EXPECT_EQ(terms[1].fold, Fold::mean);
  EXPECT_EQ(terms[1].gauge, Gauge::nodes);
  EXPECT_EQ(terms[2].fold, Fold::min);
}

TEST(Expression, CountsEveryKind) {
  for (const char* kind : {"completed", "cold", "timed_out", "rejected", "failed", "total",
                           "decision", "pod", "node", "fault"}) {
    const Expression e = parsed("count(" + std::string(kind) + ", ollama) == 0");
    ASSERT_EQ(e.terms().size(), 1U);
    EXPECT_EQ(e.terms()[0].kind, Term::Kind::count);
    EXPECT_EQ(e.terms()[0].field, kind);
    EXPECT_EQ(e.terms()[0].name, "ollama");
  }
}

TEST(Expression, PercentilesRunFromOneToNinetyNine) {
  EXPECT_DOUBLE_EQ(parsed("p1(a) < 1s").terms()[0].quantile, 0.01);
  EXPECT_DOUBLE_EQ(parsed("p95(a) < 1s").terms()[0].quantile, 0.95);
  EXPECT_DOUBLE_EQ(parsed("p99(a) < 1s").terms()[0].quantile, 0.99);
  EXPECT_DOUBLE_EQ(parsed("ttft_p90(a) < 1s").terms()[0].quantile, 0.90);
  EXPECT_TRUE(parsed("ttft_p90(a) < 1s").terms()[0].of_first_token);
  EXPECT_FALSE(parsed("p90(a) < 1s").terms()[0].of_first_token);
  EXPECT_EQ(parsed("ttft_p90(a) < 1s").seen(FakeFacts()), "ttft_p90(a) = none yet");
  EXPECT_EQ(mistake("ttft_p0(a) < 1s"), "1: expected a percentile from p1 to p99, found \"p0\"");
  EXPECT_EQ(mistake("p0(a) < 1s"), "1: expected a percentile from p1 to p99, found \"p0\"");
  EXPECT_EQ(mistake("p100(a) < 1s"), "1: expected a percentile from p1 to p99, found \"p100\"");
  EXPECT_EQ(mistake("p99.9(a) < 1s"), "1: expected a percentile from p1 to p99, found \"p99.9\"");
}

TEST(Expression, ResponsesHaveStatusLatencyAndTheHopThatCutThem) {
  const std::map<std::string, Value> values{
      {"ask.status", 504.0}, {"ask.cut_by", std::string("ingress")}, {"ask.latency", 60.0}};
  EXPECT_TRUE(
      holds("response(ask).status == 504 and response(ask).cut_by == ingress and "
            "response(ask).latency >= 1min",
            values));
  EXPECT_TRUE(holds("response(ask).cut_by != gateway", values));
  EXPECT_FALSE(holds("response(ask).cut_by == none", values));
}

TEST(Expression, TermsTellTheirColumn) {
  const auto terms = parsed("1 == ready(a) and cost() < 2").terms();
  ASSERT_EQ(terms.size(), 2U);
  EXPECT_EQ(terms[0].column, 6);
  EXPECT_EQ(terms[1].column, 19);
  EXPECT_EQ(terms[1].kind, Term::Kind::cost);
}

TEST(Expression, AbsentComparesFalseAndNotNegatesThat) {
  EXPECT_FALSE(holds("p95(ollama) < 2s"));
  EXPECT_FALSE(holds("p95(ollama) >= 2s"));
  EXPECT_FALSE(holds("response(ask).status != 200"));
  EXPECT_TRUE(holds("not p95(ollama) < 2s"));
  EXPECT_TRUE(holds("not (p95(ollama) < 2s) and not (p95(ollama) >= 2s)"));
}

TEST(Expression, ANumberWhereAWordWasExpectedComparesFalse) {
  EXPECT_FALSE(holds("response(ask).cut_by != none", {{"ask.cut_by", 3.0}}));
}

TEST(Expression, TheEmptyOneAlwaysHolds) {
  EXPECT_TRUE(Expression().holds(FakeFacts()));
  EXPECT_TRUE(Expression().terms().empty());
  EXPECT_EQ(Expression().seen(FakeFacts()), "");
}

TEST(Expression, KeepsItsText) { EXPECT_EQ(parsed("ready(a) == 1").text(), "ready(a) == 1"); }

TEST(Expression, SeenNamesEachTermOnceWithItsValue) {
  const FakeFacts facts({{"replicas ollama", 1.0},
                         {"2 nodes gpu", 1.0 / 3},
                         {"cold ollama", 12.0},
                         {"p ollama", 0.0021},
                         {"cost", 1.25},
                         {"ask.latency", 12.3},
                         {"ask.cut_by", std::string("gateway")}});
  EXPECT_EQ(parsed("replicas(ollama) == 0 and not (replicas( ollama ) >= 2)").seen(facts),
            "replicas(ollama) = 1");
  EXPECT_EQ(parsed("mean(nodes(gpu)) < 1 or count(cold, ollama) > 3 or cost() < 2").seen(facts),
            "mean(nodes(gpu)) = 0.333333, count(cold, ollama) = 12, cost() = 1.25");
  EXPECT_EQ(parsed("response(ask).latency < 10s and response(ask).cut_by == none").seen(facts),
            "response(ask).latency = 12.3s, response(ask).cut_by = gateway");
  EXPECT_EQ(parsed("p95(ollama) < 1s and p50(other) < 1s").seen(facts),
            "p95(ollama) = 2.1ms, p50(other) = none yet");
}

TEST(Expression, SeenRoundsTimesToWhatAReaderCompares) {
  const auto seen = [](double s) {
    return parsed("response(a).latency < 1s").seen(FakeFacts({{"a.latency", s}}));
  };
  EXPECT_EQ(seen(1.0 / 3), "response(a).latency = 333.333ms");
  EXPECT_EQ(seen(12.3456789), "response(a).latency = 12.346s");
  EXPECT_EQ(seen(0), "response(a).latency = 0s");
}

TEST(Expression, AMistakeStandsAtItsCharacterInTheFile) {
  Diagnostics problems;
  EXPECT_FALSE(Expression::parse("ready(a) = 1", kPlace, "checks.x.expect", problems));
  try {
    problems.throw_if_any();
    FAIL() << "no mistake";
  } catch (const InputError& error) {
    const Diagnostic& first = error.problems().front();
    EXPECT_EQ(first.place.file, "scenario.yaml");
    EXPECT_EQ(first.place.line, 7);
    EXPECT_EQ(first.place.column, 29);  // the text starts in column 20, the sign is 9 further
    EXPECT_EQ(first.key, "checks.x.expect");
    EXPECT_EQ(first.message, "expected a comparison, found \"=\"; write ==");
  }
}

TEST(Expression, AWholeLineStaysAWholeLine) {
  Diagnostics problems;
  EXPECT_FALSE(Expression::parse("ready(a) = 1", {"--set", 0, 0}, "k", problems));
  try {
    problems.throw_if_any();
    FAIL() << "no mistake";
  } catch (const InputError& error) {
    EXPECT_EQ(error.problems().front().place.column, 0);
  }
}

TEST(Expression, AQuantityAloneIsNoCondition) {
  EXPECT_EQ(mistake("ready(a)"),
            "1: ready(a) alone is no condition; compare it, for example ready(a) >= 1");
  EXPECT_EQ(mistake("cost() < 1 and (p95(a))"),
            "17: p95(a) alone is no condition; compare it, for example p95(a) < 10s");
  EXPECT_EQ(mistake("response(x).cut_by or cost() < 1"),
            "1: response(x).cut_by alone is no condition; compare it, for example "
            "response(x).cut_by == none");
}

TEST(Expression, MisspeltWordsNameTheNearest) {
  EXPECT_EQ(mistake("replica(a) == 1"),
            "1: expected a quantity, found \"replica\"; did you mean \"replicas\"?");
  EXPECT_EQ(mistake("zzzzzz(a) == 1"), "1: expected a quantity, found \"zzzzzz\"");
  EXPECT_EQ(mistake("max(reddy(a)) == 1"),
            "5: expected one of desired, replicas, ready, nodes, in_flight, queued, found "
            "\"reddy\"; did you mean \"ready\"?");
  EXPECT_EQ(mistake("count(complete, a) == 1"),
            "7: expected one of completed, cold, timed_out, rejected, failed, total, decision, "
            "pod, node, fault, found \"complete\"; did you mean \"completed\"?");
  EXPECT_EQ(mistake("response(a).latencies < 1s"),
            "13: expected one of status, latency, cut_by, found \"latencies\"; did you mean "
            "\"latency\"?");
  EXPECT_EQ(mistake("replicas == 1"),
            "1: replicas is a word and cannot be compared with 1, which is a number; did you mean "
            "replicas(NAME)?");
}

TEST(Expression, WordsNumbersAndTimesDoNotMix) {
  EXPECT_EQ(mistake("ready(a) == gateway"),
            "13: gateway is a word and cannot be compared with ready(a), which is a number");
  EXPECT_EQ(mistake("response(a).cut_by == 3"),
            "23: 3 is a number and cannot be compared with response(a).cut_by, which is a word");
  EXPECT_EQ(mistake("p95(a) < 2"),
            "10: 2 is a number and cannot be compared with p95(a), which is a time; write a "
            "duration such as 10s");
  EXPECT_EQ(mistake("10s < ready(a)"),
            "1: 10s is a time and cannot be compared with ready(a), which is a number");
  EXPECT_EQ(mistake("response(a).cut_by < gateway"),
            "20: expected == or != between words, found \"<\"");
}

TEST(Expression, WrongGrammarSaysWhatWasExpected) {
  EXPECT_EQ(mistake(""), "1: expected a quantity such as replicas(NAME) or a value, found the end");
  EXPECT_EQ(mistake("ready(a) =="),
            "12: expected a quantity such as replicas(NAME) or a value, found the end");
  EXPECT_EQ(mistake("1 < ready(a) < 3"),
            "14: expected \"and\", \"or\" or the end, found a second \"<\"; a comparison has two "
            "sides, join two with \"and\"");
  EXPECT_EQ(mistake("ready(a) == 1 && cost() < 1"),
            "15: expected \"and\", \"or\" or the end, found \"&\" (write \"and\")");
  EXPECT_EQ(mistake("ready(a) == 1, cost() < 1"),
            "14: expected \"and\", \"or\" or the end, found \",\" (join conditions with \"and\")");
  EXPECT_EQ(mistake("(ready(a) == 1"), "15: expected \")\" after the condition, found the end");
  EXPECT_EQ(mistake("ready(a == 1"), "9: expected \")\" after the name, found \"=\"");
  EXPECT_EQ(mistake("ready() == 1"), "7: expected the name of a function or a pool, found \")\"");
  EXPECT_EQ(mistake("response(a) == 200"),
            "13: expected \".\" and one of status, latency, cut_by, found \"=\"");
  EXPECT_EQ(mistake("cost(a) < 1"),
            "6: expected \")\" at once: cost() is of the whole run, found \"a\"");
  EXPECT_EQ(mistake("p95(a) < 10m"),
            "12: expected a unit of time (ns, us, ms, s, min or h), found \"m\"");
  EXPECT_EQ(mistake("ready(a) > 1e999"), "12: expected a number, found one that is out of range");
  EXPECT_EQ(mistake("p95(a) < 900000000h"), "10: expected a duration of 100 years at most");
  EXPECT_EQ(mistake("ready(a) == \xE2\x88\x92"
                    "1"),
            "13: expected a quantity such as replicas(NAME) or a value, found a character that is "
            "not plain ASCII");
}

TEST(Expression, NestingAndLengthAreBounded) {
  const auto nested = [](std::size_t levels) {
    return std::string(levels, '(') + "ready(a) == 1" + std::string(levels, ')');
  };
  EXPECT_TRUE(holds(nested(64), {{"ready a", 1.0}}));
  EXPECT_EQ(mistake(nested(65)), "66: nested deeper than 64 levels");

  std::string nots;
  for (int i = 0; i < 65; ++i) nots += "not ";
  EXPECT_EQ(mistake(nots + "ready(a) == 1"), "261: nested deeper than 64 levels");

  const std::string most = "ready(a) == 1" + std::string(4096 - 13, ' ');
  EXPECT_TRUE(holds(most, {{"ready a", 1.0}}));
  EXPECT_EQ(mistake(most + " "), "1: expected a condition of 4096 characters at most, found 4097");
}

// Nonsense must end in a Diagnostic, never in a crash, a hang or a result without one.
TEST(Expression, SurvivesMutations) {
  const std::string seed =
      "p95(ollama) < 2s and not (nodes(gpu) >= 1) or response(ask).cut_by == gateway and "
      "max(replicas(a)) <= 2 or count(cold, a) > 1.5e3";
  const std::string alphabet = "()<>=!.,:-_ \n\"&0159eprs\xC3";
  std::mt19937 random(20260105);
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seed;
    for (int change = 0; change < 3; ++change) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = alphabet[random() % alphabet.size()];
          break;
        case 1:
          text.erase(at, random() % 5);
          break;
        default:
          text.insert(at, 1, alphabet[random() % alphabet.size()]);
      }
      if (text.empty()) text = "x";
    }
    Diagnostics problems;
    const auto expression = Expression::parse(text, kPlace, "k", problems);
    ASSERT_EQ(expression.has_value(), problems.ok()) << text;
    if (expression) expression->seen(FakeFacts());
  }
}

}  // namespace
}  // namespace thaw
