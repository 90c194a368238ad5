// SlimFaas as a gateway, by its version: which of its variables it reads, how long it lets a call
// wait and its answer take, and where the URL that it makes of a function leads.
//
// Source: SlimFaas's proxy middleware 0.24 and its endpoints 0.81, and its list of renamed
// variables. Boundaries that its change log does not state are assumptions: the wait limit of its
// own variable ends with 0.44, pods are called by their own addresses from 0.50.
#pragma once

#include <string>

#include "engine/diagnostic.hpp"
#include "engine/params.hpp"
#include "engine/scenario/manifest.hpp"
#include "engine/version.hpp"

namespace thaw::slimfaas {

inline constexpr Version kHttpTimeout{0, 44, 0}, kUrlByPod{0, 50, 0}, kWakeByPost{0, 60, 0},
    kSectionNames{0, 61, 0};

// A variable under the name of the version's era; the other era's name is not read by it.
struct Variable {
  const char* old_name;
  const char* new_name;
  const char* of(const Version& v) const { return v < kSectionNames ? old_name : new_name; }
  const char* not_of(const Version& v) const { return v < kSectionNames ? new_name : old_name; }
};
inline constexpr Variable kBaseUrl{"BASE_FUNCTION_URL", "SlimFaas__BaseFunctionUrl"};
inline constexpr const char* kWaitLimit =
    "TIME_MAXIMUM_WAIT_FOR_AT_LEAST_ONE_POD_STARTED_FOR_SYNC_FUNCTION";

inline bool wakes_by_get(const Version& v) { return v < kWakeByPost; }

struct Limits {
  Duration wait{};    // how long a call is held for a replica
  Duration answer{};  // from sending to the answer
  Place place;        // of what sets the wait; no line: the version's own default
};

// `annotations`: the function's, as slimfaas_params has them; `environment`: of SlimFaas itself.
// Nonsense is an error at its place.
Limits limits_of(const Params& annotations, const Params& environment, const Version& version,
                 Diagnostics& diagnostics);

// A number of milliseconds in the environment, 1 to a day; empty: not set, or nonsense.
std::optional<Duration> milliseconds(const Params& environment, const std::string& name,
                                     Diagnostics& diagnostics);

// "http://{function_name}.{namespace}:5000": as set, or the version's own.
std::string base_url(const Params& environment, const Version& version);

// Why the URL that SlimFaas makes for a function leads nowhere; empty if it does lead to its pods.
std::string url_problem(const std::string& pattern, const Workload& function,
                        const std::vector<ServiceObject>& services,
                        const std::string& gateway_namespace);

}  // namespace thaw::slimfaas
