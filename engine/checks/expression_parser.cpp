// Recursive descent, one function a rule:
//
//   any        := all ("or" all)*
//   all        := negation ("and" negation)*
//   negation   := "not" negation | "(" any ")" | comparison
//   comparison := operand RELATION operand
//   operand    := NUMBER | DURATION | WORD | FUNCTION "(" … ")"
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "engine/checks/expression_node.hpp"
#include "engine/checks/expression_scanner.hpp"

namespace thaw {

namespace {

using Node = Expression::Node;
using NodePointer = std::shared_ptr<const Node>;

constexpr std::size_t kMostText = 4096;
constexpr int kMostNesting = 64;

constexpr std::array kGauges{Gauge::desired, Gauge::replicas,  Gauge::ready,
                             Gauge::nodes,   Gauge::in_flight, Gauge::queued};
constexpr std::array<std::pair<std::string_view, Fold>, 3> kFolds{
    {{"max", Fold::max}, {"min", Fold::min}, {"mean", Fold::mean}}};
// Two characters before one, or "<=" would be read as "<".
constexpr std::array<std::pair<std::string_view, Relation>, 6> kRelations{
    {{"==", Relation::equal},
     {"!=", Relation::unequal},
     {"<=", Relation::at_most},
     {">=", Relation::at_least},
     {"<", Relation::less},
     {">", Relation::greater}}};

const std::vector<std::string> kGaugeNames{"desired", "replicas",  "ready",
                                           "nodes",   "in_flight", "queued"};
const std::vector<std::string> kFunctions{
    "desired", "replicas", "ready", "nodes", "in_flight", "queued",   "max",  "min",
    "mean",    "count",    "p50",   "p95",   "p99",       "ttft_p95", "cost", "response"};
const std::vector<std::string> kCounts{"completed", "cold",     "timed_out", "rejected", "failed",
                                       "total",     "decision", "pod",       "node",     "fault"};
const std::vector<std::string> kResponseFields{"status", "latency", "cut_by"};

constexpr std::string_view kFirstToken = "ttft_";

bool is_percentile(std::string_view word) {
  return word.size() > 1 && word[0] == 'p' && word[1] >= '0' && word[1] <= '9';
}

std::string_view name_of(Dimension dimension) {
  switch (dimension) {
    case Dimension::number:
      return "a number";
    case Dimension::time:
      return "a time";
    case Dimension::word:
      return "a word";
  }
  return {};
}

std::optional<Gauge> gauge_named(std::string_view word) {
  for (const Gauge gauge : kGauges) {
    if (thaw::name_of(gauge) == word) return gauge;
  }
  return std::nullopt;
}

std::optional<Fold> fold_named(std::string_view word) {
  for (const auto& [known, fold] : kFolds) {
    if (known == word) return fold;
  }
  return std::nullopt;
}

struct Operand {
  Term term;
  Dimension dimension = Dimension::number;
  std::string_view text;
  std::size_t at = 0;

  bool is_constant() const {
    return term.kind == Term::Kind::literal || term.kind == Term::Kind::word;
  }
};

class Parser {
 public:
  explicit Parser(std::string_view text) : scan_(text) {}

  NodePointer whole() {
    NodePointer root = any(0);
    scan_.skip_space();
    if (scan_.at_end()) return root;
    if (const auto* relation = peek_relation()) {
      scan_.fail(
          fmt::format("expected \"and\", \"or\" or the end, found a second \"{}\"; a "
                      "comparison has two sides, join two with \"and\"",
                      relation->first));
    }
    scan_.expected("\"and\", \"or\" or the end");
  }

 private:
  NodePointer any(int depth) { return joined("or", Node::Kind::any, &Parser::all, depth); }
  NodePointer all(int depth) { return joined("and", Node::Kind::all, &Parser::negation, depth); }

