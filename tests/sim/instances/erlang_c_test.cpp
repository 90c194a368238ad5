// The three rows that need few requests; erlang_c_heavy_test.cpp has the others, and all five with
// as many requests as the case asks for.
#include "tests/sim/instances/erlang_c.hpp"

namespace thaw::sim {
namespace {

TEST(ErlangC, OfOneServerAtHalfLoad) { expect_erlang_c(0, 1.5e6); }
TEST(ErlangC, OfFourServers) { expect_erlang_c(2, 1.5e6); }
TEST(ErlangC, OfTenServers) { expect_erlang_c(3, 2e6); }

}  // namespace
}  // namespace thaw::sim
