#include "engine/traces/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/diagnostic.hpp"

// One line a format, sorted by name; NAME is defined at the end of engine/traces/NAME.cpp.
#define THAW_FORMATS(format) \
  format(azure_functions) format(azure_llm) format(mooncake) format(servegen)

namespace thaw::traces {

#define THAW_DECLARE(name) Format name##_format();
THAW_FORMATS(THAW_DECLARE)
#undef THAW_DECLARE

std::span<const Format> formats() {
#define THAW_CALL(name) name##_format(),
  static const auto kFormats = std::to_array<Format>({THAW_FORMATS(THAW_CALL)});
#undef THAW_CALL
  return kFormats;
}

const Format* find_format(std::string_view name) {
  const auto all = formats();
  const auto found = std::find_if(all.begin(), all.end(),
                                  [&](const Format& format) { return format.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::uint32_t Trace::function(const std::string& name) {
  functions.push_back(name);
  return static_cast<std::uint32_t>(functions.size() - 1);
}

void Trace::add(const Row& row, const std::string& file) {
  if (rows.size() == kMostRows) {
    throw InputError(
        {{{file, 0, 0},
          "",
          fmt::format("more than {} requests; take fewer by --until, or by --functions "
                      "where the format has it",
                      kMostRows)}});
  }
  rows.push_back(row);
}

// Equal arrivals stay as they came.
Trace import(const Format& format, const Question& question) {
  Trace trace = format.read(question);
  std::stable_sort(trace.rows.begin(), trace.rows.end(),
                   [](const Row& a, const Row& b) { return a.arrival < b.arrival; });
  if (question.until) {
    const auto late =
        std::lower_bound(trace.rows.begin(), trace.rows.end(), *question.until,
                         [](const Row& row, Duration until) { return row.arrival < until; });
    trace.rows.erase(late, trace.rows.end());
  }
  return trace;
}

namespace {

// Whole nanoseconds without the zeros that say nothing, but milliseconds at least.
void append_seconds(std::string& out, Duration t) {
  const std::size_t begin = out.size();
  fmt::format_to(std::back_inserter(out), "{}.{:09}", t.count() / 1'000'000'000,
                 t.count() % 1'000'000'000);
  const std::size_t shortest = out.find('.', begin) + 4;
  while (out.size() > shortest && out.back() == '0') out.pop_back();
}

void append_count(std::string& out, std::uint32_t count) {
  if (count > 0) fmt::format_to(std::back_inserter(out), "{}", count);
}

}  // namespace

std::string to_csv(const Trace& trace) {
  std::string out = "arrival_s,function,duration_s,prompt_tokens,output_tokens\n";
  for (const Row& row : trace.rows) {
    append_seconds(out, row.arrival);
    out += ',';
    out += trace.functions[row.function];
    out += ',';
    if (row.duration) append_seconds(out, *row.duration);
    out += ',';
    append_count(out, row.prompt_tokens);
    out += ',';
    append_count(out, row.output_tokens);
    out += '\n';
  }
  return out;
}

}  // namespace thaw::traces
