// compare.csv, a line a policy, and compare.md.
#include <fmt/format.h>

#include <array>
#include <utility>

#include "engine/report/comparison_words.hpp"

namespace thaw {
namespace {

using Policy = Comparison::Policy;

std::string quoted(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

std::string three(const std::optional<Estimate>& of) {
  return of ? fmt::format(",{},{},{}", of->mean, of->low, of->high) : std::string(",,,");
}

struct Column {
  const char* name;
  std::optional<Estimate> (*of)(const Policy&);
};

using Number = std::optional<Estimate>;

template <Estimate OverOptimum<Estimate>::*part>
Number over_optimum(const Policy& p) {
  return p.over_optimum ? Number((*p.over_optimum).*part) : std::nullopt;
}

constexpr std::array<Column, 21> kColumns{{
    {"cost", [](const Policy& p) -> Number { return p.cost; }},
    {"cost_per_1000_requests", [](const Policy& p) -> Number { return p.cost_per_1000_requests; }},
    {"cost_over_optimum", over_optimum<&OverOptimum<Estimate>::ratio>},
    {"above_optimum_served_longer", over_optimum<&OverOptimum<Estimate>::served_longer>},
    {"above_optimum_kept_longer", over_optimum<&OverOptimum<Estimate>::kept_longer>},
    {"above_optimum_started_more", over_optimum<&OverOptimum<Estimate>::started_more>},
    {"above_optimum_nodes_unused", over_optimum<&OverOptimum<Estimate>::nodes_unused>},
    {"latency_mean_s", [](const Policy& p) -> Number { return p.latency_s.mean; }},
    {"p50_s", [](const Policy& p) -> Number { return p.latency_s.p50; }},
    {"p95_s", [](const Policy& p) -> Number { return p.latency_s.p95; }},
    {"p99_s", [](const Policy& p) -> Number { return p.latency_s.p99; }},
    {"cold_share", [](const Policy& p) -> Number { return p.cold_share; }},
    {"unanswered_share", [](const Policy& p) -> Number { return p.unanswered_share; }},
    {"changes_per_hour", [](const Policy& p) -> Number { return p.changes_per_hour; }},
    {"useful", [](const Policy& p) -> Number { return p.useful; }},
    {"idle_warm", [](const Policy& p) -> Number { return p.waste.idle_warm; }},
    {"cold_start", [](const Policy& p) -> Number { return p.waste.cold_start; }},
    {"stranded", [](const Policy& p) -> Number { return p.waste.stranded; }},
    {"draining", [](const Policy& p) -> Number { return p.waste.draining; }},
    {"fixed", [](const Policy& p) -> Number { return p.waste.fixed; }},
    {"simulated_s", [](const Policy& p) -> Number { return p.simulated_s; }},
}};

std::string length_cell(const std::optional<Estimate>& of) {
  return of ? with_half_width(length_words(of->mean), *of) : "-";
}

// A pipe would end its cell.
std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.insert(at, "\\");
  return text;
}

std::string row_of(const Policy& p) {
  return fmt::format(
      "| {}{} | {} | {} | {} | {} | {} | {} | {} | {} | {:.2f} | {} |\n", cell(p.label()),
      p.pareto ? " ●" : "", with_half_width(money_words(p.cost.mean), p.cost),
      p.cost_per_1000_requests ? money_words(p.cost_per_1000_requests->mean) : "-",
      over_optimum_words(p), length_cell(p.latency_s.p50), length_cell(p.latency_s.p95),
      length_cell(p.latency_s.p99), p.cold_share ? percent_words(p.cold_share->mean) : "-",
      p.unanswered_share ? percent_words(p.unanswered_share->mean) : "-", p.changes_per_hour.mean,
      p.held ? "held" : "failed");
}

std::string above_optimum(const Comparison& comparison) {
  std::string rows;
  for (const Policy& p : comparison.policies)
    if (const auto parts = above_optimum_words(p)) {
      rows += "| " + cell(p.label());
      for (const std::string& part : *parts) rows += " | " + part;
      rows += " |\n";
    }
  if (rows.empty()) return "";
  std::string head = "| above the optimum, in multiples of it", rule = "|---";
  for (const std::string& name : above_optimum_heading()) head += " | " + name, rule += "|---";
  return "\n" + head + " |\n" + rule + "|\n" + rows;
}

}  // namespace

std::string to_csv(const Comparison& comparison) {
  std::string out = "policy,settings,not_run,held,pareto";
  for (const Column& column : kColumns) out += fmt::format(",{0},{0}_low,{0}_high", column.name);
  out += "\n";
  for (const Policy& policy : comparison.policies) {
    out += quoted(policy.name) + "," + quoted(policy.settings) + "," + quoted(policy.not_run);
    if (policy.ran()) {
      out += fmt::format(",{},{}", policy.held, policy.pareto);
      for (const Column& column : kColumns) out += three(column.of(policy));
    } else {
      out += "," + std::string(3 * kColumns.size() + 1, ',');
    }
    out += "\n";
  }
  return out;
}

std::string to_markdown(const Comparison& comparison) {
  std::string out = fmt::format(
      "# {}: policies compared\n\n{} replications each from seed {} on, under common random "
      "numbers; means, ± half of the 95 % interval; ● on the Pareto front of cost and p95.\n\n",
      comparison.scenario, comparison.replications, comparison.seed);
  if (comparison.optimum)
    out +=
        fmt::format("The optimum{}: {} {}.\n\n", promise_words(comparison.optimum->wait_allowed_s),
                    money_words(comparison.optimum->total.mean), comparison.currency);
  out += fmt::format(
      "| policy | {} | per 1000 requests | / optimum | p50 | p95 | p99 | cold | unanswered | "
      "changes/h | checks |\n|---|---|---|---|---|---|---|---|---|---|---|\n",
      comparison.currency);
  for (const Policy& policy : comparison.policies)
    if (policy.ran()) out += row_of(policy);
  out += above_optimum(comparison);
  const auto list = [&](const char* title, const std::vector<std::string>& lines) {
    if (lines.empty()) return;
    out += fmt::format("\n## {}\n\n", title);
    for (const std::string& line : lines) out += "- " + line + "\n";
  };
  std::vector<std::string> beaten;
  for (const Policy& policy : comparison.policies)
    for (const std::string& by : policy.dominated_by)
      beaten.push_back("`" + by + "` dominates `" + policy.label() +
                       "`: " + words_against(comparison, by, policy.label()));
  list("Who dominates whom", beaten);
  list("Not run", not_run_words(comparison));
  list("Notices", comparison.notices);
  return out;
}

}  // namespace thaw
