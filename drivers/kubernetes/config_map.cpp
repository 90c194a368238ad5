#include "drivers/kubernetes/config_map.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/sleep.hpp"

namespace thaw::kubernetes {
namespace {

constexpr std::size_t kLargest = 1 << 20;

std::string collection_of(const ConfigMapName& name) {
  return "/api/v1/namespaces/" + http::percent_encoded(name.namespace_name) + "/configmaps";
}

std::string path_of(const ConfigMapName& name) {
  return collection_of(name) + "/" + http::percent_encoded(name.name);
}

std::size_t bytes_of(const Strings& data) {
  std::size_t bytes = 0;
  for (const auto& [key, value] : data) bytes += key.size() + value.size();
  return bytes;
}

}  // namespace

Awaitable<std::optional<Strings>> read_config_map(Reader& reader, ConfigMapName name) {
  Json found;
  try {
    found = co_await reader.get(path_of(name));
  } catch (const ApiError& error) {
    if (error.kind() != ApiError::Kind::not_found) throw;
    co_return std::nullopt;
  }
  Strings strings;
  const auto data = found.find("data");
  if (data == found.end() || !data->is_object()) co_return strings;
  for (const auto& [key, value] : data->items()) {
    if (value.is_string()) strings[key] = value.get<std::string>();
  }
  co_return strings;
}

Awaitable<void> apply_config_map(Writer& writer, ConfigMapName name, Strings data, Strings labels,
                                 Duration within) {
  const SteadyInstant until = steady_now() + within;
  if (bytes_of(data) > kLargest) {
    ApiError::Facts facts;
    facts.kind = ApiError::Kind::invalid;
    facts.request = "update configmaps in namespace " + name.namespace_name;
    facts.reason = "more than 1 MiB in " + name.name;
    throw ApiError(std::move(facts));
  }
  Json metadata{{"name", name.name}, {"namespace", name.namespace_name}};
  if (!labels.empty()) metadata["labels"] = labels;
  const Json object{{"apiVersion", "v1"},
                    {"kind", "ConfigMap"},
                    {"metadata", std::move(metadata)},
                    {"data", data}};
  // Found missing it is made; made by another meanwhile, it is there to be set.
  for (int attempt = 0; attempt < 2; ++attempt) {
    bool missing = false;
    try {
      co_await writer.put(path_of(name), object, until - steady_now());
    } catch (const ApiError& error) {
      missing = error.kind() == ApiError::Kind::not_found && attempt == 0;
      if (!missing) throw;
    }
    if (!missing) co_return;
    try {
      co_await writer.create(collection_of(name), object, until - steady_now(), Repeat::absolute);
      co_return;
    } catch (const ApiError& error) {
      if (error.kind() != ApiError::Kind::conflict) throw;
    }
  }
}

}  // namespace thaw::kubernetes
