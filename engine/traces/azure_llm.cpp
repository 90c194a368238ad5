// Azure LLM inference traces of 2023 and 2024: an instant and two token counts a request.
//
// Source: Azure/AzurePublicDataset, AzureLLMInferenceDataset2023.md and …2024.md. Several files
// (code and conv) share one clock: second 0 is the first request of all of them.
#include <algorithm>

#include "engine/scenario/rfc3339.hpp"
#include "engine/scenario/units.hpp"
#include "engine/traces/lines.hpp"
#include "engine/traces/trace.hpp"

namespace thaw::traces {
namespace {

// "2023-11-16 18:15:46.6805900", and of 2024 "2024-05-10 00:00:00.009930+00:00": both in UTC.
TimePoint instant_of(const Lines& lines, std::string_view text) {
  constexpr std::string_view kUtc = "+00:00";
  constexpr std::size_t kBetween = 10;
  std::string rfc(text.ends_with(kUtc) ? text.substr(0, text.size() - kUtc.size()) : text);
  if (rfc.size() > kBetween && rfc[kBetween] == ' ') rfc[kBetween] = 'T';
  const auto instant = scenario::parse_rfc3339(rfc + "Z");
  if (!instant)
    lines.fail("expected an instant such as 2023-11-16 18:15:46.6805900 in TIMESTAMP, found \"" +
               std::string(text.substr(0, 40)) + "\"");
  return *instant;
}

Trace read(const Question& question) {
  Trace trace;
  for (const Source& source : question.sources) {
    Lines lines(source.path);
    if (!lines.next()) lines.fail("expected a header, found nothing");
    const auto column = lines.columns({"TIMESTAMP", "ContextTokens", "GeneratedTokens"});
    const std::size_t last = *std::max_element(column.begin(), column.end());
    const std::uint32_t function = trace.function(source.name);
    while (lines.next()) {
      const auto fields = lines.fields();
      if (fields.size() <= last) lines.fail("expected as many fields as the header has");
      trace.add({.arrival = instant_of(lines, fields[column[0]]).since_epoch,
                 .function = function,
                 .duration = {},
                 .prompt_tokens = lines.tokens(fields[column[1]], "ContextTokens"),
                 .output_tokens = lines.tokens(fields[column[2]], "GeneratedTokens")},
                source.path);
    }
  }
  Duration begin = Duration::max();
  for (const Row& row : trace.rows) begin = std::min(begin, row.arrival);
  for (Row& row : trace.rows) row.arrival -= begin;
  return trace;
}

}  // namespace

Format azure_llm_format() {
  return {.name = "azure-llm",
          .summary = "Azure's LLM inference traces of 2023 and 2024 (.csv), several on one clock",
          .source = "Patel et al., ISCA 2024; Azure/AzurePublicDataset, CC BY 4.0",
          .read = read};
}

}  // namespace thaw::traces
