// Mooncake's traces: an object of JSON a line with a time in milliseconds and two token counts.
//
// Source: kvcache-ai/Mooncake, FAST25-release. Its arrivals lie on ticks of about 3 s; `jitter`
// spreads them over so much. The hashes of prefix blocks are left out.
#include <nlohmann/json.hpp>

#include "engine/random.hpp"
#include "engine/traces/lines.hpp"
#include "engine/traces/trace.hpp"

namespace thaw::traces {
namespace {

using Json = nlohmann::json;

std::int64_t count_in(const Lines& lines, const Json& object, const char* key, std::int64_t most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer() || found->get<std::int64_t>() < 0 ||
      found->get<std::int64_t>() > most)
    lines.fail("expected a whole number in " + std::string(key));
  return found->get<std::int64_t>();
}

Trace read(const Question& question) {
  constexpr std::int64_t kMostMs = 100LL * 366 * 86'400'000, kMostTokens = 1'000'000'000;
  Trace trace;
  for (const Source& source : question.sources) {
    Lines lines(source.path);
    Random place(question.seed, "jitter/" + source.name);
    const std::uint32_t function = trace.function(source.name);
    while (lines.next()) {
      const Json object = Json::parse(lines.text(), nullptr, false);
      if (!object.is_object()) lines.fail("expected an object of JSON");
      Row row{.arrival = std::chrono::milliseconds(count_in(lines, object, "timestamp", kMostMs)),
              .function = function,
              .duration = {},
              .prompt_tokens =
                  static_cast<std::uint32_t>(count_in(lines, object, "input_length", kMostTokens)),
              .output_tokens = static_cast<std::uint32_t>(
                  count_in(lines, object, "output_length", kMostTokens))};
      if (question.jitter > Duration{0})
        row.arrival += Duration{static_cast<std::int64_t>(
            place.below(static_cast<std::uint64_t>(question.jitter.count())))};
      trace.add(row, source.path);
    }
  }
  return trace;
}

}  // namespace

Format mooncake_format() {
  return {.name = "mooncake",
          .summary = "Mooncake's traces (.jsonl); --jitter 3s undoes their ticks",
          .source = "Qin et al., FAST 2025; kvcache-ai/Mooncake, Apache-2.0",
          .takes_jitter = true,
          .read = read};
}

}  // namespace thaw::traces
