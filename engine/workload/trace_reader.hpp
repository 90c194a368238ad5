// A trace of requests, read as a stream in constant memory: .csv, or .csv.gz by zlib.
//
// Columns by the header's names: arrival_s (seconds from the trace's start, ascending), function,
// and optionally duration_s, prompt_tokens (or input_tokens) and output_tokens; further columns are
// passed over. Units: seconds of at most 100 years in the file, ns inside; tokens. Errors:
// InputError with file and line.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/diagnostic.hpp"
#include "engine/scenario/scenario.hpp"
#include "engine/time.hpp"
#include "engine/workload/work.hpp"

namespace thaw::workload {

class TraceReader {
 public:
  explicit TraceReader(const std::string& path);
  ~TraceReader();

  struct Row {
    Duration arrival{};
    std::string_view function;  // lives until the next call
    std::optional<Duration> duration;
    Tokens tokens;
  };
  std::optional<Row> next();  // empty at the end
  // What is wrong with the row that next() gave last.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  struct File;
  std::unique_ptr<File> file_;
};

// Reads a trace from end to end, so that what is wrong with it is told before anything runs.
// Returns its last arrival before `until`, from the start of the run.
Duration end_of_trace(const Arrivals& stream, const std::vector<FunctionSpec>& functions);

}  // namespace thaw::workload
