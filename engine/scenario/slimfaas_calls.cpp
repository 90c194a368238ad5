#include "engine/scenario/slimfaas_calls.hpp"

#include "engine/scenario/units.hpp"

namespace thaw::slimfaas {
namespace {

constexpr std::int64_t kDay_s = 86'400;

// The numbers of a list, each within bounds; empty: the list is not there.
std::vector<std::int64_t> numbers(ParamsReader& reader, const std::string& key, std::int64_t least,
                                  std::int64_t most) {
  std::vector<std::int64_t> all;
  for (const std::string& item : reader.items(key)) {
    const auto value = units::integer(item);
    if (value && *value >= least && *value <= most) {
      all.push_back(*value);
    } else {
      reader.error(key, "expected whole numbers from " + std::to_string(least) + " to " +
                            std::to_string(most) + ", found \"" + item + "\"");
    }
  }
  return all;
}

}  // namespace

Visibility visibility_of(const Params& annotations, Diagnostics& diagnostics) {
  ParamsReader reader(annotations, diagnostics, "SlimFaas");
  Visibility visibility;
  visibility.is_private =
      reader.one_of("DefaultVisibility", "Public", {"Public", "Private"}) == "Private";
  // "Private:/admin,Public:/": no word before the path means public.
  for (const std::string& item : reader.list("PathsStartWithVisibility")) {
    if (item.starts_with("Private:")) {
      visibility.paths.emplace_back(item.substr(8), true);
    } else {
      visibility.paths.emplace_back(item.starts_with("Public:") ? item.substr(7) : item, false);
    }
  }
  return visibility;
}

Calls calls_of(const Params& annotations, Diagnostics& diagnostics) {
  ParamsReader reader(annotations, diagnostics, "SlimFaas");
  Calls calls;
  const std::string sync = "Configuration.DefaultSync.HttpTimeout";
  const std::string async = "Configuration.DefaultAsync.";
  if (annotations.has(sync))
    calls.timeout = std::chrono::seconds(reader.integer(sync, 120, 1, kDay_s));
  calls.trusted = reader.one_of("DefaultTrust", "Trusted", {"Trusted", "Untrusted"}) == "Trusted";
  const auto count = [&](const char* key) {
    return static_cast<std::uint32_t>(reader.integer(key, 10, 1, 1'000'000));
  };
  calls.parallel = count("NumberParallelRequest");
  calls.per_replica = count("NumberParallelRequestPerPod");
  calls.async_timeout = std::chrono::seconds(reader.integer(async + "HttpTimeout", 120, 1, kDay_s));
  if (const auto pauses = numbers(reader, async + "TimeoutRetries", 0, kDay_s); !pauses.empty()) {
    calls.retries.clear();
    for (const std::int64_t pause : pauses) calls.retries.push_back(std::chrono::seconds(pause));
  }
  if (const auto statuses = numbers(reader, async + "HttpStatusRetries", 100, 599);
      !statuses.empty())
    calls.retried.assign(statuses.begin(), statuses.end());
  return calls;
}

}  // namespace thaw::slimfaas
