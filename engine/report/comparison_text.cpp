// What a person reads of a comparison, on a terminal.
#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "engine/report/comparison_chart.hpp"
#include "engine/report/comparison_words.hpp"
#include "engine/report/table.hpp"

namespace thaw {
namespace {

using Policy = Comparison::Policy;
using enum Table::Align;

constexpr std::size_t kMostLetters = 26;
constexpr std::size_t kLongestLabel = 40;

// The settings may be many: what does not fit is told below the tables.
std::string short_label(const Policy& policy) {
  std::string label = policy.label();
  if (label.size() <= kLongestLabel) return label;
  std::size_t end = kLongestLabel - 1;
  while (end > 0 && (static_cast<unsigned char>(label[end]) & 0xC0U) == 0x80U) --end;
  return label.substr(0, end) + "…";
}

class ComparisonPage {
 public:
  ComparisonPage(const Comparison& comparison, bool colour)
      : comparison_(comparison), colour_(colour) {
    for (const Policy& policy : comparison.policies)
      if (policy.ran()) by_cost_.push_back(&policy);
    std::stable_sort(by_cost_.begin(), by_cost_.end(),
                     [](const Policy* a, const Policy* b) { return a->cost.mean < b->cost.mean; });
  }
  void head();
  void policies();
  void waste();
  void above_optimum();
  void chart();
  void dominance();
  void against_the_first();
  void settings();
  void list(const char* title, const std::vector<std::string>& lines);
  std::string take() { return std::move(text_); }

 private:
  std::string paint(const std::string& text, Colour colour) const {
    return painted(text, colour_ ? colour : Colour::none);
  }
  void section(std::vector<Table::Align> columns, std::vector<std::string> heading,
               const std::vector<std::vector<std::string>>& rows);
  std::string letter(std::size_t rank) const {
    return rank < kMostLetters ? std::string(1, static_cast<char>('a' + rank)) : " ";
  }

  // By its letter where it has one: its label may be long.
  std::string named(const Policy& policy) const {
    const auto at = std::find(by_cost_.begin(), by_cost_.end(), &policy);
    return letter(static_cast<std::size_t>(at - by_cost_.begin())) + " " + policy.name;
  }

  const Comparison& comparison_;
  bool colour_;
  std::vector<const Policy*> by_cost_;
  std::string text_;
};

void ComparisonPage::section(std::vector<Table::Align> columns, std::vector<std::string> heading,
                             const std::vector<std::vector<std::string>>& rows) {
  Table table(std::move(columns));
  for (std::string& cell : heading) cell = paint(cell, Colour::bold);
  table.add(std::move(heading));
  for (const auto& row : rows) table.add(row);
  text_ += "\n" + table.text("");
}

void ComparisonPage::head() {
  text_ += fmt::format(
      "{}: {} policies, {} replications each from seed {} on; means, ± half of "
      "the 95 % interval\n",
      paint(comparison_.scenario, Colour::bold), by_cost_.size(), comparison_.replications,
      comparison_.seed);
  if (comparison_.warm_up_s > 0)
    text_ += "  the first " + length_words(comparison_.warm_up_s) + " are not counted\n";
  if (comparison_.optimum)
    text_ +=
        fmt::format("  the optimum{}: {} {}\n", promise_words(comparison_.optimum->wait_allowed_s),
                    money_words(comparison_.optimum->total.mean), comparison_.currency);
}

std::string length_of(const std::optional<Estimate>& of, bool with_interval) {
  if (!of) return "-";
  const std::string mean = length_words(of->mean);
  return with_interval ? with_half_width(mean, *of) : mean;
}

std::string share_of(const std::optional<Estimate>& of) {
  return of ? percent_words(of->mean) : "-";
}

void ComparisonPage::policies() {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < by_cost_.size(); ++i) {
    const Policy& p = *by_cost_[i];
    const std::string mark = p.pareto ? paint("●", Colour::green) : " ";
    rows.push_back({letter(i) + " " + mark + " " + short_label(p),
                    with_half_width(money_words(p.cost.mean), p.cost),
                    p.cost_per_1000_requests ? money_words(p.cost_per_1000_requests->mean) : "-",
                    over_optimum_words(p), length_of(p.latency_s.p50, false),
                    length_of(p.latency_s.p95, true), length_of(p.latency_s.p99, false),
                    share_of(p.cold_share), share_of(p.unanswered_share),
                    fmt::format("{:.2f}", p.changes_per_hour.mean),
                    p.held ? paint("✓", Colour::green) : paint("✗", Colour::red)});
  }
  section({left, right, right, right, right, right, right, right, right, right, left},
          {"policies", comparison_.currency, "per 1000", "/ optimum", "p50", "p95", "p99", "cold",
           "unanswered", "changes/h", "checks"},
          rows);
}

void ComparisonPage::waste() {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < by_cost_.size(); ++i) {
    const Policy& p = *by_cost_[i];
    const auto part = [&](const Estimate& of) {
      return fmt::format("{:.1f} %", p.cost.mean > 0 ? 100 * of.mean / p.cost.mean : 0);
    };
    rows.push_back({letter(i) + "   " + short_label(p), part(p.useful), part(p.waste.idle_warm),
                    part(p.waste.cold_start), part(p.waste.stranded), part(p.waste.draining),
                    part(p.waste.fixed)});
  }
  section({left, right, right, right, right, right, right},
          {"where it goes", "useful", "idle warm", "cold start", "stranded", "draining", "fixed"},
          rows);
}

