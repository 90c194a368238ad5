// What is told at the end of a run: what the scenario relies on, and nothing else.
#include "sim/simplifications.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace simplifications_test {

// Of these of what `change` relies on and the scenario without it does not.
std::vector<std::string> told_of(const std::function<void(Scenario&)>& change) {
  Scenario scenario = bare_cluster();
  add_function(scenario, "f");
  const auto before = simplifications_of(scenario);
  change(scenario);
  std::vector<std::string> more;
  for (const std::string& notice : simplifications_of(scenario))
    if (std::find(before.begin(), before.end(), notice) == before.end()) more.push_back(notice);
  return more;
}

TEST(Simplifications, AreToldByWhoReliesOnThemAlone) {
  struct Row {
    std::string part;  // of the one notice
    std::function<void(Scenario&)> change;
  };
  const auto fault = [](Fault::Kind kind, auto more) {
    return [kind, more](Scenario& s) {
      Fault made;
      made.kind = kind;
      more(made);
      s.faults.push_back(made);
    };
  };
  const auto nothing = [](Fault&) {};
  const std::vector<Row> rows{
      {"answers arrive whole", [](Scenario& s) { s.manifests.ingresses.emplace_back(); }},
      {"a pipeline's stages", [](Scenario& s) { s.pipelines.emplace_back(); }},
      {"rounds:", [](Scenario& s) { s.rounds.emplace_back(); }},
      {"metrics: what is not of GPUs", [](Scenario& s) { s.manifests.hpas.emplace_back(); }},
      {"images:", [](Scenario& s) { s.functions[0].image = Bytes(1); }},
      {"a node's memory keeps",
       [](Scenario& s) { s.cluster.links.host_memory = BytesPerSecond(1); }},
      {"language models:", [](Scenario& s) { s.functions[0].service.llm.emplace(); }},
      {"weights are loaded before the pod is Ready",
       [](Scenario& s) { s.functions[0].model.emplace(); }},
      {"the expander price",
       [](Scenario& s) { s.cluster.node_autoscaler.expanders = {Expander::price}; }},
      {"spot machines:", [](Scenario& s) { s.cluster.pools[0].spot.emplace(); }},
      {"a registry that is out", fault(Fault::Kind::registry_outage, nothing)},
      {"an outage of metrics", fault(Fault::Kind::metrics_outage, nothing)},
      {"throttling delays", fault(Fault::Kind::api_throttling, nothing)},
      {"a clock that is off", fault(Fault::Kind::clock_skew, nothing)},
  };
  for (const Row& row : rows) {
    const auto told = told_of(row.change);
    ASSERT_EQ(told.size(), 1U) << row.part;
    EXPECT_NE(told[0].find(row.part), std::string::npos) << told[0];
  }
  const auto nan =
      told_of(fault(Fault::Kind::metrics_outage, [](Fault& f) { f.answer = Fault::Metrics::nan; }));
  ASSERT_EQ(nan.size(), 2U);
  EXPECT_NE(nan[1].find("prometheus-adapter makes 0"), std::string::npos);
  const auto kv = told_of([](Scenario& s) { s.functions[0].service.llm.emplace().kv_tokens = 9; });
  ASSERT_EQ(kv.size(), 2U);
  EXPECT_NE(kv[1].find("the KV cache is counted in tokens"), std::string::npos);
}

}  // namespace simplifications_test
}  // namespace thaw::sim
