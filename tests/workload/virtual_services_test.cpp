// Where Istio's gateway sends a path: to which function, or to which answer.
#include "engine/workload/virtual_services.hpp"

#include <gtest/gtest.h>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace virtual_services_test {

// "f": a Knative Service in the namespace demo; "g": a Deployment with a Service, port 8080.
Scenario mesh(std::vector<VirtualServiceRoute> routes) {
  Scenario scenario = platform(k081);
  workload_of(scenario, add_function(scenario, "f")).kind = Workload::Kind::knative_service;
  add_function(scenario, "g");
  const std::string ns = workload_of(scenario, scenario.functions[0]).ns;
  scenario.manifests.virtual_services = {{{}, "ways", ns, std::move(routes)}};
  return scenario;
}

VirtualServiceRoute to(const std::string& prefix, const std::string& host,
                       const std::string& authority = "") {
  return {{prefix}, host, 0, authority, 0s};
}

std::string in_cluster(const Scenario& scenario, const std::string& name) {
  return name + "." + workload_of(const_cast<Scenario&>(scenario), scenario.functions[0]).ns +
         ".svc.cluster.local";
}

TEST(VirtualServices, KnativeServiceIsNotFoundUnderAnotherAuthority) {
  const Scenario scenario = mesh({to("/f", "f")});
  const auto route = mesh_route(scenario, "/f/x");
  ASSERT_TRUE(route);
  EXPECT_EQ(route->function, std::nullopt);
  EXPECT_EQ(route->status, 404);
}

TEST(VirtualServices, KnativeServiceIsReachedUnderItsOwnAuthority) {
  Scenario scenario = mesh({});
  const std::string own = in_cluster(scenario, "f");
  scenario.manifests.virtual_services[0].routes = {
      to("/f", "knative-local-gateway.istio-system.svc.cluster.local", own)};
  EXPECT_EQ(mesh_route(scenario, "/f")->function, 0u);
}

TEST(VirtualServices, PlainServiceIsReachedAsItIs) {
  EXPECT_EQ(mesh_route(mesh({to("/g", "g")}), "/g")->function, 1u);
}

TEST(VirtualServices, HostThatNobodyHasIsUnavailable) {
  const auto route = mesh_route(mesh({to("/g", "nobody")}), "/g");
  EXPECT_EQ(route->function, std::nullopt);
  EXPECT_EQ(route->status, 503);
}

TEST(VirtualServices, FirstRouteThatMatchesTakesThePath) {
  const Scenario scenario = mesh({to("/", "g"), to("/f", "f")});
  EXPECT_EQ(mesh_route(scenario, "/f")->function, 1u) << "not the longest prefix, as nginx has it";
  EXPECT_EQ(mesh_route(mesh({to("/g", "g")}), "/other"), std::nullopt);
}

TEST(VirtualServices, TimeoutCutsACall) {
  Scenario scenario = mesh({to("/g", "g")});
  scenario.manifests.virtual_services[0].routes[0].timeout = 5s;
  TestBed bed(scenario);
  bed.pod(1);
  const RequestId id = bed.call(Method::post, "/g", 60s);
  bed.run_until(10min);
  const auto reply = bed.reply(id);
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->at, 5s);
  EXPECT_EQ(reply->answer.status, 504);
  EXPECT_EQ(name_of(reply->answer.cut_by), "ingress");
}

TEST(VirtualServices, CallsFromInsideThePassTheGateway) {
  TestBed bed(mesh({to("/other", "f")}));
  bed.pod(1);
  const RequestId id = bed.call(Method::post, "/function/g/", 1s);
  bed.run_until(1min);
  ASSERT_TRUE(bed.reply(id));
  EXPECT_EQ(bed.reply(id)->answer.status, 200);
}

}  // namespace virtual_services_test
}  // namespace thaw::sim
