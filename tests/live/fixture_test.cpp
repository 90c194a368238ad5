// The fixture as the driver finds it and makes it into a scenario's cluster.
#include "drivers/fixture/fixture.hpp"

#include "engine/scenario/load.hpp"
#include "tests/live/client_case.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/http.hpp"

namespace thaw::live {
namespace {

using LiveFixture = ClientCase;

TEST_F(LiveFixture, IsFoundByItsMarker) {
  const auto fixture = run(fixture::Fixture::find(reader_));
  ASSERT_TRUE(fixture.has_value());
  EXPECT_EQ(fixture->marker().cloud, plane().cloud());
  EXPECT_EQ(fixture->marker().metrics, plane().metrics());
  EXPECT_EQ(fixture->marker().prometheus, plane().prometheus());
  EXPECT_EQ(fixture->marker().folder, plane().folder());
  EXPECT_EQ(fixture->marker().scrape, Duration{1s});
}

TEST_F(LiveFixture, BecomesAScenariosCluster) {
  const Scenario scenario = load_scenario("scenarios/fedless-vgpu");
  auto fixture = run(fixture::Fixture::find(reader_));
  ASSERT_TRUE(fixture.has_value());
  fixture::Preparation how;
  how.scale = 10;
  how.run = space();
  EXPECT_EQ(run(fixture->prepare(scenario, how)), std::vector<std::string>{});
  run(fixture->begin(scenario, how));

  // As soon as it is prepared every node of a minimum is usable.
  const kubernetes::Collection gpus{"/api/v1/nodes",
                                    "thaw.dev/pool=gpu,gpu=on,thaw.dev/run=" + space()};
  const auto nodes = run(reader_.list_all(gpus));
  ASSERT_EQ(nodes.size(), 1U);
  const auto has = [&](const char* resource) {
    return kubernetes::text_at(nodes[0], {"status", "allocatable", resource});
  };
  EXPECT_EQ(has("nvidia.com/gpu"), "10");
  EXPECT_EQ(has("nvidia.com/gpucores"), "100");
  const kubernetes::Collection plain{"/api/v1/nodes", "thaw.dev/pool=cpu,thaw.dev/run=" + space()};
  EXPECT_EQ(run(reader_.list_all(plain)).size(), 1U);

  // Another that comes meanwhile gets pools of other names.
  auto beside = run(fixture::Fixture::find(reader_));
  fixture::Preparation other = how;
  other.run = "other";
  run(beside->prepare(scenario, other));
  EXPECT_NE(http("GET", plane().cloud() + "/pools").body.find("other-gpu"), std::string::npos);
  run(fixture->remove_pools_of("other"));

  run(fixture->remove());
  EXPECT_EQ(http("GET", plane().cloud() + "/pools").body, "{}\n");
  EXPECT_TRUE(eventually(10s, [&] { return run(reader_.list_all({"/api/v1/nodes"})).empty(); }));
}

}  // namespace
}  // namespace thaw::live
