#include "engine/report/replications.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "engine/report/table.hpp"
#include "engine/statistics/estimate.hpp"

namespace thaw {
namespace {

using Json = nlohmann::ordered_json;

const Json::json_pointer kChecks("/checks"), kProofs("/audit/proofs");

// What tells a run rather than measures it.
bool is_label(const std::string& key) {
  return key == "schema" || key == "scenario" || key == "seed" || key == "checks" ||
         key == "audit" || key == "notices";
}

std::vector<double> values_at(const std::vector<Json>& all, const Json::json_pointer& path) {
  std::vector<double> values;
  for (const Json& one : all)
    if (one.contains(path)) values.push_back(one.at(path).get<double>());
  return values;
}

// What each run counts in whole numbers stays one where the mean is whole.
Json number_as(double value, const Json& like) {
  const auto whole = static_cast<std::int64_t>(value);
  if (like.is_number_integer() && static_cast<double>(whole) == value) return whole;
  return value;
}

void estimate_number(Json& value, const Json::json_pointer& path, const std::vector<Json>& all,
                     Json& interval) {
  const Estimate estimate = thaw::estimate(values_at(all, path));
  interval = {number_as(estimate.low, value), number_as(estimate.high, value)};
  value = number_as(estimate.mean, value);
}

// Replaces each number below `here` by its mean and collects the intervals under the same keys.
void estimate_numbers(Json& here, const Json::json_pointer& path, const std::vector<Json>& all,
                      Json& ci95) {
  for (auto& [key, value] : here.items()) {
    const Json::json_pointer inner = path / key;
    if (value.is_object()) {
      Json below = Json::object();
      estimate_numbers(value, inner, all, below);
      if (!below.empty()) ci95[key] = std::move(below);
    } else if (value.is_number()) {
      estimate_number(value, inner, all, ci95[key]);
    }
  }
}

// The first replication may lack what another has: a percentile of calls that never completed.
void add_missing(Json& into, const Json& from) {
  for (const auto& [key, value] : from.items()) {
    if (!into.contains(key)) {
      into[key] = value;
    } else if (value.is_object()) {
      add_missing(into[key], value);
    }
  }
}

// Of the checks, or of an audit's proofs: the list that stands there in each run.
bool merge_checks(Json& merged, const std::vector<Json>& all, const Json::json_pointer& list) {
  bool held_by_all = true;
  for (Json& check : merged.at(list)) {
    std::size_t held = 0;
    for (const Json& one : all) {
      // A step that was missed adds a failed check of its own to that run alone.
      const auto& checks = one.at(list);
      const auto same = std::find_if(checks.begin(), checks.end(), [&](const Json& other) {
        return other["name"] == check["name"];
      });
      const bool holds = same != checks.end() && (*same)["held"].get<bool>();
      if (!holds && held == static_cast<std::size_t>(&one - all.data())) {
        if (same != checks.end()) check["detail"] = (*same)["detail"];
      }
      held += holds;
    }
    check["held"] = held == all.size();
    check["held_in"] = fmt::format("{}/{}", held, all.size());
    held_by_all &= held == all.size();
  }
  return held_by_all;
}

// What is shown of each function, and what --precision is about.
struct Row {
  const char *label, *path;
  double factor = 1;
};
constexpr Row kRows[] = {
    {"requests", "/requests/total"},        {"cold starts, %", "/cold_start_probability", 100},
    {"latency mean, s", "/latency_s/mean"}, {"latency p50, s", "/latency_s/p50"},
    {"latency p95, s", "/latency_s/p95"},   {"latency p99, s", "/latency_s/p99"},
    {"wait mean, s", "/wait_s/mean"},       {"replicas", "/replicas/mean"},
    {"busy", "/replicas/busy_mean"},        {"idle", "/replicas/idle_mean"}};

// Of all replications; empty where none has the number.
std::optional<Estimate> shown(const Json& merged, const std::string& path) {
  const Json::json_pointer at(path), ci("/ci95" + path);
  if (!merged.contains(at)) return std::nullopt;
  return Estimate{merged.at(at).get<double>(), merged.at(ci)[0].get<double>(),
                  merged.at(ci)[1].get<double>(), merged["replications"].get<std::size_t>()};
}

WidestMean widest_of(const Json& merged) {
  WidestMean widest;
  for (const auto& [name, function] : merged["functions"].items())
    for (const Row& row : kRows)
      if (const auto estimate = shown(merged, "/functions/" + name + row.path))
        widest.look(name + ": " + row.label, *estimate);
  if (const auto cost = shown(merged, "/cost/total")) widest.look("cost", *cost);
  return widest;
}

std::string interval(const Estimate& of, double factor) {
  return fmt::format("{:.4g}  [{:.4g}, {:.4g}]", of.mean * factor, of.low * factor,
                     of.high * factor);
}

std::string text_of(const Json& merged, bool colour) {
  using enum Table::Align;
  std::string text =
      fmt::format("{}: {} replications, mean and 95 % interval\n",
                  merged["scenario"].get<std::string>(), merged["replications"].get<int>());
  Table table({left, left});
  const auto add = [&](const std::string& label, const std::string& path, double factor) {
    if (const auto estimate = shown(merged, path)) table.add({label, interval(*estimate, factor)});
  };
  for (const auto& [name, function] : merged["functions"].items()) {
    table.add({painted(name, colour ? Colour::bold : Colour::none), ""});
    for (const Row& row : kRows)
      add(std::string("  ") + row.label, "/functions/" + name + row.path, row.factor);
  }
  if (!merged["pools"].empty())
    add("cost, " + merged["cost"]["currency"].get<std::string>(), "/cost/total", 1);
  text += table.text("  ");
  const auto list = [&text](const Json& checks, const char* of) {
    for (const Json& check : checks) {
      const bool held = check["held"].get<bool>();
      text += fmt::format("  {} {}{}  {}{}\n", held ? "✓" : "✗", of,
                          check["name"].get<std::string>(), check["held_in"].get<std::string>(),
                          held ? "" : "  " + check["detail"].get<std::string>());
    }
  };
  list(merged["checks"], "");
  if (merged.contains("audit")) list(merged["audit"]["proofs"], "audit: ");
  return text;
}

}  // namespace

Replications merge_replications(const std::vector<std::string>& summaries, bool colour,
                                std::optional<double> precision) {
  std::vector<Json> all;
  for (const std::string& summary : summaries) all.push_back(Json::parse(summary));
  Json merged = all.front();
  for (const Json& one : all) {
    for (const char* section : {"functions", "pipelines", "pools", "cost"})
      if (one.contains(section)) add_missing(merged[section], one[section]);
    for (const Json& check : one["checks"]) {
      const auto& known = merged["checks"];
      if (std::none_of(known.begin(), known.end(),
                       [&](const Json& k) { return k["name"] == check["name"]; }))
        merged["checks"].push_back(check);
    }
    for (const Json& notice : one["notices"]) {
      auto& known = merged["notices"];
      if (std::find(known.begin(), known.end(), notice) == known.end()) known.push_back(notice);
    }
  }
  Json ci95 = Json::object();
  for (auto& [key, value] : merged.items()) {
    if (is_label(key) || key == "replications") continue;
    if (value.is_object()) {
      Json below = Json::object();
      estimate_numbers(value, Json::json_pointer("/" + key), all, below);
      ci95[key] = std::move(below);
    } else if (value.is_number()) {
      estimate_number(value, Json::json_pointer("/" + key), all, ci95[key]);
    }
  }
  merged["replications"] = all.size();
  Replications result;
  result.held = merge_checks(merged, all, kChecks);
  if (merged.contains(kProofs)) result.held &= merge_checks(merged, all, kProofs);
  merged["ci95"] = std::move(ci95);
  result.widest = widest_of(merged);
  result.text = text_of(merged, colour);
  if (precision) {
    if (const auto missed = precision_notice(result.widest, *precision, all.size())) {
      merged["notices"].push_back(*missed);
      result.text += "  • " + *missed + "\n";
    }
  }
  result.json = merged.dump(2) + "\n";
  return result;
}

}  // namespace thaw