void ComparisonPage::above_optimum() {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < by_cost_.size(); ++i)
    if (auto row = above_optimum_words(*by_cost_[i])) {
      row->insert(row->begin(), letter(i) + "   " + short_label(*by_cost_[i]));
      rows.push_back(std::move(*row));
    }
  if (rows.empty()) return;
  std::vector<std::string> heading = above_optimum_heading();
  std::vector<Table::Align> columns(heading.size(), right);
  heading.insert(heading.begin(), "above the optimum");
  columns.insert(columns.begin(), left);
  section(std::move(columns), std::move(heading), rows);
}

void ComparisonPage::chart() {
  Chart chart;
  chart.x_name = comparison_.currency;
  chart.y_name = "p95";
  chart.x_words = money_words;
  chart.y_words = length_words;
  chart.colour = colour_;
  // Where everybody lets people wait, nobody pays as much as if nobody waited: no line to see.
  const auto dearer = [this](const Policy* p) {
    return p->cost.mean >= comparison_.optimum->total.mean;
  };
  if (comparison_.optimum && std::any_of(by_cost_.begin(), by_cost_.end(), dearer))
    chart.line = comparison_.optimum->total.mean;
  for (std::size_t i = 0; i < by_cost_.size() && i < kMostLetters; ++i) {
    const Policy& p = *by_cost_[i];
    if (p.latency_s.p95)
      chart.points.push_back({letter(i).front(), p.cost.mean, p.latency_s.p95->mean, p.pareto});
  }
  const std::string drawn = draw(chart);
  if (drawn.empty()) return;
  text_ += "\n" + paint("cost against latency", Colour::bold) +
           "  (● on the front: nobody is cheaper and as fast)\n" + drawn;
}

// Of those who dominate a policy the cheapest is told in numbers.
void ComparisonPage::dominance() {
  std::vector<std::string> lines;
  for (const Policy* beaten : by_cost_) {
    std::string by;
    for (const Policy* other : by_cost_) {
      const auto& all = beaten->dominated_by;
      if (std::find(all.begin(), all.end(), other->label()) == all.end()) continue;
      by += by.empty() ? named(*other) + " (" +
                             words_against(comparison_, other->label(), beaten->label()) + ")"
                       : ", " + named(*other);
    }
    if (!by.empty()) lines.push_back(named(*beaten) + ": by " + by);
  }
  if (lines.empty()) lines.emplace_back("nobody by anybody, at 95 %");
  list("dominated", lines);
}

void ComparisonPage::against_the_first() {
  const auto first = std::find_if(comparison_.policies.begin(), comparison_.policies.end(),
                                  [](const Policy& policy) { return policy.ran(); });
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < by_cost_.size(); ++i)
    if (by_cost_[i] != &*first)
      rows.push_back({letter(i) + "   " + short_label(*by_cost_[i]),
                      words_against(comparison_, by_cost_[i]->label(), first->label())});
  if (!rows.empty()) section({left, left}, {"against " + short_label(*first), ""}, rows);
}

void ComparisonPage::settings() {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < by_cost_.size(); ++i)
    if (by_cost_[i]->label().size() > kLongestLabel)
      lines.push_back(letter(i) + " " + by_cost_[i]->label());
  list("settings in full", lines);
}

void ComparisonPage::list(const char* title, const std::vector<std::string>& lines) {
  if (lines.empty()) return;
  text_ += "\n" + paint(title, Colour::bold) + "\n";
  for (const std::string& line : lines) text_ += "  • " + line + "\n";
}

}  // namespace

std::string to_text(const Comparison& comparison, bool colour) {
  ComparisonPage page(comparison, colour);
  page.head();
  page.policies();
  page.waste();
  page.above_optimum();
  page.chart();
  page.against_the_first();
  page.dominance();
  page.settings();
  page.list("not run", not_run_words(comparison));
  page.list("notices", comparison.notices);
  return page.take();
}

}  // namespace thaw
