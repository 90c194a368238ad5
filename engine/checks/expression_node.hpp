// The tree of an expression, shared by its parser and its evaluation; nobody else includes this.
//
// Errors: none. A tree is never changed once parsed, and its depth is bounded by the parser.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "engine/checks/expression.hpp"

namespace thaw {

enum class Relation : std::uint8_t { equal, unequal, less, at_most, greater, at_least };

// What a term's value is, known before there is one.
enum class Dimension : std::uint8_t { number, time, word };

struct Expression::Node {
  enum class Kind : std::uint8_t { comparison, all, any, negation };
  Kind kind = Kind::comparison;
  Relation relation{};
  Term left, right;                                // comparison
  std::vector<std::shared_ptr<const Node>> parts;  // all, any: two or more; negation: one
};

// Of a leaf that is not a literal: a literal's dimension is in its text ("10s"), not in its Term.
Dimension dimension_of(const Term& term);

// A null pointer if the text is no condition; the mistake is then in `problems`.
std::shared_ptr<const Expression::Node> parse_expression(std::string_view text, const Place& place,
                                                         const std::string& key,
                                                         Diagnostics& problems);

}  // namespace thaw
