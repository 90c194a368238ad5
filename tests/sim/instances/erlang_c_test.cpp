// The three rows that need few requests, as one family and by the case's tolerances;
// erlang_c_heavy_test.cpp has all five with as many requests as the case asks for.
#include "tests/sim/instances/erlang_c.hpp"

#include "tests/sim/instances/family.hpp"

namespace thaw::sim {
namespace erlang_c_test {

Family& family = Family::of(12);

void expect_row(std::size_t row) {
  const ErlangC queue(row);
  const auto seen = queue.measure(20, 100'000);
  queue.expect_within_tolerance(seen);
  for (std::size_t i = 0; i < queue.kFigures.size(); ++i)
    family.compare(queue.name() + ", " + queue.kFigures[i], seen[i],
                   queue.expected.at(queue.kFigures[i]).get<double>(), 0.06);
}

TEST(ErlangC, OfOneServerAtHalfLoad) { expect_row(0); }
TEST(ErlangC, OfFourServers) { expect_row(2); }
TEST(ErlangC, OfTenServers) { expect_row(3); }

}  // namespace erlang_c_test
}  // namespace thaw::sim
