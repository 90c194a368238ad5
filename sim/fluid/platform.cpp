#include "sim/fluid/platform.hpp"

#include <csignal>
#include <simgrid/s4u/Link.hpp>
#include <simgrid/s4u/NetZone.hpp>
#include <string>

#include "engine/invariant.hpp"

namespace thaw::sim {

namespace {

using simgrid::s4u::Engine;
using simgrid::s4u::Host;
using simgrid::s4u::Link;
using simgrid::s4u::LinkInRoute;
using simgrid::s4u::NetZone;

// SimGrid takes over SIGINT and the fatal signals when its engine starts; what the process had is
// put back.
class SignalKeeper {
 public:
  SignalKeeper() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], nullptr, &before_[i]);
  }
  ~SignalKeeper() {
    for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &before_[i], nullptr);
  }
  SignalKeeper(const SignalKeeper&) = delete;
  SignalKeeper& operator=(const SignalKeeper&) = delete;

 private:
  static constexpr std::array kSignals{SIGINT, SIGSEGV, SIGBUS};
  std::array<struct sigaction, kSignals.size()> before_{};
};

// Plain max-min sharing: no TCP corrections, no traffic of acknowledgements on the way back.
std::unique_ptr<Engine> make_engine() {
  std::vector<std::string> words{
      "thaw",
      "--log=root.thres:critical",
      "--cfg=network/crosstraffic:0",
      "--cfg=network/bandwidth-factor:1",
      "--cfg=network/latency-factor:1",
      "--cfg=network/TCP-gamma:0",
  };
#ifdef __SANITIZE_ADDRESS__
  // AddressSanitizer cannot follow stacks that are swapped by hand.
  words.emplace_back("--cfg=contexts/factory:thread");
#endif
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  const SignalKeeper keeper;
  return std::make_unique<Engine>(&argc, argv.data());
}

Link* add_link(NetZone& zone, const std::string& name, BytesPerSecond capacity) {
  THAW_CHECK(capacity.count > 0, "a link must carry something");
  Link* const link = zone.create_link(name, static_cast<double>(capacity.count));
  return link->set_sharing_policy(Link::SharingPolicy::SHARED)->set_latency(0)->seal();
}

void add_way_in(NetZone& zone, const Host* host, const std::vector<LinkInRoute>& links) {
  zone.add_route(nullptr, host->get_netpoint(), nullptr, nullptr, links, /*symmetrical=*/false);
}

void add_way_out(NetZone& zone, const Host* host, const std::vector<LinkInRoute>& links) {
  zone.add_route(host->get_netpoint(), nullptr, nullptr, nullptr, links, /*symmetrical=*/false);
}

Host* add_host(NetZone& zone, const std::string& name) {
  constexpr double kNothingIsComputedHere = 1;
  return zone.create_host(name, kNothingIsComputedHere)->seal();
}

}  // namespace

Platform::Platform(const Capacities& capacities) : engine_(make_engine()) {
  NetZone* const zone = simgrid::s4u::create_star_zone("cluster");
  add_sources(*zone, capacities);
  add_nodes(*zone, capacities);
  zone->seal();
  engine_->seal_platform();
  for (NodeSlot slot = 0; slot < capacities.slots; ++slot) node_off(slot);
}

void Platform::add_sources(NetZone& zone, const Capacities& capacities) {
  const auto add = [&](FlowSource from, const std::string& name, BytesPerSecond capacity) {
    Host* const host = add_host(zone, name);
    Link* const link = add_link(zone, name, capacity);
    add_way_out(zone, host, {LinkInRoute(link)});
    sources_[static_cast<std::size_t>(from)] = host;
    links_[static_cast<std::size_t>(from)] = link;
  };
  add(FlowSource::registry, "registry", capacities.registry);
  add(FlowSource::internet, "internet", capacities.internet);
  add(FlowSource::volume, "volume", capacities.volume);
}

void Platform::add_nodes(NetZone& zone, const Capacities& capacities) {
  nodes_.reserve(capacities.slots);
  for (NodeSlot slot = 0; slot < capacities.slots; ++slot) {
    const std::string number = std::to_string(slot);
    const LinkInRoute link(add_link(zone, "node" + number, capacities.node));
    const LinkInRoute pull(add_link(zone, "pull" + number, capacities.pull));
    Host* const pulls = add_host(zone, "pulls" + number);
    Host* const loads = add_host(zone, "loads" + number);
    add_way_in(zone, pulls, {link, pull});
    add_way_in(zone, loads, {link});
    nodes_.push_back({pulls, loads});
  }
}

const Platform::Node& Platform::node(NodeSlot slot) const {
  THAW_CHECK(slot < nodes_.size(), "no such node slot");
  return nodes_[slot];
}

Host* Platform::destination(FlowSource from, NodeSlot slot) const {
  return from == FlowSource::registry ? node(slot).pulls : node(slot).loads;
}

void Platform::set_capacity(FlowSource from, BytesPerSecond capacity) {
  THAW_CHECK(capacity.count > 0, "a link must carry something");
  links_[static_cast<std::size_t>(from)]->set_bandwidth(static_cast<double>(capacity.count));
}

void Platform::node_on(NodeSlot slot) {
  node(slot).pulls->turn_on();
  node(slot).loads->turn_on();
}

void Platform::node_off(NodeSlot slot) {
  node(slot).pulls->turn_off();
  node(slot).loads->turn_off();
}

bool Platform::is_on(NodeSlot slot) const { return node(slot).pulls->is_on(); }

}  // namespace thaw::sim
