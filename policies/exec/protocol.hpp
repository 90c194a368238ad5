// The lines that a policy's program and thaw exchange: JSON, version 1 (docs/exec.md).
//
// Units: seconds as decimals with every nanosecond; instants count from the first question.
// Errors: Nonsense says what was expected and what was found.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/policy.hpp"

namespace thaw::exec {

inline constexpr int kProtocol = 1;
inline constexpr std::int32_t kMostReplicas = 1'000'000;

class Nonsense : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What a program asks for in its first line.
struct Hello {
  bool arrivals_at_zero = false, load = false, pods = false, path = false, peers = false;
  std::vector<MetricRef> metrics;
  std::optional<Duration> deadline;
};

struct Answer {
  std::optional<Replicas> desired;    // empty: leave alone
  std::optional<Duration> ask_again;  // from the question on; empty: only when something happens
};

// The question `number`, counted from 1, in a conversation whose first was at `start`.
struct Question {
  const Spec& spec;
  const Observation& seen;
  TimePoint start;
  std::uint64_t number;
};

std::string hello_line(const Spec& spec);
Hello read_hello(const std::string& line);
std::string line_of(const Question& question, const Hello& wanted);
Answer read_answer(const std::string& line, std::uint64_t number);

}  // namespace thaw::exec
