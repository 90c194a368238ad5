// The words for the enumerations of facts, both ways: in recordings, and to policies in other
// languages.
#pragma once

#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/policy.hpp"

namespace thaw {

template <class Enum>
using Word = std::pair<Enum, std::string_view>;

inline constexpr std::array<Word<Cause>, 5> kCauses{{{Cause::start, "start"},
                                                     {Cause::timer, "timer"},
                                                     {Cause::arrival_at_zero, "arrival_at_zero"},
                                                     {Cause::pods, "pods"},
                                                     {Cause::path, "path"}}};
inline constexpr std::array<Word<PodPhase>, 5> kPhases{{{PodPhase::pending, "Pending"},
                                                        {PodPhase::running, "Running"},
                                                        {PodPhase::succeeded, "Succeeded"},
                                                        {PodPhase::failed, "Failed"},
                                                        {PodPhase::unknown, "Unknown"}}};
inline constexpr std::array<Word<Condition>, 4> kConditions{{{Condition::none, "none"},
                                                             {Condition::yes, "True"},
                                                             {Condition::no, "False"},
                                                             {Condition::unknown, "Unknown"}}};
inline constexpr std::array<Word<Presence>, 4> kPresences{{{Presence::absent, "absent"},
                                                           {Presence::ok, "ok"},
                                                           {Presence::error, "error"},
                                                           {Presence::nan, "nan"}}};
inline constexpr std::array<Word<MetricSource>, 6> kSources{
    {{MetricSource::resource, "resource"},
     {MetricSource::container_resource, "container_resource"},
     {MetricSource::pods, "pods"},
     {MetricSource::object, "object"},
     {MetricSource::external, "external"},
     {MetricSource::query, "query"}}};
inline constexpr std::array<Word<PathMode>, 2> kModes{
    {{PathMode::proxy, "proxy"}, {PathMode::serve, "serve"}}};
inline constexpr std::array<Word<WriteState>, 5> kWrites{{{WriteState::none, "none"},
                                                          {WriteState::pending, "pending"},
                                                          {WriteState::done, "done"},
                                                          {WriteState::refused, "refused"},
                                                          {WriteState::unknown, "unknown"}}};
inline constexpr std::array<Word<Distribution::Kind>, 6> kDistributions{
    {{Distribution::Kind::constant, "constant"},
     {Distribution::Kind::exponential, "exponential"},
     {Distribution::Kind::uniform, "uniform"},
     {Distribution::Kind::lognormal, "lognormal"},
     {Distribution::Kind::gamma, "gamma"},
     {Distribution::Kind::weibull, "weibull"}}};

template <class Words, class Enum>
constexpr std::string_view word_of(const Words& words, Enum value) {
  for (const auto& [one, word] : words)
    if (one == value) return word;
  return "";
}

template <class Enum, std::size_t N>
constexpr std::optional<Enum> value_of(const std::array<Word<Enum>, N>& words,
                                       std::string_view word) {
  for (const auto& [one, its] : words)
    if (its == word) return one;
  return std::nullopt;
}

}  // namespace thaw
