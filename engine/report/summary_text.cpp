// The closing lines of a run, for a person.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "engine/report/notation.hpp"
#include "engine/report/summary.hpp"
#include "engine/report/table.hpp"

namespace thaw {
namespace {

using enum Table::Align;

constexpr std::string_view kIndent = "  ";
constexpr int kBarWidth = 20;

Duration duration_of(double in_seconds) { return Duration{std::llround(in_seconds * 1e9)}; }

std::string length(double in_seconds) { return readable_length(duration_of(in_seconds)); }

// Four digits: a minute of a GPU costs about a cent.
std::string money(double amount) { return fmt::format("{:.4f}", amount); }

std::string percent(double ratio) { return fmt::format("{:.1f} %", 100 * ratio); }

class Page {
 public:
  explicit Page(bool colour) : colour_(colour) {}

  std::string paint(std::string_view text, Colour colour) const {
    return painted(text, colour_ ? colour : Colour::none);
  }
  void line(const std::string& text) { text_ += text + "\n"; }
  void gap() { text_ += "\n"; }

  // A table whose first row is its heading: the first cell stands at the margin, as a title.
  void section(std::vector<Table::Align> columns, std::vector<std::string> heading,
               std::vector<std::vector<std::string>> rows) {
    if (rows.empty()) return;
    gap();
    Table table(std::move(columns));
    for (std::string& cell : heading) cell = paint(cell, Colour::bold);
    table.add(std::move(heading));
    for (auto& row : rows) {
      row.front().insert(0, kIndent);
      table.add(std::move(row));
    }
    text_ += table.text("");
  }
  std::string take() { return std::move(text_); }

 private:
  bool colour_;
  std::string text_;
};

void print_checks(Page& page, const Summary& summary) {
  if (summary.checks.empty()) return;
  const auto held = std::ranges::count_if(summary.checks, &Summary::CheckResult::held);
  const std::string count = fmt::format("{} of {} held", held, summary.checks.size());
  std::vector<std::vector<std::string>> rows;
  for (const Summary::CheckResult& check : summary.checks) {
    const std::string mark =
        check.held ? page.paint("✓", Colour::green) : page.paint("✗", Colour::red);
    const std::string at = check.at_s ? readable_instant(duration_of(*check.at_s)) : "";
    rows.push_back({mark + " " + check.name, at, check.detail});
  }
  page.section({left, right, left}, {"checks", "", count}, std::move(rows));
}

void print_requests(Page& page, const Summary& summary) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& name, const Summary::Requests& of) {
    rows.push_back({name, fmt::format("{}", of.total), fmt::format("{}", of.completed),
                    fmt::format("{}", of.cold), fmt::format("{}", of.timed_out),
                    fmt::format("{}", of.rejected), fmt::format("{}", of.failed),
                    fmt::format("{}", of.unfinished)});
  };
  for (const auto& [name, function] : summary.functions) add(name, function.requests);
  for (const auto& [name, pipeline] : summary.pipelines) add(name, pipeline.requests);
  page.section(
      {left, right, right, right, right, right, right, right},
      {"requests", "total", "completed", "cold", "timed out", "rejected", "failed", "unfinished"},
      std::move(rows));
}

void print_latency(Page& page, const Summary& summary) {
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const std::string& name, const std::optional<Summary::Spread>& of) {
    if (!of) return;
    rows.push_back({name, length(of->mean), length(of->p50), length(of->p95), length(of->p99),
                    length(of->max)});
  };
  for (const auto& [name, function] : summary.functions) {
    add(name, function.latency_s);
    add(name + ": first token", function.ttft_s);
    add(name + ": next tokens", function.itl_s);
  }
  for (const auto& [name, pipeline] : summary.pipelines) add(name, pipeline.latency_s);
  page.section({left, right, right, right, right, right},
               {"latency", "mean", "p50", "p95", "p99", "max"}, std::move(rows));
}

// Where the wait of cold requests goes, in the order of the stages; what took no time is left out.
void print_cold_starts(Page& page, const Summary& summary) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, function] : summary.functions) {
    if (!function.cold_starts) continue;
    std::string stages;
    for (std::size_t i = 0; i < kColdStartStages.size(); ++i) {
      const double mean = function.cold_starts->stages_s[i];
      if (mean <= 0) continue;
      stages +=
          fmt::format("{}{} {}", stages.empty() ? "" : " → ", kColdStartStages[i], length(mean));
    }
    rows.push_back({name, length(function.cold_starts->wait_s.mean),
                    length(function.cold_starts->wait_s.p95), stages});
  }
  page.section({left, right, right, left}, {"cold starts", "wait mean", "p95", "stages, mean"},
               std::move(rows));
}