  NodePointer joined(std::string_view keyword, Node::Kind kind, NodePointer (Parser::*part)(int),
                     int depth) {
    NodePointer first = (this->*part)(depth);
    if (!scan_.accept_keyword(keyword)) return first;
    auto node = std::make_shared<Node>();
    node->kind = kind;
    node->parts = {std::move(first), (this->*part)(depth)};
    while (scan_.accept_keyword(keyword)) node->parts.push_back((this->*part)(depth));
    return node;
  }

  NodePointer negation(int depth) {
    scan_.skip_space();
    if (depth > kMostNesting) scan_.fail(fmt::format("nested deeper than {} levels", kMostNesting));
    if (scan_.accept_keyword("not")) {
      auto node = std::make_shared<Node>();
      node->kind = Node::Kind::negation;
      node->parts = {negation(depth + 1)};
      return node;
    }
    if (scan_.accept('(')) {
      NodePointer inside = any(depth + 1);
      scan_.require(')', "after the condition");
      return inside;
    }
    return comparison();
  }

  NodePointer comparison() {
    Operand left = operand();
    scan_.skip_space();
    const auto* relation = peek_relation();
    if (!relation) no_relation(left);
    const auto& [sign, meaning] = *relation;
    const std::size_t sign_at = scan_.at();
    scan_.skip(sign.size());
    Operand right = operand();
    check_comparable(left, right);
    if (left.dimension == Dimension::word && meaning != Relation::equal &&
        meaning != Relation::unequal) {
      scan_.fail_at(sign_at, fmt::format("expected == or != between words, found \"{}\"", sign));
    }
    auto node = std::make_shared<Node>();
    node->relation = meaning;
    node->left = std::move(left.term);
    node->right = std::move(right.term);
    return node;
  }

  const std::pair<std::string_view, Relation>* peek_relation() const {
    const auto found = std::ranges::find_if(
        kRelations, [&](const auto& relation) { return scan_.at_text(relation.first); });
    return found == kRelations.end() ? nullptr : &*found;
  }

  [[noreturn]] void no_relation(const Operand& left) const {
    if (scan_.at_text("=")) scan_.fail("expected a comparison, found \"=\"; write ==");
    if (left.term.kind == Term::Kind::word) {
      scan_.fail_at(left.at,
                    fmt::format("expected a condition such as replicas(NAME) == 0, found \"{}\"{}",
                                left.text, did_you_mean(left.text, kFunctions)));
    }
    const std::string_view rest = scan_.peek_word();
    if (!scan_.at_end() && !scan_.at_text(")") && rest != "and" && rest != "or") {
      scan_.expected("a comparison (==, !=, <, <=, > or >=)");
    }
    const std::string_view example = left.dimension == Dimension::time     ? "< 10s"
                                     : left.dimension == Dimension::number ? ">= 1"
                                                                           : "== none";
    scan_.fail_at(left.at, fmt::format("{} alone is no condition; compare it, for example {} {}",
                                       left.text, left.text, example));
  }

  // Blames the constant of the two, of two constants the word: it is the likelier slip.
  void check_comparable(const Operand& left, const Operand& right) const {
    if (left.dimension == right.dimension) return;
    const bool blame_left =
        left.is_constant() && (left.term.kind == Term::Kind::word || !right.is_constant());
    const Operand& odd = blame_left ? left : right;
    const Operand& other = blame_left ? right : left;
    std::string hint;
    if (odd.term.kind == Term::Kind::literal && other.dimension == Dimension::time) {
      hint = "; write a duration such as 10s";
    }
    for (const Operand* side : {&odd, &other}) {
      if (side->term.kind != Term::Kind::word) continue;
      const std::string near = nearest(side->text, kFunctions);
      if (!near.empty()) hint = fmt::format("; did you mean {}(NAME)?", near);
    }
    scan_.fail_at(odd.at,
                  fmt::format("{} is {} and cannot be compared with {}, which is {}{}", odd.text,
                              name_of(odd.dimension), other.text, name_of(other.dimension), hint));
  }

