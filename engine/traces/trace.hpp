// Requests as a public trace tells them, in thaw's own columns.
//
// Units: ns from the trace's start; tokens. Errors: InputError with file and line where a file is
// not of its format; all formats refuse more than kMostRows requests and say how to get fewer.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/time.hpp"

namespace thaw::traces {

inline constexpr std::size_t kMostRows = 5'000'000;

struct Row {
  Duration arrival{};
  std::uint32_t function = 0;  // index into Trace::functions
  std::optional<Duration> duration;
  std::uint32_t prompt_tokens = 0, output_tokens = 0;  // 0: the trace does not say
};

struct Trace {
  std::vector<std::string> functions;
  std::vector<Row> rows;

  std::uint32_t function(const std::string& name);    // a new one
  void add(const Row& row, const std::string& file);  // refused when there are too many
};

// arrival_s,function,duration_s,prompt_tokens,output_tokens; what nobody knows is empty.
std::string to_csv(const Trace& trace);

struct Source {
  std::string name;  // of the function, where the file names none
  std::string path;
};

struct Question {
  std::vector<Source> sources;
  std::string durations;  // azure-functions: the file of the same day; empty: none known
  std::string lengths;    // servegen: the dataset of the same client; empty: none known
  std::optional<std::size_t> functions;  // azure-functions: so many of the file's, drawn
  std::optional<Duration> until;         // from the trace's start; later ones are left out
  Duration jitter{};                     // mooncake: arrivals are spread over so much
  std::uint64_t seed = 1;                // of what the file leaves open
};

// One line of formats.cpp, one file here.
struct Format {
  std::string_view name, summary, source;
  bool takes_durations = false, takes_lengths = false, takes_functions = false,
       takes_jitter = false;
  Trace (*read)(const Question&);
};

std::span<const Format> formats();
const Format* find_format(std::string_view name);

// What the format reads, by arrival, up to `until`.
Trace import(const Format& format, const Question& question);

}  // namespace thaw::traces