void print_replicas(Page& page, const Summary& summary) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, function] : summary.functions) {
    rows.push_back(
        {name, fmt::format("{:.2f}", function.replicas_mean),
         fmt::format("{}", function.replicas_peak), fmt::format("{:.2f}", function.busy_mean),
         fmt::format("{:.2f}", function.idle_mean), fmt::format("{}", function.scale_ups),
         fmt::format("{}", function.scale_downs), function.scaled_by});
  }
  page.section({left, right, right, right, right, right, right, left},
               {"replicas", "mean", "peak", "busy", "idle", "ups", "downs", "scaled by"},
               std::move(rows));
}

void print_pools(Page& page, const Summary& summary) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, pool] : summary.pools) {
    rows.push_back({name, fmt::format("{:.2f}", pool.nodes_mean),
                    fmt::format("{}", pool.nodes_peak), fmt::format("{:.2f}", pool.node_hours),
                    percent(pool.gpu_busy_ratio), money(pool.cost) + " " + summary.cost.currency});
  }
  page.section({left, right, right, right, right, right},
               {"pools", "nodes mean", "peak", "node hours", "GPU busy", "cost"}, std::move(rows));
}

void print_bill(Page& page, const Summary::Cost& cost) {
  const std::pair<const char*, double> parts[] = {
      {"useful", cost.useful},     {"idle warm", cost.idle_warm}, {"cold start", cost.cold_start},
      {"stranded", cost.stranded}, {"draining", cost.draining},   {"fixed", cost.fixed}};
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, amount] : parts) {
    const double ratio = cost.total > 0 ? amount / cost.total : 0;
    std::string bar;
    for (long i = 0; i < std::lround(kBarWidth * ratio); ++i) bar += "█";
    rows.push_back({name, money(amount), percent(ratio), bar});
  }
  rows.push_back({"total", money(cost.total), "", ""});
  if (cost.per_1000_requests)
    rows.push_back({"per 1000 requests", money(*cost.per_1000_requests), "", ""});
  page.section({left, right, right, left}, {"bill", cost.currency, "", ""}, std::move(rows));
}

void print_bills(Page& page, const Summary& summary) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [name, function] : summary.functions) {
    if (!function.cost) continue;
    const Summary::FunctionCost& cost = *function.cost;
    rows.push_back({name, money(cost.total), money(cost.useful), money(cost.idle_warm),
                    money(cost.cold_start), money(cost.stranded)});
  }
  if (summary.cost.unattributed && !rows.empty())
    rows.push_back({"of no function", money(*summary.cost.unattributed), "", "", "", ""});
  page.section({left, right, right, right, right, right},
               {"cost by function", "total", "useful", "idle warm", "cold start", "stranded"},
               std::move(rows));
}

void print_audit(Page& page, const Summary& summary) {
  if (!summary.audit) return;
  std::vector<std::vector<std::string>> rows;
  for (const Summary::Audit::Proof& proof : summary.audit->proofs) {
    const std::string mark =
        proof.held ? page.paint("✓", Colour::green) : page.paint("✗", Colour::red);
    rows.push_back({mark + " " + proof.name, proof.detail});
  }
  page.section({left, left}, {"audit", ""}, std::move(rows));
}

void print_notices(Page& page, const std::vector<std::string>& notices) {
  if (notices.empty()) return;
  page.gap();
  page.line(page.paint("notices", Colour::bold));
  for (const std::string& notice : notices) page.line(fmt::format("{}• {}", kIndent, notice));
}

}  // namespace

std::string to_text(const Summary& summary, bool colour) {
  Page page(colour);
  page.line(fmt::format("{}: {} {}, seed {}", page.paint(summary.scenario, Colour::bold),
                        length(summary.simulated_s), summary.observed ? "observed" : "simulated",
                        summary.seed));
  print_checks(page, summary);
  print_requests(page, summary);
  print_latency(page, summary);
  print_cold_starts(page, summary);
  print_replicas(page, summary);
  print_pools(page, summary);
  if (!summary.pools.empty() || summary.cost.total > 0) print_bill(page, summary.cost);
  print_bills(page, summary);
  print_audit(page, summary);
  print_notices(page, summary.notices);
  return page.take();
}

}  // namespace thaw
