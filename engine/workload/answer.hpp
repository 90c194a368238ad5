// What a caller gets: a status, how the call ended, and who cut it off. Both worlds' words.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/time.hpp"

namespace thaw::workload {

// Who ended a request before its answer came. `client`: the caller itself, whose patience is over.
enum class CutBy : std::uint8_t { none, gateway, ingress, crash, replica, client };
std::string_view name_of(CutBy cut);

enum class Outcome : std::uint8_t { completed, timed_out, rejected, failed };
std::string_view name_of(Outcome outcome);

struct Answer {
  int status = 200;
  Outcome outcome = Outcome::completed;
  CutBy cut_by = CutBy::none;
};

// What a caller sees.
struct Response {
  Answer answer;
  Duration latency{};
};

}  // namespace thaw::workload
