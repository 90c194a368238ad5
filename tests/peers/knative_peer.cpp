#include "tests/peers/knative_peer.hpp"

#include <stdexcept>

#include "tests/live/eventually.hpp"
#include "tests/peers/program.hpp"

namespace thaw::peers {
namespace {

using namespace std::chrono_literals;

std::string folder() { return from_environment("THAW_KNATIVE"); }

// A Service and, written by hand as there are no pods behind it, its endpoint. That of the
// autoscaler is headless: the program takes the port on every address.
std::string service(const std::string& name, const std::string& more, int port, int target) {
  const std::string where = "metadata: {name: " + name + ", namespace: knative-serving}\n";
  return "apiVersion: v1\nkind: Service\n" + where + "spec: {" + more +
         "ports: [{name: http, port: " + std::to_string(port) +
         "}]}\n---\napiVersion: v1\nkind: Endpoints\n" + where +
         "subsets: [{addresses: [{ip: " + kAddress +
         "}], ports: [{name: http, port: " + std::to_string(target) + "}]}]\n---\n";
}

// The release's settings but for the grace period, the least allowed, and what the scenarios ask.
constexpr const char* kConfig[][2] = {
    {"config-autoscaler", R"({"data": {"scale-to-zero-grace-period": "6s",
                                       "allow-zero-initial-scale": "true"}})"},
    {"config-logging", R"({"data": {"loglevel.autoscaler": "debug"}})"},
    {"config-deployment", R"({"data": {"queue-sidecar-image": "dev.local/queue:1"}})"},
};

}  // namespace

KnativePeer::KnativePeer()
    : plane_({"-namespace", "-queue-proxy", folder() + "/queue", "-start", "500ms"}) {
  install();
}

void KnativePeer::install() {
  const auto must = [&](const std::vector<std::string>& command, const std::string& input = {}) {
    const live::Output done = plane_.kubectl(command, input);
    if (done.exit_code != 0) throw std::runtime_error(done.text);
  };
  const auto files = [&](const char* name) {
    must({"apply", "--server-side", "--filename=" + folder() + "/manifests/" + name + ".yaml"});
  };
  files("crds");
  files("config");
  for (const auto& [name, patch] : kConfig)
    must({"patch", "configmap", name, "--namespace=knative-serving", "--type=merge", "--patch",
          patch});
  must({"apply", "--filename=-"}, service("autoscaler", "clusterIP: None, ", 8080, 8080) +
                                      service("activator-service", "", 80, kActivator) +
                                      service("webhook", "", 443, 8443) +
                                      R"(apiVersion: v1
kind: Node
metadata: {name: plain, labels: {fake: "true"}}
)");
  files("webhooks");
  run(programs_, "webhook", 9101, "WEBHOOK_PORT=8443");
  run(programs_, "controller", 9111);
  start_scalers();
}

void KnativePeer::start_scalers() {
  run(scalers_, "autoscaler", 9121);
  run(scalers_, "activator", 9131);
  // Before there are Services that take its ports at their own addresses.
  const auto serves = [&](int port) {
    return live::run({"curl", "-sf",
                      std::string("http://") + kAddress + ":" + std::to_string(port) + "/"})
               .exit_code != 7;
  };
  if (!live::eventually(60s, [&] { return serves(kActivator) && serves(kActivator + 1); }))
    throw std::runtime_error(
        live::run({"tail", "-5", plane_.folder() + "/knative-activator.log"}).text);
}

void KnativePeer::start_anew() {
  for (live::Companion& program : scalers_) program.kill();
  scalers_.clear();
  start_scalers();
}

std::string KnativePeer::autoscaler_log() const {
  return plane_.folder() + "/knative-autoscaler.log";
}

// Each takes three ports: probes, metrics, profiles.
void KnativePeer::run(std::list<live::Companion>& among, const std::string& name, int port,
                      const std::string& more) {
  std::vector<std::string> environment{"SYSTEM_NAMESPACE=knative-serving",
                                       "CONFIG_LOGGING_NAME=config-logging",
                                       "CONFIG_OBSERVABILITY_NAME=config-observability",
                                       "METRICS_DOMAIN=knative.dev/internal/serving",
                                       "KUBERNETES_MIN_VERSION=1.25.0",
                                       "POD_NAME=" + name,
                                       std::string("POD_IP=") + kAddress,
                                       "WEBHOOK_NAME=webhook",
                                       "KNATIVE_HEALTH_PROBES_PORT=" + std::to_string(port),
                                       "METRICS_PROMETHEUS_PORT=" + std::to_string(port + 1),
                                       "PROFILING_PORT=" + std::to_string(port + 2)};
  if (!more.empty()) environment.push_back(more);
  among.emplace_back(command_of({.path = folder() + "/" + name,
                                 .arguments = {"-kubeconfig", plane_.kubeconfig()},
                                 .environment = environment,
                                 .log = plane_.folder() + "/knative-" + name + ".log",
                                 .hosts = plane_.folder() + "/hosts"}));
}

void KnativePeer::apply(const std::string& manifest) {
  live::Output last{};
  const bool applied = live::eventually(60s, [&] {
    last = plane_.kubectl({"apply", "--filename=-"}, manifest);
    return last.exit_code == 0;
  });
  if (!applied) throw std::runtime_error(last.text);
}

std::string KnativePeer::revision_of(const std::string& service) {
  std::string name;
  const bool known = live::eventually(60s, [&] {
    name =
        plane_
            .kubectl({"get", "podautoscalers", "--selector=serving.knative.dev/service=" + service,
                      "--output=jsonpath={.items[0].metadata.name}"})
            .text;
    return name.starts_with(service);
  });
  if (!known) throw std::runtime_error("no PodAutoscaler: " + name);
  return name;
}

// Killed: on SIGTERM they would wait half a minute for an ingress to look elsewhere.
int KnativePeer::stop() {
  for (live::Companion& program : programs_) program.kill();
  for (live::Companion& program : scalers_) program.kill();
  return plane_.stop();
}

}  // namespace thaw::peers