  Operand operand() {
    scan_.skip_space();
    Operand result;
    result.at = scan_.at();
    if (scan_.at_digit()) {
      const auto number = scan_.number();
      result.term.number = number.value;
      result.dimension = number.is_time ? Dimension::time : Dimension::number;
    } else if (scan_.at_letter()) {
      word_or_function(result);
    } else {
      scan_.expected("a quantity such as replicas(NAME) or a value");
    }
    result.term.column = static_cast<int>(result.at) + 1;
    result.text = scan_.text_from(result.at);
    while (result.text.ends_with(' ')) result.text.remove_suffix(1);
    return result;
  }

  void word_or_function(Operand& result) {
    const std::string_view word = scan_.peek_word();
    if (word == "and" || word == "or" || word == "not") {
      scan_.expected("a quantity such as replicas(NAME) or a value");
    }
    scan_.skip(word.size());
    if (scan_.accept('(')) {
      function(word, result);
    } else {
      result.term.kind = Term::Kind::word;
      result.term.name = word;
    }
    result.dimension = dimension_of(result.term);
  }

  // The opening parenthesis is read already.
  void function(std::string_view word, Operand& result) {
    Term& term = result.term;
    if (const auto gauge = gauge_named(word)) {
      term.kind = Term::Kind::gauge;
      term.gauge = *gauge;
      term.name = scan_.name("a function or a pool");
    } else if (const auto fold = fold_named(word)) {
      folded(*fold, term);
    } else if (word == "count") {
      count(term);
    } else if (word == "cost") {
      term.kind = Term::Kind::cost;
    } else if (word == "response") {
      term.kind = Term::Kind::response;
      term.name = scan_.name("a step");
    } else if (is_percentile(word)) {
      percentile(word, result);
    } else if (word.starts_with(kFirstToken) && is_percentile(word.substr(kFirstToken.size()))) {
      term.of_first_token = true;
      percentile(word.substr(kFirstToken.size()), result);
    } else {
      scan_.fail_at(result.at, fmt::format("expected a quantity, found \"{}\"{}", word,
                                           did_you_mean(word, kFunctions)));
    }
    scan_.require(')', term.kind == Term::Kind::cost ? "at once: cost() is of the whole run"
                                                     : "after the name");
    if (term.kind != Term::Kind::response) return;
    scan_.require('.', "and one of status, latency, cut_by");
    term.field = scan_.one_of(kResponseFields, "a field");
  }

  void folded(Fold fold, Term& term) {
    term.kind = Term::Kind::folded;
    term.fold = fold;
    const std::string gauge = scan_.one_of(kGaugeNames, "a gauge");
    term.gauge = *gauge_named(gauge);
    scan_.require('(', "after the gauge");
    term.name = scan_.name("a function or a pool");
    scan_.require(')', "after the name");
  }

  void count(Term& term) {
    term.kind = Term::Kind::count;
    term.field = scan_.one_of(kCounts, "a kind to count");
    scan_.require(',', "between kind and name");
    term.name = scan_.name("a function or a pool");
  }

  void percentile(std::string_view word, Operand& result) {
    int percent = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data() + 1, end, percent);
    if (error != std::errc() || stop != end || percent < 1 || percent > 99) {
      scan_.fail_at(result.at,
                    fmt::format("expected a percentile from p1 to p99, found \"{}\"", word));
    }
    result.term.kind = Term::Kind::percentile;
    result.term.quantile = percent / 100.0;
    result.term.name = scan_.name("a function");
  }

  ExpressionScanner scan_;
};

}  // namespace

std::shared_ptr<const Expression::Node> parse_expression(std::string_view text, const Place& place,
                                                         const std::string& key,
                                                         Diagnostics& problems) {
  if (text.size() > kMostText) {
    problems.error(place, key,
                   fmt::format("expected a condition of {} characters at most, found {}", kMostText,
                               text.size()));
    return nullptr;
  }
  try {
    return Parser(text).whole();
  } catch (const Mistake& mistake) {
    Place where = place;
    if (where.column > 0) where.column += static_cast<int>(mistake.at);
    problems.error(where, key, mistake.message);
    return nullptr;
  }
}

}  // namespace thaw
