// All five rows with the case's 16 million requests each.
#include "tests/sim/instances/erlang_c.hpp"

namespace thaw::sim {
namespace erlang_c_heavy_test {

TEST(ErlangCInFull, EveryRow) {
  const auto requests =
      validation_case("mmc-erlang-c").at("inputs").at("requests_at_least").get<double>();
  for (std::size_t row = 0; row < 5; ++row) {
    const ErlangC queue(row);
    queue.expect_within_tolerance(queue.measure(1, requests * 1.001));
  }
}

}  // namespace erlang_c_heavy_test
}  // namespace thaw::sim
