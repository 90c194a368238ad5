// `thaw drive` on an API server that has a bad day: what it is to do comes about in the end, and it
// does not ask without a pause.
#include <chrono>
#include <thread>

#include "tests/live/client_case.hpp"
#include "tests/live/driver.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/fault_proxy.hpp"
#include "tests/live/manifests.hpp"

namespace thaw::live {
namespace {

class DriveFaults : public ClientCase, public testing::WithParamInterface<Fault> {};

TEST_P(DriveFaults, ConvergeWithoutABusyLoop) {
  for (const char* name : {"echo", "other"})
    apply(deployment({.name = name,
                      .image = "echo:1",
                      .port = 8080,
                      .replicas = 0,
                      .annotations = R"({SlimFaas/Function: "true",
        SlimFaas/TimeoutSecondBeforeSetReplicasMin: "20"})",
                      .gpu = false}));
  const auto replicas = [this](const char* name) {
    return get({"deployment", name}, "{.spec.replicas}");
  };
  FaultProxy proxy(transport_.access());
  const std::string folder = plane().folder() + "/faults-" + space();
  proxy.write_kubeconfig(folder + ".kubeconfig");
  Driver driver({folder, folder + ".kubeconfig", space()});
  driver.start();
  ASSERT_TRUE(eventually(10s, [&] { return driver.wake("other") == 204; })) << driver.log();

  proxy.inject(GetParam());
  const std::size_t before = proxy.requests().size();
  std::thread caller([&] { driver.wake("echo"); });  // answered when it is kept, or that fails
  std::this_thread::sleep_for(5s);
  const std::size_t during = proxy.requests().size() - before;
  proxy.inject(Fault::none);
  caller.join();
  // Four watches, a lease each two seconds, a write and a save, each with its own pauses.
  EXPECT_LE(during, 100u);

  ASSERT_TRUE(eventually(60s, [&] { return driver.ready(); })) << driver.log();
  EXPECT_TRUE(eventually(60s, [&] { return driver.wake("echo") == 204; })) << driver.log();
  EXPECT_TRUE(eventually(5s, [&] { return replicas("echo") == "1"; })) << driver.log();
  EXPECT_TRUE(eventually(60s, [&] { return driver.ready() && driver.leads(); })) << driver.log();
  EXPECT_EQ(replicas("other"), "1") << "nothing is scaled down on what is not known";
  EXPECT_EQ(driver.stop(), 0);
}

INSTANTIATE_TEST_SUITE_P(, DriveFaults,
                         testing::Values(Fault::reset, Fault::hang, Fault::error_500,
                                         Fault::throttle, Fault::gone, Fault::truncate,
                                         Fault::slow),
                         [](const auto& of) { return std::string(to_text(of.param)); });

}  // namespace
}  // namespace thaw::live
