#include "tests/peers/knative_phases.hpp"

#include <algorithm>
#include <ctime>
#include <fstream>
#include <optional>
#include <stdexcept>

namespace thaw::peers {
namespace {

using namespace std::chrono_literals;

// Since the epoch, of {"severity":…,"timestamp":"2026-01-05T00:00:10.735294123Z",…
std::optional<Duration> instant_of(const std::string& line) {
  constexpr const char* kBefore = "\"timestamp\":\"";
  const std::size_t found = line.find(kBefore);
  if (found == std::string::npos) return std::nullopt;
  const std::string text = line.substr(found + std::string(kBefore).size());
  std::tm at{};
  const char* const rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &at);
  if (rest == nullptr) return std::nullopt;
  const double part = *rest == '.' ? std::strtod(rest, nullptr) : 0;
  return std::chrono::seconds(timegm(&at)) + Duration{static_cast<std::int64_t>(part * 1e9)};
}

}  // namespace

Phase phase_in(const std::string& log, std::chrono::system_clock::time_point start) {
  std::ifstream in(log);
  std::optional<Duration> tick, report, scrape;
  for (std::string line; std::getline(in, line);) {
    if (line.find("observed values") != std::string::npos) tick = instant_of(line);
    if (line.find("Received stat message") != std::string::npos) report = instant_of(line);
    if (line.find("|OldPods|") != std::string::npos) scrape = instant_of(line);
  }
  if (!tick || !report || !scrape) throw std::runtime_error("what is sought is not in " + log);
  return {(*tick - start.time_since_epoch()) % 2s, *tick % 1s, *report % 1s,
          (*scrape - *tick % 1s) % 1s};
}

bool is_clear(const Phase& phase) {
  const Duration scrape = (phase.tick + phase.to_scrape) % 1s;
  const auto apart = [](Duration a, Duration b, Duration least) {
    const Duration one = std::chrono::abs(a - b);
    return std::min(one, 1s - one) >= least;
  };
  return apart(phase.report, 0s, 100ms) && apart(phase.report, phase.tick, 100ms) &&
         apart(phase.report, scrape, 50ms) && apart(phase.tick, 0s, 50ms) &&
         apart(scrape, 0s, 50ms);
}

}  // namespace thaw::peers
