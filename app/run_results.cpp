#include "app/run_results.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>

#include "app/terminal.hpp"
#include "engine/report/html/page.hpp"
#include "engine/report/html/run_data.hpp"

namespace thaw::app {
namespace {

double cpu_seconds(const rusage& usage) {
  const auto of = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

}  // namespace

std::uint64_t requests_of(const Summary& summary) {
  std::int64_t requests = 0;
  for (const auto& [name, function] : summary.functions) requests += function.requests.total;
  return static_cast<std::uint64_t>(requests);
}

Performance measure(std::uint64_t events, std::uint64_t requests,
                    std::chrono::steady_clock::time_point began) {
  rusage own{}, children{};
  getrusage(RUSAGE_SELF, &own);
  getrusage(RUSAGE_CHILDREN, &children);
  Performance performance;
  performance.events = events;
  performance.cpu_s = cpu_seconds(own) + cpu_seconds(children);
  performance.wall_s = seconds(std::chrono::steady_clock::now() - began);
  performance.requests_per_cpu_second =
      performance.cpu_s > 0 ? static_cast<double>(requests) / performance.cpu_s : 0;
  performance.peak_rss_bytes = std::int64_t{std::max(own.ru_maxrss, children.ru_maxrss)} * 1024;
  performance.version = THAW_VERSION;
  return performance;
}

void tell_results(const Scenario& scenario, const Summary& summary, const Timeline& timeline,
                  const std::string& series_csv, const Performance& performance,
                  const std::string& out, const std::string& format) {
  const std::string json = to_json(summary);
  if (!out.empty())
    write_files(out, {{"summary.json", json},
                      {"timeline.jsonl", to_jsonl(timeline, scenario.start)},
                      {"series.csv", series_csv},
                      {"report.html",
                       run_html(json, run_data(summary, timeline, scenario.start, series_csv))},
                      {"performance.json", to_json(performance)}});
  if (format == "json") {
    std::fputs(json.c_str(), stdout);
  } else {
    std::printf("%s\n%s", to_text(timeline, scenario.start, coloured()).c_str(),
                to_text(summary, coloured()).c_str());
  }
}

}  // namespace thaw::app
