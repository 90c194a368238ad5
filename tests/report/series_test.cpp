#include "engine/report/series.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "engine/report/notation.hpp"

namespace thaw {
namespace series_test {

constexpr TimePoint kStart{1'767'571'200s};

struct Change {
  std::size_t column;
  Duration at;
  std::int64_t value;
};

// The definition, as slowly as it can be said: the interval is the smallest doubling of `first`
// with at most 4,000 grid points from 0 to `end`, and a point shows the last change at or before
// it.
std::string by_definition(const std::vector<Change>& changes, std::size_t columns, Duration first,
                          bool adaptive, Duration end) {
  Duration interval = first;
  while (adaptive && end / interval + 1 > 4'000) interval *= 2;
  std::string csv = "t_s,scope,name,field,value\n";
  for (Duration point{0}; point <= end; point += interval) {
    for (std::size_t column = 0; column < columns; ++column) {
      std::int64_t value = 0;
      for (const Change& change : changes) {
        if (change.column == column && change.at <= point) value = change.value;
      }
      csv += exact_seconds(point) + ",function,f" + std::to_string(column) + ",ready," +
             std::to_string(value) + "\n";
    }
  }
  return csv;
}

std::string by_series(const std::vector<Change>& changes, std::size_t columns,
                      std::optional<Duration> interval, Duration end) {
  Series series(kStart, interval);
  for (std::size_t i = 0; i < columns; ++i)
    series.add("function", "f" + std::to_string(i), "ready");
  for (const Change& change : changes) {
    series.set(static_cast<Series::Column>(change.column), kStart + change.at, change.value);
  }
  series.finish(kStart + end);
  return series.to_csv();
}

std::vector<Change> random_changes(std::mt19937_64& random, std::size_t columns, Duration end,
                                   std::size_t count) {
  std::vector<Change> changes(count);
  for (Change& change : changes) {
    // Every third change falls on a whole second, where it meets grid points.
    auto at =
        Duration{static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(end.count() + 1))};
    if (random() % 3 == 0) at -= at % 1s;
    change = {random() % columns, at, static_cast<std::int64_t>(random() % 9)};
  }
  std::ranges::stable_sort(changes, {}, &Change::at);
  return changes;
}

TEST(Series, ShowsWhatHoldsAtEachPoint) {
  Series series(kStart, 10s);
  const auto ready = series.add("function", "ollama", "ready");
  const auto nodes = series.add("pool", "gpu", "nodes");
  series.set(nodes, kStart + 10s, 1);
  series.set(ready, kStart + 15s, 1);
  series.set(ready, kStart + 15s, 2);
  series.finish(kStart + 20s);
  EXPECT_EQ(series.to_csv(),
            "t_s,scope,name,field,value\n"
            "0,function,ollama,ready,0\n"
            "0,pool,gpu,nodes,0\n"
            "10,function,ollama,ready,0\n"
            "10,pool,gpu,nodes,1\n"
            "20,function,ollama,ready,2\n"
            "20,pool,gpu,nodes,1\n");
}

TEST(Series, QuotesANameThatHoldsAComma) {
  Series series(kStart, 1s);
  series.add("pool", "a,\"b\"", "nodes");
  series.finish(kStart);
  EXPECT_EQ(series.to_csv(), "t_s,scope,name,field,value\n0,pool,\"a,\"\"b\"\"\",nodes,0\n");
}

TEST(Series, HalvesJustWhenThePointsBecomeTooMany) {
  // Points 0 … 3,999 s are 4,000; one more second is one point too many.
  for (const auto& [end, interval] : {std::pair{3'999s, 1s}, std::pair{4'000s, 2s},
                                      std::pair{7'999s, 2s}, std::pair{8'000s, 4s}}) {
    Series series(kStart, std::nullopt);
    series.add("function", "f", "ready");
    series.finish(kStart + end);
    EXPECT_EQ(series.interval(), interval) << "a run of " << end.count() << " s";
  }
}

TEST(Series, EqualsItsDefinitionOnRandomRuns) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 12; ++round) {
    const Duration end{static_cast<std::int64_t>(random() % (3 * 86'400'000'000'000U))};
    const auto changes = random_changes(random, 2, end, 60);
    EXPECT_EQ(by_series(changes, 2, std::nullopt, end), by_definition(changes, 2, 1s, true, end))
        << "round " << round;
    EXPECT_EQ(by_series(changes, 2, 97s, end), by_definition(changes, 2, 97s, false, end))
        << "round " << round;
  }
}

TEST(Series, StaysSmallInARunOfAHundredYears) {
  Series series(kStart, std::nullopt);
  series.add("function", "f", "ready");
  series.finish(kStart + 876'000h);
  const std::string csv = series.to_csv();
  const auto points = std::ranges::count(csv, '\n') - 1;
  EXPECT_GE(points, 2'000);
  EXPECT_LE(points, 4'000);
}

}  // namespace series_test
}  // namespace thaw
