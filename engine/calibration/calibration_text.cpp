#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/calibration/calibration.hpp"
#include "engine/report/table.hpp"

namespace thaw::calibration {
namespace {

std::string_view name_of(Quantity quantity) {
  switch (quantity) {
    case Quantity::provisioning:
      return "provisioning";
    case Quantity::container_start:
      return "containerStart";
    case Quantity::service:
      return "service";
    case Quantity::metric_age:
      return "metric age";
  }
  return "";
}

std::string shown(const Interval& of, const char* unit) {
  return fmt::format("{:.4g}{} ({:.4g} … {:.4g})", of.value, unit, of.low, of.high);
}

std::string subject(const Fitted& one) {
  return fmt::format("{}({}{}{})", name_of(one.quantity), one.name, one.metric.empty() ? "" : ", ",
                     one.metric);
}

// What is not fitted, and why.
std::string instead(const Fitted& one) {
  if (one.constant) return fmt::format("always {:.4g}s", *one.constant);
  if (one.quantity == Quantity::metric_age)
    return fmt::format("{:.4g}s … {:.4g}s, in step with who looks", one.least, one.most);
  return one.observed < 3 ? "too few to say" : "not all above zero";
}

std::string median_and_p95(const LogNormal& fit) {
  return fmt::format("median: {:.6g}s, p95: {:.6g}s", fit.median.value, fit.p95.value);
}

// "0.35, 0.15, 0.5" add up to 1 however they are rounded.
std::string split_of(const Fitted& one) {
  const double instance = std::round(one.instance_ratio * 1000) / 1000;
  const double boot = std::round(one.boot_ratio * 1000) / 1000;
  return fmt::format("{{instance: {:.3f}, boot: {:.3f}, gpu: {:.3f}}}", instance, boot,
                     std::max(0.0, 1 - instance - boot));
}

std::string line_of(const Fitted& one) {
  switch (one.quantity) {
    case Quantity::provisioning:
      return "provisioning: {" +
             (one.fit ? median_and_p95(*one.fit)
                      : fmt::format("constant: {:.6g}s", *one.constant)) +
             ", split: " + split_of(one) + "}";
    case Quantity::container_start:
      return one.fit ? "containerStart: {distribution: lognormal, " + median_and_p95(*one.fit) + "}"
                     : fmt::format("containerStart: {:.6g}s", *one.constant);
    case Quantity::service:
      return one.fit ? fmt::format(
                           "service: {{seconds: {{distribution: lognormal, mean: {:.6g}s, cv: "
                           "{:.4g}}}}}",
                           one.fit->mean.value, one.fit->cv.value)
                     : fmt::format("service: {{seconds: {:.6g}s}}", *one.constant);
    case Quantity::metric_age:
      break;
  }
  return {};
}

// What one scrape alone makes old: a GPU's has an exporter before it, and metrics-server is not
// the scenario's. Beyond the critical distance something else is.
bool is_of_scrape(const Fitted& one) {
  const std::string& metric = one.metric;
  const bool other = metric.starts_with("resource/") || metric.starts_with("container") ||
                     metric.find("DCGM_") != std::string::npos ||
                     metric.find("gpu") != std::string::npos;
  return one.age && !other && one.distance <= one.critical;
}

// The section `metrics`, by the metric that tells most; empty where none does.
std::string metrics_of(const std::vector<Fitted>& fitted) {
  const Fitted* best = nullptr;
  for (const Fitted& one : fitted)
    if (is_of_scrape(one) && (!best || one.age->different > best->age->different)) best = &one;
  if (!best) return {};
  constexpr double kShortest = 0.1;  // that a scenario takes
  return fmt::format("metrics: {{scrape: {:.6g}s, latencyOffset: {:.6g}s}}  # {}, {} observed\n",
                     std::max(best->age->width.value, kShortest),
                     std::max(best->age->least.value, 0.0), subject(*best), best->observed);
}

nlohmann::ordered_json json_of(const Interval& of) {
  return {{"value", of.value}, {"ci95", {of.low, of.high}}};
}

}  // namespace

std::string to_text(const std::vector<Fitted>& fitted) {
  using enum Table::Align;
  Table table({left, right, left, left, left, left}), ages({left, right, left, left});
  table.add({"", "observed", "median", "p95", "mean", "cv"});
  ages.add({"", "observed", "at least", "and up to so much more"});
  std::string notes;
  bool has_ages = false;
  for (const Fitted& one : fitted) {
    const std::string observed = std::to_string(one.observed);
    if (one.quantity == Quantity::metric_age) {
      has_ages = true;
      ages.add({subject(one), observed, one.age ? shown(one.age->least, "s") : instead(one),
                one.age ? shown(one.age->width, "s") : ""});
    } else if (one.fit) {
      table.add({subject(one), observed, shown(one.fit->median, "s"), shown(one.fit->p95, "s"),
                 shown(one.fit->mean, "s"), shown(one.fit->cv, "")});
    } else {
      table.add({subject(one), observed, instead(one), "", "", ""});
    }
    if (one.distance > one.critical)
      notes += fmt::format(
          "note: {} is {}: {:.3f} from one, where one in twenty is beyond {:.3f}\n", subject(one),
          one.age ? "not uniform" : "no lognormal", one.distance, one.critical);
  }
  return table.text("") + (has_ages ? "\n" + ages.text("") : "") + notes;
}

std::string to_json(const std::vector<Fitted>& fitted) {
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  for (const Fitted& one : fitted) {
    nlohmann::ordered_json out = {
        {"quantity", name_of(one.quantity)}, {"name", one.name}, {"observed", one.observed}};
    if (!one.metric.empty()) out["metric"] = one.metric;
    if (one.constant) out["constant_s"] = *one.constant;
    if (one.quantity == Quantity::provisioning)
      out["split"] = {
          {"instance", one.instance_ratio}, {"boot", one.boot_ratio}, {"gpu", one.gpu_ratio}};
    if (one.fit) {
      out["median_s"] = json_of(one.fit->median);
      out["p95_s"] = json_of(one.fit->p95);
      out["mean_s"] = json_of(one.fit->mean);
      out["cv"] = json_of(one.fit->cv);
    }
    if (one.age) {
      out["different"] = one.age->different;
      out["least_s"] = json_of(one.age->least);
      out["width_s"] = json_of(one.age->width);
    }
    if (one.fit || one.age) {
      out["distance"] = one.distance;
      out["critical_distance"] = one.critical;
    }
    all.push_back(std::move(out));
  }
  return nlohmann::ordered_json{{"schema", "thaw.calibration/v1"}, {"fitted", std::move(all)}}.dump(
             2) +
         "\n";
}

std::string to_overlay(const std::vector<Fitted>& fitted, const std::string& base) {
  std::map<std::string, std::string> pools, functions;
  for (const Fitted& one : fitted) {
    if ((!one.fit && !one.constant) || one.quantity == Quantity::metric_age) continue;
    const bool pool = one.quantity == Quantity::provisioning;
    (pool ? pools : functions)[one.name] += std::string(pool ? "      " : "    ") + line_of(one) +
                                            fmt::format("  # of {} observed\n", one.observed);
  }
  std::string out =
      "# What was observed, in place of what the base says. Where the base says it by other keys,\n"
      "# `KEY: ~` removes those.\nbase: " +
      base + "\n" + metrics_of(fitted);
  if (!pools.empty()) out += "cluster:\n  pools:\n";
  for (const auto& [name, lines] : pools) out += fmt::format("    {}:\n{}", name, lines);
  if (!functions.empty()) out += "functions:\n";
  for (const auto& [name, lines] : functions) out += fmt::format("  {}:\n{}", name, lines);
  return out;
}

}  // namespace thaw::calibration
