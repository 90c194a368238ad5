#include "engine/scenario/drive_config.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <utility>

#include "engine/scenario/sections.hpp"
#include "engine/scenario/values.hpp"
#include "engine/scenario/yaml.hpp"

namespace thaw {
namespace scenario {
namespace {

constexpr Duration kShortestPeriod = std::chrono::milliseconds(100);
constexpr int kMostCalls = 1'000'000;

Shape<DriveConfig::Function> function_entry() {
  return object<DriveConfig::Function>("function", [](auto& v, DriveConfig::Function& f) {
    int most = 0, per_replica = 0, queue = 0;
    bool hidden = false;
    Duration timeout{};
    std::string deployment, stateful_set;
    v.required("name", f.name, dns_label(), "of the function");
    v.optional("namespace", f.ns, dns_label(), "default \"default\"");
    v.optional("deployment", deployment, name(), "that runs it; default its name");
    v.optional("statefulSet", stateful_set, name(), "that runs it instead");
    v.optional("policy", f.policy, text(), "as after --policy; default what its annotations ask");
    v.optional("most", most, integer(0, 1'000'000), "an operator's cap on its replicas");
    v.optional("timeout", timeout, duration_of(kShortestPeriod),
               "of a call; default the gateway's");
    v.optional("perReplica", per_replica, integer(0, kMostCalls), "calls at once; 0: any number");
    v.optional("queue", queue, integer(0, kMostCalls), "calls that wait for a replica");
    v.optional("private", hidden, yes_or_no(), "404 to callers from outside; default false");
    v.optional("service", f.service, dns_label(), "whose endpoints its replicas are");
    v.optional("port", f.port, name(), "of those endpoints: its name or number");
    v.not_both("deployment", "statefulSet");
    if (v.reading()) {
      f.place = v.place();
      f.stateful = !stateful_set.empty();
      f.workload = f.stateful ? stateful_set : deployment.empty() ? f.name : deployment;
      if (v.has("most")) f.most = most;
      if (v.has("timeout")) f.timeout = timeout;
      if (v.has("perReplica")) f.per_replica = per_replica;
      if (v.has("queue")) f.queue = queue;
      if (v.has("private")) f.hidden = hidden;
    }
  });
}

Shape<DriveConfig::Lease> lease_section() {
  return object<DriveConfig::Lease>("lease", [](auto& v, DriveConfig::Lease& lease) {
    v.optional("name", lease.name, dns_label(), "of the Lease; default thaw");
    v.optional("namespace", lease.ns, dns_label(), "default the pod's own");
    v.optional("duration", lease.duration, duration_of(std::chrono::seconds(1)), "default 15s");
    v.optional("renew", lease.renew, duration_of(kShortestPeriod), "default 10s");
    v.optional("retry", lease.retry, duration_of(kShortestPeriod), "default 2s");
    if (v.ok() && lease.duration <= lease.renew)
      v.fault("renew", "expected less than the duration, " + to_text(lease.duration));
    if (v.ok() && lease.renew * 5 <= lease.retry * 6)
      v.fault("retry", "expected 1.2 of it to be less than renew, " + to_text(lease.renew));
  });
}

Shape<DriveConfig::StateMap> state_section() {
  return object<DriveConfig::StateMap>("state", [](auto& v, DriveConfig::StateMap& state) {
    v.optional("configMap", state.name, dns_label(), "default thaw-state");
    v.optional("namespace", state.ns, dns_label(), "default the Lease's");
    v.optional("every", state.every, duration_of(std::chrono::seconds(1)), "default 5s");
  });
}

Shape<DriveConfig::MetricsStore> store_section() {
  return object<DriveConfig::MetricsStore>("metrics", [](auto& v, DriveConfig::MetricsStore& m) {
    v.optional("prometheus", m.prometheus, text(), "base URL of Prometheus or VictoriaMetrics");
    v.optional("scrape", m.scrape, duration_of(kShortestPeriod), "its interval; default 15s");
    v.optional("poll", m.poll, duration_of(kShortestPeriod), "how often it is asked; default 15s");
  });
}

struct NodePrice {
  std::string type;
  Price price;
};

Shape<NodePrice> node_price() {
  return object<NodePrice>("nodePrice", [](auto& v, NodePrice& one) {
    v.required("type", one.type, name(), "label node.kubernetes.io/instance-type of the nodes");
    v.required("price", one.price, price(), "of one");
  });
}

Shape<DriveConfig::Spending> spending_section() {
  return object<DriveConfig::Spending>("spending", [](auto& v, DriveConfig::Spending& spending) {
    Money most;
    std::vector<NodePrice> prices;
    v.required("most", most, money(), "beyond it nothing is scaled up");
    v.optional("per", spending.per, duration_of(std::chrono::minutes(1)), "default 24h");
    v.optional("prices", prices, list_of(node_price()), "of nodes; default those that thaw knows");
    spending.most = most.amount;
    spending.currency = most.currency;
    for (const NodePrice& one : prices) {
      if (v.reading() && one.price.currency != most.currency)
        v.fault("prices", "expected prices in " + most.currency + ", as `most` is");
      spending.per_hour[one.type] = one.price.per_hour;
    }
  });
}

Shape<DriveConfig::Gateway::Async> async_section() {
  using Async = DriveConfig::Gateway::Async;
  return object<Async>("async", [](auto& v, Async& async) {
    v.required("path", async.path, text(), "of the SQLite file that keeps them");
    v.optional("body", async.body, size(), "of one call; default 1MiB");
    v.optional("remembered", async.remembered, duration_of(std::chrono::seconds(1)),
               "how long the key of a call that is over is known; default 24h");
    v.optional("callbackHosts", async.callback_hosts, list_of(name()),
               "to which alone results are posted; default any but what is the cluster's own");
  });
}

Shape<DriveConfig::Gateway> gateway_section() {
  return object<DriveConfig::Gateway>("gateway", [](auto& v, DriveConfig::Gateway& g) {
    DriveConfig::Gateway::Async async;
    v.optional("listen", g.listen, text(), "ADDRESS:PORT; default 127.0.0.1:5000");
    v.optional("certificate", g.certificate, text(), "PEM file; default plain HTTP");
    v.optional("key", g.key, text(), "PEM file");
    v.together("certificate", "key");
    v.optional("timeout", g.timeout, duration_of(kShortestPeriod), "of a call; default 1200s");
    v.optional("queue", g.queue, integer(0, kMostCalls),
               "calls of a function that may wait for a replica; default 10000");
    v.optional("perReplica", g.per_replica, integer(0, kMostCalls),
               "calls at once on a replica; default 0: any number");
    v.optional("connections", g.connections, integer(1, kMostCalls), "of callers; default 20000");
    v.optional("body", g.body, size(), "of a call; default 500MiB");
    v.optional("drain", g.drain, duration(), "for calls under way on SIGTERM; default 20s");
    v.optional("configMap", g.name, dns_label(),
               "in which several tell each other of calls; default thaw-gateways");
    v.optional("async", async, async_section(), "calls that need no answer at once");
    if (v.reading() && v.has("async")) g.async = async;
  });
}

Shape<DriveConfig> drive_config() {
  return object<DriveConfig>("drive", [](auto& v, DriveConfig& c) {
    std::string word;
    v.required("apiVersion", word, exactly("thaw/v1"), "of the format");
    v.required("kind", word, exactly("Drive"), "of the file");
    v.optional("kubeconfig", c.kubeconfig, text(), "file; default KUBECONFIG, ~/.kube/config");
    v.optional("context", c.context, name(), "of the kubeconfig; default its current one");
    v.required("namespaces", c.namespaces, list_of(dns_label()), "the only ones it works in");
    v.optional("listen", c.listen, text(), "ADDRESS:PORT; default 127.0.0.1:8080");
    v.optional("lease", c.lease, lease_section(), "who may write");
    v.optional("state", c.state, state_section(), "what outlives a restart");
    v.optional("metrics", c.metrics, store_section(), "where metrics are read");
    DriveConfig::Spending spending;
    v.optional("spending", spending, spending_section(), "what the nodes may cost");
    if (v.reading() && v.has("spending")) c.spending = spending;
    DriveConfig::Gateway gateway;
    v.optional("gateway", gateway, gateway_section(), "calls of functions go through here");
    if (v.reading() && v.has("gateway")) c.gateway = gateway;
    v.optional("versions", c.versions, versions_section(), "of the systems it stands for");
    v.optional("functions", c.functions, list_of(function_entry()),
               "beside the Deployments that SlimFaas's annotations name");
    if (v.ok() && v.has("namespaces") && c.namespaces.empty())
      v.fault("namespaces", "expected at least one");
  });
}

void check(const DriveConfig& config, Diagnostics& problems) {
  for (const DriveConfig::Function& function : config.functions) {
    const auto& all = config.namespaces;
    if (std::find(all.begin(), all.end(), function.ns) == all.end())
      problems.error(function.place, "functions." + function.name + ".namespace",
                     "\"" + function.ns + "\" is not among the namespaces");
    const bool of_calls = function.timeout || function.per_replica || function.queue ||
                          function.hidden || !function.service.empty() || !function.port.empty();
    if (of_calls && !config.gateway)
      problems.error(function.place, "functions." + function.name,
                     "says how it is called, and there is no gateway: section");
  }
}

}  // namespace
}  // namespace scenario

DriveConfig parse_drive_config(std::string_view text, const std::string& file) {
  Diagnostics problems;
  const auto trees = yaml::parse(text, file, yaml::kScenarioLimits, problems);
  problems.throw_if_any();
  if (trees.size() != 1)
    problems.error({file, 0, 0}, "",
                   "expected one document, found " + std::to_string(trees.size()));
  problems.throw_if_any();
  scenario::Reading reading{problems, {}, {}, file};
  std::optional<DriveConfig> config = scenario::drive_config().read({trees[0], "", reading});
  if (config) scenario::check(*config, problems);
  problems.throw_if_any();
  return std::move(*config);
}

DriveConfig load_drive_config(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw InputError({{{path, 0, 0}, "", "cannot be read"}});
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  return parse_drive_config(text, path);
}

}  // namespace thaw
