#include "drivers/world/spending.hpp"

#include <gtest/gtest.h>

#include "tests/drivers/world/bench.hpp"

namespace thaw::world {
namespace {

struct Purse {
  explicit Purse(Nanomoney most) {
    limit.emplace();
    limit->most = most;
    limit->currency = "EUR";
    limit->per = 24h;
    limit->per_hour["mine"] = 2'000'000'000;
  }
  void pass(Duration length) {
    clock.turn_to(clock.now() + length, [](FunctionId) {});
    spending.count();
  }
  TurnedClock clock;
  std::string lines;
  Log log{[this](const std::string& line) { lines += line + "\n"; }};
  std::optional<DriveConfig::Spending> limit;
  Spending spending{limit, clock, log};
};

// Two nodes of 2 EUR an hour: 10 EUR last for two and a half hours.
TEST(Spending, IsSpentWhenTheNodesCostAsMuch) {
  Purse purse(10'000'000'000);
  purse.spending.apply({"a", "mine"});
  purse.spending.apply({"b", "mine"});
  purse.spending.apply({"b", "mine"});
  purse.pass(2h + 29min + 59s);
  EXPECT_FALSE(purse.spending.is_spent());
  purse.pass(1s);
  EXPECT_TRUE(purse.spending.is_spent());
  EXPECT_NE(purse.lines.find("10.00 EUR are spent of 10.00 EUR"), std::string::npos) << purse.lines;
}

TEST(Spending, ANodeThatIsGoneCostsNothingMore) {
  Purse purse(10'000'000'000);
  purse.spending.apply({"a", "mine"});
  purse.pass(4h);
  purse.spending.remove({"a", "mine"});
  purse.pass(10h);
  EXPECT_FALSE(purse.spending.is_spent());
}

TEST(Spending, BeginsAnewWithEachPeriod) {
  Purse purse(10'000'000'000);
  purse.spending.apply({"a", "mine"});
  purse.pass(23h);
  EXPECT_TRUE(purse.spending.is_spent());
  purse.pass(2h);
  EXPECT_FALSE(purse.spending.is_spent()) << "2 EUR of the new day";
  purse.pass(4h);
  EXPECT_TRUE(purse.spending.is_spent());
}

TEST(Spending, OutlivesARestart) {
  Purse before(10'000'000'000);
  before.spending.apply({"a", "mine"});
  before.pass(3h);
  Purse after(10'000'000'000);
  after.clock.turn_to(before.clock.now(), [](FunctionId) {});
  after.spending.restore(before.spending.save());
  after.spending.apply({"a", "mine"});
  after.pass(1h + 59min);
  EXPECT_FALSE(after.spending.is_spent());
  after.pass(1min);
  EXPECT_TRUE(after.spending.is_spent());
  after.spending.restore("nonsense");
  after.spending.restore("{}");
  EXPECT_TRUE(after.spending.is_spent());
}

TEST(Spending, KnowsThePricesThatThawKnowsAndTellsOfOthers) {
  Purse purse(500'000'000);
  purse.spending.apply({"gpu", "L4-1-24G"});  // 0.75 EUR an hour
  purse.spending.apply({"odd", "abacus"});
  EXPECT_NE(purse.lines.find("abacus"), std::string::npos);
  EXPECT_EQ(purse.lines.find("L4-1-24G"), std::string::npos) << purse.lines;
  purse.pass(39min);
  EXPECT_FALSE(purse.spending.is_spent());
  purse.pass(1min);
  EXPECT_TRUE(purse.spending.is_spent());
}

TEST(Spending, WithoutALimitNothingIsEverSpent) {
  Purse purse(0);
  EXPECT_TRUE(purse.spending.is_spent());
  purse.limit.reset();
  purse.spending.apply({"a", "mine"});
  purse.pass(100h);
  EXPECT_FALSE(purse.spending.is_spent());
}

}  // namespace
}  // namespace thaw::world
