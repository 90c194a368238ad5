// ServeGen's clients: rate, burstiness and family of the gaps of one client, window by window; from
// them requests are drawn.
//
// Source: alibaba/ServeGen, data/CATEGORY/MODEL/chunk-N-trace.csv (second, rate, cv, Gamma or
// Weibull, two parameters; no header) and chunk-N-dataset.json (second → input_tokens and
// output_tokens, each a text of the form {tokens: probability, …}). Arrivals are a renewal process
// in operational time: gaps of mean 1 and the window's cv, run through the integral of the rate,
// so a window's burstiness holds within it and its rate on average.
#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "engine/diagnostic.hpp"
#include "engine/distribution.hpp"
#include "engine/random.hpp"
#include "engine/scenario/units.hpp"
#include "engine/traces/lines.hpp"
#include "engine/traces/trace.hpp"

namespace thaw::traces {
namespace {

using Json = nlohmann::json;

struct Window {
  double begin_s = 0, rate = 0;
  Distribution gap;  // of mean one second of operational time
};

constexpr double kLongestSeconds = 100 * 366 * 86400.0;

std::vector<Window> windows_in(const std::string& path) {
  constexpr std::size_t kFields = 6;
  constexpr double kMostRate = 1e6;
  Lines lines(path);
  std::vector<Window> windows;
  while (lines.next()) {
    const auto fields = lines.fields();
    if (fields.size() != kFields)
      lines.fail("expected second, rate, cv, Gamma or Weibull and two parameters");
    Window window{.begin_s = lines.number(fields[0], "the second"), .rate = 0, .gap = {}};
    if (window.begin_s > kLongestSeconds ||
        (!windows.empty() && window.begin_s <= windows.back().begin_s))
      lines.fail("expected seconds that ascend");
    if (!fields[3].empty()) {  // else the client is silent
      window.rate = lines.number(fields[1], "the rate");
      if (window.rate > kMostRate) lines.fail("expected a rate of at most a million a second");
      const double cv = lines.number(fields[2], "the cv");
      const bool gamma = fields[3] == "Gamma";
      if (!gamma && fields[3] != "Weibull") lines.fail("expected Gamma or Weibull");
      const double bounded = std::clamp(cv, Distribution::kLeastWeibullCv, Distribution::kMostCv);
      window.gap = gamma ? Distribution::gamma_mean_cv(1s, bounded)
                         : Distribution::weibull_mean_cv(1s, bounded);
    }
    windows.push_back(window);
  }
  if (windows.empty()) lines.fail("expected at least one window, found nothing");
  return windows;
}

// Tokens of one kind, by cumulated probability.
struct Lengths {
  std::vector<std::pair<double, std::uint32_t>> upto;

  std::uint32_t draw(Random& random) const {
    const double u = random.uniform() * upto.back().first;
    const auto found = std::lower_bound(
        upto.begin(), upto.end(), u, [](const auto& entry, double x) { return entry.first < x; });
    return found == upto.end() ? upto.back().second : found->second;
  }
};

struct Dataset {
  std::map<double, std::pair<Lengths, Lengths>> from;  // by second: input, output

