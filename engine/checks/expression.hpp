// EXPR of a scenario: what a check expects and what a step waits for.
//
//   replicas(ollama) == 0 and not (nodes(gpu) >= 1)
//   response(ask).status == 200 and response(ask).latency < 10s
//   p95(ollama) < 2s, cost() < 1.5, max(replicas(ollama)) <= 2
//
// gauges    desired replicas ready nodes in_flight queued, each of a NAME
// over time max min mean of one gauge, from the start of the run until now
// totals    count(KIND, NAME), p50 … p99(NAME) of latency, ttft_p95(NAME), cost()
// responses response(STEP).status | latency | cut_by, of the step's last answer
// A quantity that does not exist (no answer yet, no request completed) makes its comparison false;
// so `not (p95(ollama) < 2s)` holds before the first answer, and `p95(ollama) >= 2s` does not.
// A time compares with a duration only (10s, 2h30min; ns us ms s min h), never with a bare number;
// names after cut_by are words ("gateway", "ingress", "none"), equal or not. Units: seconds.
// Limits: 4 KiB of text, 64 levels of nesting.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/diagnostic.hpp"

namespace thaw {

enum class Gauge : std::uint8_t { desired, replicas, ready, nodes, in_flight, queued };
std::string_view name_of(Gauge g);

enum class Fold : std::uint8_t { max, min, mean };

// One leaf of an expression.
struct Term {
  enum class Kind : std::uint8_t {
    literal,
    word,
    gauge,
    folded,
    count,
    percentile,
    cost,
    response
  };
  Kind kind = Kind::literal;
  double number = 0;            // literal (durations in seconds)
  Gauge gauge{};                // gauge, folded
  Fold fold{};                  // folded
  double quantile = 0;          // percentile: 0.95
  bool of_first_token = false;  // percentile: of the time to it instead of the latency
  std::string name;             // function, pool or step; the word itself
  std::string field;            // response: status, latency, cut_by; count: its KIND
  int column = 0;               // within the expression, 1-based
};

// monostate: there is no such number yet
using Value = std::variant<std::monostate, double, std::string>;

// Answers of a world to the leaves; asked only for terms that are in an expression.
class Facts {
 public:
  virtual ~Facts() = default;
  virtual Value value(const Term&) const = 0;  // not for literal and word
};

class Expression {
 public:
  Expression();  // always true
  // Throws nothing: a mistake is added to `problems` (column counted from `place`), and the result
  // is empty.
  static std::optional<Expression> parse(std::string_view text, const Place& place,
                                         const std::string& key, Diagnostics& problems);

  bool holds(const Facts&) const;
  // "replicas(ollama) = 1, nodes(gpu) = 1": what was seen, for a check that failed.
  std::string seen(const Facts&) const;
  const std::string& text() const { return text_; }
  std::vector<Term> terms() const;  // every leaf that is not a literal or a word

  struct Node;

 private:
  std::string text_;
  std::shared_ptr<const Node> root_;
};

}  // namespace thaw
