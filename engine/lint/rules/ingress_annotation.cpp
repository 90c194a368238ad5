// TH407: annotations of an Ingress that its controller passes over.
//
// Two controllers call themselves nginx: Kubernetes' own (ingress-nginx, bare seconds) and F5's
// (nginx-ingress, "nginx.org/", times with a unit). Each reads its own prefix alone. Source: the
// annotation pages of both; nginx's ngx_http_proxy_module for the connect timeout.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "engine/lint/rule.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::lint::ingress_annotation {
namespace {

constexpr std::string_view kCommunity = "nginx.ingress.kubernetes.io/";
constexpr std::string_view kVendor = "nginx.org/";
constexpr Duration kLongestConnect = 75s;

enum class Reads : std::uint8_t { unknown, community, vendor, neither };

bool is_timeout(std::string_view key) {
  constexpr std::array<std::string_view, 4> kTimeouts{"proxy-connect-timeout", "proxy-read-timeout",
                                                      "proxy-send-timeout",
                                                      "proxy-next-upstream-timeout"};
  return std::ranges::find(kTimeouts, key) != kTimeouts.end();
}

std::string class_of(const yaml::Node& ingress) {
  const std::string name = text_at(ingress, "spec.ingressClassName");
  if (!name.empty()) return name;
  const yaml::Node* const annotations = at(ingress, "metadata.annotations");
  const yaml::Node* const old =
      annotations ? annotations->find("kubernetes.io/ingress.class") : nullptr;
  return old ? old->scalar : "";
}

// "nginx" may be either's. An IngressClass among the files says whose it is.
Reads reads_of(const Subject& subject, const std::string& class_name) {
  if (class_name.empty()) return Reads::unknown;
  for (const Object& object : subject.objects) {
    if (object.kind != "IngressClass" || object.name != class_name) continue;
    const std::string controller = text_at(*object.node, "spec.controller");
    if (controller == "k8s.io/ingress-nginx") return Reads::community;
    if (controller == "nginx.org/ingress-controller") return Reads::vendor;
    if (!controller.empty()) return Reads::neither;
  }
  constexpr std::array<std::string_view, 9> kOthers{
      "traefik", "alb", "gce", "gce-internal", "haproxy", "kong", "istio", "cilium", "contour"};
  return std::ranges::find(kOthers, class_name) != kOthers.end() ? Reads::neither : Reads::unknown;
}

// Its value as the controller of the family reads it; empty: it does not.
std::optional<Duration> value_of(const yaml::Node& value, bool community) {
  if (!community) return units::nginx_duration(value.scalar);
  const auto number = units::integer(value.scalar);
  if (!number || *number < 0 || *number > 10LL * 366 * 86'400) return std::nullopt;
  return std::chrono::seconds(*number);
}

void judge_timeout(const yaml::Node& key, const yaml::Node& value, std::string_view name,
                   bool community, Report& report) {
  if (!is_timeout(name)) return;
  const auto limit = value_of(value, community);
  if (!limit && community) {
    const auto meant = units::nginx_duration(value.scalar);
    const std::string bare =
        meant ? std::to_string(std::chrono::ceil<std::chrono::seconds>(*meant).count()) : "1200";
    const std::string stays = name == "proxy-connect-timeout" ? "5 s" : "60 s";
    report.add(value.place,
               "ingress-nginx takes a bare number of seconds; it passes over \"" + value.scalar +
                   "\" without a word, and its default stays (" + stays + " unless configured)",
               "write " + key.scalar + ": \"" + bare + "\"");
  } else if (limit && name == "proxy-connect-timeout" && *limit > kLongestConnect) {
    report.add(Severity::info, value.place,
               "connecting is given up after 75 s or so whatever stands here (" +
                   thaw::to_text(*limit) +
                   "); what a cold start needs is the read timeout, for the gateway that is "
                   "connected to is always there",
               "leave it at its default");
  }
}

void judge(const Subject& subject, const Object& object, Report& report) {
  const yaml::Node* const annotations = at(*object.node, "metadata.annotations");
  if (!annotations) return;
  const std::string class_name = class_of(*object.node);
  const Reads reads = reads_of(subject, class_name);
  for (const auto& [key, value] : annotations->map) {
    const std::string_view text = key.scalar;
    const bool community = text.starts_with(kCommunity);
    if (!community && !text.starts_with(kVendor)) continue;
    const std::string_view name = text.substr(community ? kCommunity.size() : kVendor.size());
    judge_timeout(key, value, name, community, report);
    const bool read =
        reads == Reads::unknown || reads == (community ? Reads::community : Reads::vendor);
    const std::string other(community ? kVendor : kCommunity);
    // Both families side by side are there on purpose, for whichever is installed.
    const bool both = std::ranges::any_of(annotations->map, [&](const auto& entry) {
      return entry.first.scalar == other + std::string(name);
    });
    if (!read && !both)
      report.add(Severity::warning, key.place,
                 std::string(text) + " is read by " +
                     (community ? "ingress-nginx" : "F5's nginx-ingress") +
                     " alone, and this Ingress is of the class " + class_name,
                 "write it as the controller of " + class_name + " has it");
  }
}

void check(const Subject& subject, Report& report) {
  for (const Object& object : subject.objects)
    if (object.kind == "Ingress") judge(subject, object, report);
}

}  // namespace

Rule rule() {
  return {"TH407", "ingress-annotation", Severity::error,
          "annotations of an Ingress that its controller passes over", check};
}

}  // namespace thaw::lint::ingress_annotation
