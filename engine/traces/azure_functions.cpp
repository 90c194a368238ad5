// Azure Functions 2019: how often each function was called in each minute of a day; from the counts
// requests are placed.
//
// Source: Azure/AzurePublicDataset, AzureFunctionsDataset2019.md: invocations_per_function_md and
// function_durations_percentiles of the same day. A minute's calls of a timer are evenly spaced,
// with a phase of the function's own; others lie anywhere in it. A duration is drawn from the
// percentiles, linearly between them. Neither is in the source, so both follow --seed.
#include <algorithm>
#include <array>
#include <map>

#include "engine/distribution.hpp"
#include "engine/random.hpp"
#include "engine/traces/lines.hpp"
#include "engine/traces/trace.hpp"

namespace thaw::traces {
namespace {

constexpr std::size_t kIds = 4;  // HashOwner, HashApp, HashFunction, Trigger
constexpr std::size_t kShownDigits = 10;
constexpr std::array<double, 7> kRanks = {0, 0.01, 0.25, 0.50, 0.75, 0.99, 1};
using Percentiles = std::array<double, kRanks.size()>;  // ms

struct Called {
  std::string id;  // owner, app and function
  std::string name;
  bool timer = false;
  std::vector<std::pair<std::uint16_t, std::uint32_t>> counts;  // by minute, without zeros
};

std::string id_of(const std::vector<std::string_view>& fields) {
  return std::string(fields[0]) + "/" + std::string(fields[1]) + "/" + std::string(fields[2]);
}

std::vector<Called> calls_in(const std::string& path) {
  Lines lines(path);
  if (!lines.next()) lines.fail("expected a header, found nothing");
  (void)lines.columns({"HashOwner", "HashApp", "HashFunction", "Trigger", "1"});
  const std::size_t width = lines.fields().size();
  if (width > kIds + 1440) lines.fail("expected the minutes of one day, 1440 at most");
  std::vector<Called> all;
  while (lines.next()) {
    const auto fields = lines.fields();
    if (fields.size() != width) lines.fail("expected as many fields as the header has");
    Called& one = all.emplace_back();
    one.id = id_of(fields);
    one.name = "az19-" + std::string(fields[2].substr(0, kShownDigits));
    one.timer = fields[3] == "timer";
    for (std::size_t i = kIds; i < width; ++i)
      if (const std::uint32_t count = lines.tokens(fields[i], "a minute"); count > 0)
        one.counts.emplace_back(static_cast<std::uint16_t>(i - kIds), count);
  }
  return all;
}

std::map<std::string, Percentiles> durations_in(const std::string& path) {
  std::map<std::string, Percentiles> all;
  if (path.empty()) return all;
  Lines lines(path);
  if (!lines.next()) lines.fail("expected a header, found nothing");
  const auto ids = lines.columns({"HashOwner", "HashApp", "HashFunction"});
  const auto columns =
      lines.columns({"percentile_Average_0", "percentile_Average_1", "percentile_Average_25",
                     "percentile_Average_50", "percentile_Average_75", "percentile_Average_99",
                     "percentile_Average_100"});
  const std::size_t width = lines.fields().size();
  while (lines.next()) {
    const auto fields = lines.fields();
    if (fields.size() != width) lines.fail("expected as many fields as the header has");
    Percentiles& row = all[id_of({fields[ids[0]], fields[ids[1]], fields[ids[2]]})];
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = lines.number(fields[columns[i]], "a percentile");
      if (i > 0 && row[i] < row[i - 1]) lines.fail("expected percentiles that ascend");
    }
  }
  return all;
}

Duration draw(const Percentiles& percentiles, Random& random) {
  const double u = random.uniform();
  std::size_t above = 1;
  while (u > kRanks[above]) ++above;
  const double share = (u - kRanks[above - 1]) / (kRanks[above] - kRanks[above - 1]);
  const double ms = percentiles[above - 1] + share * (percentiles[above] - percentiles[above - 1]);
  return Distribution::rounded(ms * 1e6);
}

// So many of them, each as likely as any other; in the file's order.
void keep_some(std::vector<Called>& all, std::size_t some, std::uint64_t seed) {
  Random random(seed, "functions");
  std::vector<Called> kept;
  for (std::size_t i = 0; i < all.size() && kept.size() < some; ++i)
    if (random.below(all.size() - i) < some - kept.size()) kept.push_back(std::move(all[i]));
  all = std::move(kept);
}

void place(const Called& called, const Percentiles* percentiles, const Question& question,
           const std::string& path, Trace& trace) {
  constexpr std::uint64_t kMinute = 60'000'000'000;
  const std::uint32_t function = trace.function(called.name);
  Random where(question.seed, "place/" + called.id),
      how_long(question.seed, "duration/" + called.id);
  const std::uint64_t phase = where.below(kMinute);
  for (const auto& [minute, count] : called.counts) {
    const Duration begin = std::chrono::minutes(minute);
    if (question.until && begin >= *question.until) return;
    for (std::uint32_t i = 0; i < count; ++i) {
      const std::uint64_t offset =
          called.timer ? (phase + kMinute / count * i) % kMinute : where.below(kMinute);
      Row row{.arrival = begin + Duration{static_cast<std::int64_t>(offset)},
              .function = function,
              .duration = {}};
      if (percentiles) row.duration = draw(*percentiles, how_long);
      if (!question.until || row.arrival < *question.until) trace.add(row, path);
    }
  }
}

Trace read(const Question& question) {
  const auto durations = durations_in(question.durations);
  Trace trace;
  for (const Source& source : question.sources) {
    std::vector<Called> all = calls_in(source.path);
    if (question.functions) keep_some(all, *question.functions, question.seed);
    for (const Called& called : all) {
      const auto known = durations.find(called.id);
      place(called, known == durations.end() ? nullptr : &known->second, question, source.path,
            trace);
    }
  }
  return trace;
}

}  // namespace

Format azure_functions_format() {
  return {.name = "azure-functions",
          .summary = "Azure Functions 2019, a day's counts a minute; requests are placed in them",
          .source = "Shahrad et al., ATC 2020; Azure/AzurePublicDataset, CC BY 4.0",
          .takes_durations = true,
          .takes_functions = true,
          .read = read};
}

}  // namespace thaw::traces
