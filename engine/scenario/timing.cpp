// Durations that are drawn, instants that wait for something, and expressions: the leaves of
// values.hpp that are longer than one word.
#include <cstddef>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/scenario/units.hpp"
#include "engine/scenario/values.hpp"

namespace thaw::scenario {
namespace {

constexpr double kLeastCv = 0.01;  // below, a gamma or Weibull is a constant

struct DistributionForm {
  Distribution::Kind kind = Distribution::Kind::constant;
  std::optional<Duration> value, mean, min, max, median, p95;
  std::optional<double> cv;

  // Whether exactly these are given, written as one letter each.
  bool given(std::string_view wanted) const {
    std::string found;
    for (const auto& [letter, there] :
         std::initializer_list<std::pair<char, bool>>{{'v', value.has_value()},
                                                      {'m', mean.has_value()},
                                                      {'c', cv.has_value()},
                                                      {'a', min.has_value()},
                                                      {'b', max.has_value()},
                                                      {'5', median.has_value()},
                                                      {'9', p95.has_value()}}) {
      if (there) found += letter;
    }
    return found == wanted;
  }
};

std::optional<Distribution> to_distribution(const DistributionForm& form, const Cursor& at) {
  using Kind = Distribution::Kind;
  switch (form.kind) {
    case Kind::constant:
      if (form.given("v")) return Distribution::constant(*form.value);
      at.error("a constant needs value and nothing else");
      return {};
    case Kind::exponential:
      if (form.given("m") && *form.mean > Duration(0)) return Distribution::exponential(*form.mean);
      at.error("an exponential needs a mean above 0 and nothing else");
      return {};
    case Kind::uniform:
      if (form.given("ab") && *form.min <= *form.max)
        return Distribution::uniform(*form.min, *form.max);
      at.error("a uniform needs min and a max that is not below it, and nothing else");
      return {};
    case Kind::gamma:
    case Kind::weibull:
      if (form.given("mc") && *form.mean > Duration(0) && *form.cv >= kLeastCv) {
        return form.kind == Kind::gamma ? Distribution::gamma_mean_cv(*form.mean, *form.cv)
                                        : Distribution::weibull_mean_cv(*form.mean, *form.cv);
      }
      at.error(
          "a gamma or Weibull needs a mean above 0 and a cv from 0.01 to 100, and nothing else");
      return {};
    case Kind::lognormal:
      if (form.given("mc") && *form.mean > Duration(0))
        return Distribution::lognormal_mean_cv(*form.mean, *form.cv);
      if (form.given("59") && *form.median > Duration(0) && *form.p95 >= *form.median) {
        return Distribution::lognormal_median_p95(*form.median, *form.p95);
      }
      at.error(
          "a lognormal needs a mean above 0 and cv, or a median above 0 and a p95 that is not "
          "below it");
      return {};
  }
  return {};
}

// Whose are counted: nodes are of a pool, pods and decisions of a function, requests of what is
// called.
Reference::To counted(const std::string& kind) {
  if (kind == "node") return Reference::To::pool;
  return kind == "pod" || kind == "decision" ? Reference::To::function : Reference::To::called;
}

void refer_to_terms(const Expression& expression, const Cursor& at) {
  for (const Term& term : expression.terms()) {
    Place place = at.node().place;
    place.column += term.column - (at.node().quoted ? 0 : 1);  // the quote itself takes a column
    const auto refer = [&](Reference::To to) {
      at.reading().references.push_back({to, term.name, place, at.key()});
    };
    switch (term.kind) {
      case Term::Kind::gauge:
      case Term::Kind::folded:
        refer(term.gauge == Gauge::nodes ? Reference::To::pool : Reference::To::function);
        break;
      case Term::Kind::percentile:
        refer(Reference::To::called);
        break;
      case Term::Kind::count:
        if (term.field != "fault") refer(counted(term.field));
        break;
      case Term::Kind::response:
        refer(Reference::To::step);
        break;
      case Term::Kind::literal:
      case Term::Kind::word:
      case Term::Kind::cost:
        break;
    }
  }
}

// Of values that are read by `one`, called `what` in the schema.
Shape<Distribution> distribution_of(const Shape<Duration>& one, const std::string& what) {
  using Kind = Distribution::Kind;
  Shape<Distribution> constant{[inner = one.read](const Cursor& at) -> std::optional<Distribution> {
                                 const auto value = inner(at);
                                 return value ? std::optional(Distribution::constant(*value))
                                              : std::nullopt;
                               },
                               one.schema};
  auto form = object<DistributionForm>(what, [one](auto& v, DistributionForm& d) {
    v.required("distribution", d.kind,
               choice<Kind>({{"constant", Kind::constant},
                             {"exponential", Kind::exponential},
                             {"uniform", Kind::uniform},
                             {"gamma", Kind::gamma},
                             {"weibull", Kind::weibull},
                             {"lognormal", Kind::lognormal}}),
               "its kind: constant (value), exponential (mean), uniform (min, max), gamma and "
               "weibull (mean, cv), "
               "lognormal (mean and cv, or median and p95)");
    v.optional("value", d.value, one, "of a constant");
    v.optional("mean", d.mean, one, "of all but constant and uniform");
    v.optional("cv", d.cv, variation(), "standard deviation / mean");
    v.optional("min", d.min, one, "of a uniform");
    v.optional("max", d.max, one, "of a uniform");
    v.optional("median", d.median, one, "of a lognormal");
    v.optional("p95", d.p95, one, "of a lognormal: 95 % are below it");
  });
  return short_or_long<Distribution>(constant,
                                     then<DistributionForm, Distribution>(form, to_distribution));
}

}  // namespace

Shape<Distribution> distribution() { return distribution_of(duration(), "distribution"); }

Shape<Distribution> tokens() {
  constexpr int kMost = 10'000'000;
  Shape<int> count = integer(1, kMost);
  Shape<Duration> one{[inner = count.read](const Cursor& at) -> std::optional<Duration> {
                        const auto value = inner(at);
                        return value ? std::optional(Duration{*value}) : std::nullopt;
                      },
                      count.schema};
  return distribution_of(one, "tokens");
}

Shape<Instant> instant() {
  const LeafText about{
      .expected = "an instant such as 5s, 30s after STEP, or 20min after last completion",
      .pattern = "^" + std::string(kDurationPattern) + "( after .+)?$",
      .unit = "s"};
  auto read = [about](const Cursor& at) -> std::optional<Instant> {
    constexpr std::string_view kAfter = " after ";
    const std::string_view text = at.node().scalar;
    const auto after = text.find(kAfter);
    const auto offset =
        is_scalar(at.node(), about) ? units::duration(text.substr(0, after)) : std::nullopt;
    if (!offset) {
      not_a_leaf(at, about);
      return {};
    }
    Instant result{*offset, Instant::Anchor::start, {}};
    if (after == std::string_view::npos) return result;
    const std::string_view anchor = text.substr(after + kAfter.size());
    if (anchor == "last request") {
      result.anchor = Instant::Anchor::last_request;
    } else if (anchor == "last completion") {
      result.anchor = Instant::Anchor::last_completion;
    } else if (anchor != "start") {
      result.anchor = Instant::Anchor::step;
      result.step = anchor;
      at.refer(Reference::To::step, result.step);
    }
    return result;
  };
  return {std::move(read), leaf_schema(about)};
}

Shape<Expression> expression() {
  const LeafText about{.expected = "an expression such as replicas(ollama) == 0"};
  auto read = [about](const Cursor& at) -> std::optional<Expression> {
    if (!is_scalar(at.node(), about)) {
      not_a_leaf(at, about);
      return {};
    }
    Place place = at.node().place;
    if (at.node().quoted) ++place.column;
    auto result = Expression::parse(at.node().scalar, place, at.key(), at.reading().problems);
    if (result) refer_to_terms(*result, at);
    return result;
  };
  return {std::move(read), leaf_schema(about)};
}

}  // namespace thaw::scenario
