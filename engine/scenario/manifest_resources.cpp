#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "engine/scenario/manifest_kinds.hpp"
#include "engine/scenario/units.hpp"

namespace thaw {

namespace {

// 256 TiB, or 281 billion cores: above all that exists, and the sum over a manifest's containers
// fits 64 bits.
constexpr std::int64_t kMostAmount = std::int64_t{1} << 48;

bool is_extended(std::string_view name) { return name.find('/') != std::string_view::npos; }

bool is_resource_name(std::string_view name) {
  return !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/';
  });
}

std::optional<std::int64_t> amount_of(std::string_view name, std::string_view text) {
  if (name == "cpu") return units::kubernetes_milli(text);
  const auto whole = units::kubernetes_whole(text);
  if (!whole || !is_extended(name)) return whole;
  // Half a GPU is refused, not rounded up.
  const auto milli = units::kubernetes_milli(text);
  return milli && *milli % 1000 == 0 ? whole : std::nullopt;
}

std::string_view form_of(std::string_view name) {
  if (name == "cpu") return "a quantity such as 500m or 2";
  return is_extended(name) ? "a whole number" : "a quantity such as 512Mi";
}

// False for a resource that is said wrongly or not modelled.
bool check_name(Fields& amounts, const std::string& name) {
  if (!is_resource_name(name)) {
    amounts.error(name,
                  "expected the name of a resource (plain ASCII letters, digits, -, _, . and /)");
    return false;
  }
  if (name == "ephemeral-storage" || name.starts_with("hugepages-")) {
    amounts.report().not_modelled("resources." + name);
    return false;
  }
  if (name == "cpu" || name == "memory" || is_extended(name)) return true;
  const std::string near = nearest(name, {"memory", "ephemeral-storage"});
  amounts.error(name, fmt::format("expected cpu, memory or a name with a domain such as "
                                  "nvidia.com/gpu{}",
                                  near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
  return false;
}

}  // namespace

Amounts read_amounts(Fields amounts) {
  Amounts result;
  for (const std::string& name : amounts.unread()) {
    const yaml::Node* const value = amounts.find(name);
    if (!value || !check_name(amounts, name)) continue;
    const auto amount =
        value->kind == yaml::Node::Kind::scalar ? amount_of(name, value->scalar) : std::nullopt;
    if (!amount || *amount > kMostAmount) {
      amounts.expected(name, form_of(name));
    } else {
      result.emplace(name, *amount);
    }
  }
  return result;
}

Amounts read_requests(Fields& resources) {
  const Amounts limits = read_amounts(resources.child("limits"));
  Fields written = resources.child("requests");
  Amounts requests = read_amounts(resources.child("requests"));
  for (const auto& [name, amount] : requests) {
    const auto limit = limits.find(name);
    if (limit != limits.end() && amount > limit->second) {
      written.error(name, "asks for more than the limit allows");
    } else if (is_extended(name) && (limit == limits.end() || limit->second != amount)) {
      written.error(name, "needs a limit of the same number: it cannot be overcommitted");
    }
  }
  requests.insert(limits.begin(), limits.end());  // keeps what is asked for already
  return requests;
}

Amounts read_container_requests(Fields& container) {
  Fields resources = container.child("resources", "resources.");
  Amounts requests = read_requests(resources);
  resources.finish();
  return requests;
}

}  // namespace thaw
