#include "engine/checks/expression.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "engine/checks/expression_node.hpp"
#include "engine/time.hpp"

namespace thaw {

namespace {

using Node = Expression::Node;

std::string_view name_of(Fold fold) {
  switch (fold) {
    case Fold::max:
      return "max";
    case Fold::min:
      return "min";
    case Fold::mean:
      return "mean";
  }
  return {};
}

std::string to_text(const Term& term) {
  switch (term.kind) {
    case Term::Kind::literal:
      return fmt::format("{:.6g}", term.number);
    case Term::Kind::word:
      return term.name;
    case Term::Kind::gauge:
      return fmt::format("{}({})", name_of(term.gauge), term.name);
    case Term::Kind::folded:
      return fmt::format("{}({}({}))", name_of(term.fold), name_of(term.gauge), term.name);
    case Term::Kind::count:
      return fmt::format("count({}, {})", term.field, term.name);
    case Term::Kind::percentile:
      return fmt::format("{}p{:.0f}({})", term.of_first_token ? "ttft_" : "", term.quantile * 100,
                         term.name);
    case Term::Kind::cost:
      return "cost()";
    case Term::Kind::response:
      return fmt::format("response({}).{}", term.name, term.field);
  }
  return {};
}

// Four digits or so are what a reader compares; the exact value is in the results.
std::string time_text(double value) {
  if (!(value >= 0 && value < 9e9)) return fmt::format("{:.6g}s", value);
  const auto ns = static_cast<std::int64_t>(value * 1e9 + 0.5);
  const std::int64_t step = ns >= 1'000'000'000 ? 1'000'000 : ns >= 1'000'000 ? 1'000 : 1;
  return thaw::to_text(Duration((ns + step / 2) / step * step));
}

std::string to_text(const Value& value, Dimension dimension) {
  if (const auto* number = std::get_if<double>(&value)) {
    return dimension == Dimension::time ? time_text(*number) : fmt::format("{:.6g}", *number);
  }
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  return "none yet";
}

Value value_of(const Term& term, const Facts& facts) {
  if (term.kind == Term::Kind::literal) return term.number;
  if (term.kind == Term::Kind::word) return term.name;
  return facts.value(term);
}

template <class T>
bool related(const T& left, Relation relation, const T& right) {
  switch (relation) {
    case Relation::equal:
      return left == right;
    case Relation::unequal:
      return left != right;
    case Relation::less:
      return left < right;
    case Relation::at_most:
      return left <= right;
    case Relation::greater:
      return left > right;
    case Relation::at_least:
      return left >= right;
  }
  return false;
}

// A side that does not exist, or is of another kind than the other one, compares false.
bool compared(const Value& left, Relation relation, const Value& right) {
  if (left.index() != right.index()) return false;
  if (const auto* number = std::get_if<double>(&left)) {
    return related(*number, relation, std::get<double>(right));
  }
  if (const auto* word = std::get_if<std::string>(&left)) {
    return related(*word, relation, std::get<std::string>(right));
  }
  return false;
}

bool evaluate(const Node& node, const Facts& facts) {
  const auto holds = [&](const auto& part) { return evaluate(*part, facts); };
  switch (node.kind) {
    case Node::Kind::comparison:
      return compared(value_of(node.left, facts), node.relation, value_of(node.right, facts));
    case Node::Kind::all:
      return std::ranges::all_of(node.parts, holds);
    case Node::Kind::any:
      return std::ranges::any_of(node.parts, holds);
    case Node::Kind::negation:
      return !holds(node.parts.front());
  }
  return false;
}

void collect(const Node& node, std::vector<Term>& terms) {
  for (const auto& part : node.parts) collect(*part, terms);
  if (node.kind != Node::Kind::comparison) return;
  for (const Term* side : {&node.left, &node.right}) {
    if (side->kind != Term::Kind::literal && side->kind != Term::Kind::word) terms.push_back(*side);
  }
}

}  // namespace

std::string_view name_of(Gauge g) {
  switch (g) {
    case Gauge::desired:
      return "desired";
    case Gauge::replicas:
      return "replicas";
    case Gauge::ready:
      return "ready";
    case Gauge::nodes:
      return "nodes";
    case Gauge::in_flight:
      return "in_flight";
    case Gauge::queued:
      return "queued";
  }
  return {};
}

Dimension dimension_of(const Term& term) {
  if (term.kind == Term::Kind::word) return Dimension::word;
  if (term.kind == Term::Kind::percentile) return Dimension::time;
  if (term.kind != Term::Kind::response) return Dimension::number;
  if (term.field == "latency") return Dimension::time;
  return term.field == "cut_by" ? Dimension::word : Dimension::number;
}

Expression::Expression() = default;

std::optional<Expression> Expression::parse(std::string_view text, const Place& place,
                                            const std::string& key, Diagnostics& problems) {
  auto root = parse_expression(text, place, key, problems);
  if (!root) return std::nullopt;
  Expression parsed;
  parsed.text_ = text;
  parsed.root_ = std::move(root);
  return parsed;
}

bool Expression::holds(const Facts& facts) const { return !root_ || evaluate(*root_, facts); }

std::vector<Term> Expression::terms() const {
  std::vector<Term> found;
  if (root_) collect(*root_, found);
  return found;
}

std::string Expression::seen(const Facts& facts) const {
  std::vector<std::string> names;
  std::string text;
  for (const Term& term : terms()) {
    std::string name = to_text(term);
    if (std::ranges::find(names, name) != names.end()) continue;
    const std::string value = to_text(facts.value(term), dimension_of(term));
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, value);
    names.push_back(std::move(name));
  }
  return text;
}

}  // namespace thaw
