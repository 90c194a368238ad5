#include <unistd.h>

#include <optional>
#include <stdexcept>
#include <thread>

#include "tests/live/driver.hpp"
#include "tests/live/eventually.hpp"
#include "tests/live/manifests.hpp"
#include "tests/live/plane.hpp"
#include "tests/worlds/world.hpp"

namespace thaw::worlds {
namespace {

live::Plane& plane() {
  static live::Plane started(geteuid() == 0 ? std::vector<std::string>{"-namespace"}
                                            : std::vector<std::string>{});
  return started;
}

// `thaw drive` on a control plane, with a node that is there; a namespace for each story.
class LiveWorld final : public World {
 public:
  LiveWorld() {
    static int stories = 0;
    space_ = "story-" + std::to_string(++stories);
    kubectl({"create", "namespace", space_});
    if (stories == 1) kubectl({"apply", "-f", "-"}, kNode);
    driver_.emplace(
        live::DriverSettings{plane().folder() + "/" + space_, plane().kubeconfig(), space_});
  }
  ~LiveWorld() override { kubectl({"delete", "namespace", space_, "--wait=false"}); }

  void begin(const std::vector<FunctionSetup>& functions) override {
    for (const FunctionSetup& function : functions) {
      std::string annotations =
          "{SlimFaas/Function: \"true\", SlimFaas/TimeoutSecondBeforeSetReplicasMin: \"" +
          std::to_string(function.timeout_s) + "\", SlimFaas/ReplicasAtStart: \"" +
          std::to_string(function.at_start) + "\"";
      if (!function.depends_on.empty())
        annotations += ", SlimFaas/DependsOn: " + function.depends_on;
      kubectl({"apply", "-n", space_, "-f", "-"},
              live::deployment({.name = function.name,
                                .image = "echo:1",
                                .port = 8080,
                                .replicas = 0,
                                .annotations = annotations + "}",
                                .gpu = false}));
    }
    driver_->start();
    const std::string last = functions.back().name;
    if (!live::eventually(std::chrono::seconds(10),
                          [&] { return driver_->get("/status-function/" + last).status == 200; }))
      throw std::runtime_error(driver_->log());
  }
  void pass(Duration length) override { std::this_thread::sleep_for(length); }
  void wake(const std::string& function) override {
    if (driver_->wake(function) != 204) throw std::runtime_error(driver_->log());
  }
  void restart() override {
    driver_->kill_nine();
    driver_->start();
  }
  int desired(const std::string& function) override {
    return std::stoi(
        kubectl({"get", "deployment", function, "-n", space_, "-o", "jsonpath={.spec.replicas}"}));
  }
  Duration start_up() const override { return 4s; }

 private:
  static constexpr const char* kNode = R"(apiVersion: v1
kind: Node
metadata: {name: plain, labels: {fake: "true"}}
)";

  static std::string kubectl(const std::vector<std::string>& arguments,
                             const std::string& input = {}) {
    const live::Output output = plane().kubectl(arguments, input);
    if (output.exit_code != 0) throw std::runtime_error(output.text);
    return output.text;
  }

  std::string space_;
  std::optional<live::Driver> driver_;
};

}  // namespace

std::vector<Offer> worlds_here() {
  return {{"Live", []() -> std::unique_ptr<World> { return std::make_unique<LiveWorld>(); }}};
}

}  // namespace thaw::worlds
