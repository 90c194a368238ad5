#include "drivers/world/config_file.hpp"

#include <fstream>
#include <iterator>
#include <tuple>

namespace thaw::world {

std::optional<std::string> ConfigFile::text() const {
  std::ifstream in(path_, std::ios::binary);
  if (!in) return std::nullopt;
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

DriveConfig ConfigFile::load() {
  const std::optional<std::string> now = text();
  if (!now) throw InputError({{{path_, 0, 0}, "", "cannot be read"}});
  last_ = *now;
  return parse_drive_config(last_, path_);
}

std::optional<DriveConfig> ConfigFile::changed(Log& log) {
  std::optional<std::string> now = text();
  if (!now || *now == last_)
    return std::nullopt;  // a file being replaced is not there for a moment
  last_ = std::move(*now);
  try {
    return parse_drive_config(last_, path_);
  } catch (const InputError& error) {
    for (const Diagnostic& problem : error.problems())
      log.warning("config", to_text(problem) + "; the old one stays");
  }
  return std::nullopt;
}

std::string needs_restart(const DriveConfig& before, const DriveConfig& after) {
  std::string text;
  const auto compare = [&text](bool same, const char* what) {
    if (!same) text += (text.empty() ? "" : ", ") + std::string(what);
  };
  const auto lease = [](const DriveConfig& config) {
    const DriveConfig::Lease& l = config.lease;
    return std::tie(l.name, l.ns, l.duration, l.renew, l.retry);
  };
  const auto state = [](const DriveConfig& config) {
    return std::tie(config.state.name, config.state.ns, config.state.every);
  };
  const auto metrics = [](const DriveConfig& config) {
    return std::tie(config.metrics.prometheus, config.metrics.scrape, config.metrics.poll);
  };
  compare(before.kubeconfig == after.kubeconfig, "kubeconfig");
  compare(before.context == after.context, "context");
  compare(before.namespaces == after.namespaces, "namespaces");
  compare(before.listen == after.listen, "listen");
  compare(lease(before) == lease(after), "lease");
  compare(state(before) == state(after), "state");
  const auto spending = [](const DriveConfig& config) {
    const auto& s = config.spending;
    return s ? std::tuple(s->most, s->currency, s->per, s->per_hour)
             : std::tuple(Nanomoney{0}, std::string(), Duration{0},
                          std::map<std::string, Nanomoney>());
  };
  compare(spending(before) == spending(after), "spending");
  compare(metrics(before) == metrics(after), "metrics");
  using Gateway = std::optional<DriveConfig::Gateway>;
  const auto gateway = [](const Gateway& of) {
    const DriveConfig::Gateway g = of.value_or(DriveConfig::Gateway{});
    const auto async = g.async.value_or(DriveConfig::Gateway::Async{});
    return std::tuple(of.has_value(), g.listen, g.certificate, g.key, g.timeout, g.queue,
                      g.per_replica, g.connections, g.body, g.drain, g.name, async.path, async.body,
                      async.remembered, async.callback_hosts);
  };
  compare(gateway(before.gateway) == gateway(after.gateway), "gateway");
  return text;
}

}  // namespace thaw::world
