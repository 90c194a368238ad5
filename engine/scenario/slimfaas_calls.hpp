// What SlimFaas's annotations say of a function's calls: who may call, how long an answer may take,
// and how calls that need no answer at once are delivered.
//
// Errors: nonsense, at the annotation's place. Source: SlimFaas 0.81, docs/functions.md and its
// FunctionMetadataParser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/params.hpp"
#include "engine/time.hpp"

namespace thaw::slimfaas {

struct Visibility {
  bool is_private = false;                          // where no prefix fits
  std::vector<std::pair<std::string, bool>> paths;  // prefix → private; the first match wins
};

// `annotations`: as slimfaas_params has them.
Visibility visibility_of(const Params& annotations, Diagnostics& diagnostics);

struct Calls {
  std::optional<Duration> timeout;  // of one that is answered at once
  bool trusted = true;              // its pods count as inside
  // Of those that are not.
  std::uint32_t parallel = 10, per_replica = 10;
  Duration async_timeout = std::chrono::seconds(120);
  std::vector<Duration> retries = {std::chrono::seconds(2), std::chrono::seconds(4),
                                   std::chrono::seconds(8)};
  std::vector<int> retried = {500, 502, 503};  // statuses
};

Calls calls_of(const Params& annotations, Diagnostics& diagnostics);

}  // namespace thaw::slimfaas
