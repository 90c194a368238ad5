#include "drivers/kubernetes/scale.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/http/ascii.hpp"
#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/sleep.hpp"

namespace thaw::kubernetes {
namespace {

Scaled scaled_of(const Json& scale) {
  Scaled scaled;
  scaled.desired = static_cast<std::int32_t>(number_at(scale, {"spec", "replicas"}));
  scaled.current = static_cast<std::int32_t>(number_at(scale, {"status", "replicas"}));
  scaled.selector = text_at(scale, {"status", "selector"});
  scaled.resource_version = text_at(scale, {"metadata", "resourceVersion"});
  return scaled;
}

}  // namespace

std::string Target::path() const {
  const std::string group = api.empty() ? "apis/apps/v1" : api;
  const std::string resource = plural.empty() ? http::lower(std::string_view(kind)) + "s" : plural;
  return "/" + group + "/namespaces/" + http::percent_encoded(namespace_name) + "/" + resource +
         "/" + http::percent_encoded(name);
}

Awaitable<Scaled> read_scale(Reader& reader, Target target) {
  const Json scale = co_await reader.get(target.path() + "/scale");
  co_return scaled_of(scale);
}

Awaitable<Scaled> scale(Writer& writer, Target target, std::int32_t replicas,
                        std::optional<std::string> resource_version, Duration within) {
  const SteadyInstant until = steady_now() + within;
  const std::string path = target.path() + "/scale";
  Json merge{{"spec", {{"replicas", replicas}}}};
  if (resource_version) merge["metadata"] = {{"resourceVersion", *resource_version}};
  // With a version a repeat could meet its own first try as a conflict; what is then read tells.
  try {
    const Json written = co_await writer.patch(path, merge, within);
    co_return scaled_of(written);
  } catch (const ApiError& error) {
    if (error.kind() != ApiError::Kind::conflict) throw;
  }
  const Json found = co_await writer.get(path, until - steady_now());
  Scaled scaled = scaled_of(found);
  scaled.conflicted = true;
  co_return scaled;
}

}  // namespace thaw::kubernetes