  const std::pair<Lengths, Lengths>* at(double second) const {
    const auto next = from.upper_bound(second);
    return next == from.begin() ? nullptr : &std::prev(next)->second;
  }
};

[[noreturn]] void refuse(const std::string& path, const std::string& message) {
  throw InputError({{{path, 0, 0}, "", message}});
}

// "{12: 0.25, 40: 0.75}"
Lengths lengths_in(const std::string& path, std::string_view text) {
  Lengths lengths;
  double sum = 0;
  if (!text.starts_with('{') || !text.ends_with('}'))
    refuse(path, "expected {tokens: probability, …}");
  text = text.substr(1, text.size() - 2);
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size()), colon = text.find(':');
    if (colon >= comma) refuse(path, "expected tokens: probability");
    const auto trimmed = [](std::string_view part) {
      part.remove_prefix(std::min(part.find_first_not_of(' '), part.size()));
      return part.substr(0, part.find_last_not_of(' ') + 1);
    };
    const auto tokens = units::integer(trimmed(text.substr(0, colon)));
    const auto probability = units::number(trimmed(text.substr(colon + 1, comma - colon - 1)));
    if (!tokens || *tokens < 0 || *tokens > 1'000'000'000 || !probability || *probability < 0)
      refuse(path,
             "expected tokens: probability, found \"" + std::string(text.substr(0, 40)) + "\"");
    sum += *probability;
    // A request of no token is none; the reader of traces takes 1 as the least.
    lengths.upto.emplace_back(sum, static_cast<std::uint32_t>(std::max<std::int64_t>(*tokens, 1)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  if (sum <= 0) refuse(path, "expected probabilities above 0");
  return lengths;
}

Dataset dataset_in(const std::string& path) {
  std::ifstream in(path);
  if (!in) refuse(path, "cannot be opened");
  const Json all = Json::parse(in, nullptr, false);
  if (!all.is_object()) refuse(path, "expected an object of JSON");
  Dataset dataset;
  for (const auto& [second, fields] : all.items()) {
    const auto from = units::number(second);
    const auto text = [&](const char* key) -> std::string {
      const auto found = fields.is_object() ? fields.find(key) : fields.end();
      return found != fields.end() && found->is_string() ? found->get<std::string>() : "{}";
    };
    if (!from) refuse(path, "expected a second, found \"" + second + "\"");
    const std::string input = text("input_tokens"), output = text("output_tokens");
    if (input == "{}" || output == "{}") continue;  // nothing was measured there
    dataset.from.emplace(*from, std::pair(lengths_in(path, input), lengths_in(path, output)));
  }
  return dataset;
}

void draw(const std::vector<Window>& windows, const Dataset& dataset, const Source& source,
          const Question& question, std::uint32_t function, Trace& trace) {
  constexpr double kLastWindow = 600;  // as long as all of the source's
  Random gaps(question.seed, "arrivals/" + source.name),
      sizes(question.seed, "tokens/" + source.name);
  double debt = 0;  // operational seconds until the next arrival; none yet
  bool drawn = false;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    const Window& window = windows[w];
    if (window.rate <= 0) continue;
    const double end =
        w + 1 < windows.size() ? windows[w + 1].begin_s : window.begin_s + kLastWindow;
    if (!drawn) debt = static_cast<double>(window.gap.draw(gaps).count()) / 1e9;
    drawn = true;
    double now = window.begin_s;
    while (now + debt / window.rate < end) {
      now += debt / window.rate;
      const Duration arrival = Distribution::rounded(now * 1e9);
      if (question.until && arrival >= *question.until) return;
      Row row{.arrival = arrival, .function = function, .duration = {}};
      if (const auto* lengths = dataset.at(now)) {
        row.prompt_tokens = lengths->first.draw(sizes);
        row.output_tokens = lengths->second.draw(sizes);
      }
      trace.add(row, source.path);
      debt = static_cast<double>(window.gap.draw(gaps).count()) / 1e9;
    }
    debt -= (end - now) * window.rate;
  }
}

Trace read(const Question& question) {
  const Dataset dataset = question.lengths.empty() ? Dataset{} : dataset_in(question.lengths);
  Trace trace;
  for (const Source& source : question.sources)
    draw(windows_in(source.path), dataset, source, question, trace.function(source.name), trace);
  return trace;
}

}  // namespace

Format servegen_format() {
  return {.name = "servegen",
          .summary = "ServeGen's clients (chunk-N-trace.csv): requests drawn from measured rates",
          .source = "Xiang et al., NSDI 2026; alibaba/ServeGen, Apache-2.0",
          .takes_lengths = true,
          .read = read};
}

}  // namespace thaw::traces
