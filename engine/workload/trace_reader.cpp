#include "engine/workload/trace_reader.hpp"

#include <zlib.h>

#include <array>
#include <cstring>
#include <set>
#include <vector>

#include "engine/distribution.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::workload {
namespace {

constexpr std::size_t kLongestLine = 1 << 16;

constexpr double kLongestSeconds = Distribution::kLongest / 1e9;

// "12.345" seconds in nanoseconds, exactly; what a program prints of a double ("1e-05", seventeen
// digits) to the nearest one.
std::optional<Duration> seconds_of(std::string_view text) {
  const auto number = units::number(text);
  if (!number || !(*number >= 0 && *number <= kLongestSeconds)) return std::nullopt;
  if (const auto exact = units::billionths(text)) return Duration{*exact};
  return Distribution::rounded(*number * 1e9);
}

}  // namespace

struct TraceReader::File {
  // Here and not in the reader, whose constructor may throw when the file is open already.
  ~File() {
    if (handle) gzclose(handle);
  }

  std::string path;
  gzFile handle = nullptr;  // reads plain files as they are
  int line = 0;
  std::array<char, kLongestLine> buffer{};
  std::vector<std::string_view> fields;
  std::size_t arrival = 0, function = 0;
  std::optional<std::size_t> duration, prompt, output;
  Duration last{};

  [[noreturn]] void fail(const std::string& message) const {
    throw InputError({{{path, line, 0}, "", message}});
  }

  // Of the row that was read last: nothing where the trace says nothing.
  std::optional<std::uint32_t> tokens(const std::optional<std::size_t>& column,
                                      const char* name) const {
    constexpr std::int64_t kMost = 1'000'000'000;
    if (!column || *column >= fields.size() || fields[*column].empty()) return std::nullopt;
    const auto count = units::integer(fields[*column]);
    if (!count || *count < 1 || *count > kMost)
      fail(std::string("expected a number of tokens in ") + name + ", found \"" +
           std::string(fields[*column]) + "\"");
    return static_cast<std::uint32_t>(*count);
  }

  bool read_line() {
    if (!gzgets(handle, buffer.data(), static_cast<int>(buffer.size()))) {
      int error = Z_OK;
      const char* why = gzerror(handle, &error);
      if (error != Z_OK && error != Z_STREAM_END) fail(std::string("cannot be read: ") + why);
      return false;
    }
    ++line;
    std::size_t length = std::strlen(buffer.data());
    if (length + 1 == buffer.size()) fail("a line of more than 64 KiB");
    while (length > 0 && (buffer[length - 1] == '\n' || buffer[length - 1] == '\r')) --length;
    fields.clear();
    std::string_view rest(buffer.data(), length);
    for (std::size_t comma; (comma = rest.find(',')) != std::string_view::npos;
         rest.remove_prefix(comma + 1))
      fields.push_back(rest.substr(0, comma));
    fields.push_back(rest);
    return true;
  }
};

TraceReader::TraceReader(const std::string& path) : file_(std::make_unique<File>()) {
  file_->path = path;
  file_->handle = gzopen(path.c_str(), "rb");
  if (!file_->handle) file_->fail("cannot be opened");
  gzbuffer(file_->handle, 1 << 17);
  if (!file_->read_line())
    file_->fail("expected a header with arrival_s and function, found nothing");
  const auto column = [&](std::string_view name) -> std::optional<std::size_t> {
    for (std::size_t i = 0; i < file_->fields.size(); ++i)
      if (file_->fields[i] == name) return i;
    return std::nullopt;
  };
  const auto arrival = column("arrival_s"), function = column("function");
  if (!arrival || !function)
    file_->fail("expected a header with the columns arrival_s and function");
  file_->arrival = *arrival;
  file_->function = *function;
  file_->duration = column("duration_s");
  file_->prompt = column("prompt_tokens");
  if (!file_->prompt) file_->prompt = column("input_tokens");  // as public traces call it
  file_->output = column("output_tokens");
}

TraceReader::~TraceReader() = default;

void TraceReader::fail(const std::string& message) const { file_->fail(message); }

std::optional<TraceReader::Row> TraceReader::next() {
  if (!file_->read_line()) return std::nullopt;
  const auto& fields = file_->fields;
  if (fields.size() <= std::max(file_->arrival, file_->function))
    file_->fail("expected as many fields as the header has");
  const auto arrival = seconds_of(fields[file_->arrival]);
  if (!arrival)
    file_->fail("expected seconds in arrival_s, found \"" + std::string(fields[file_->arrival]) +
                "\"");
  if (*arrival < file_->last) file_->fail("arrivals must ascend");
  file_->last = *arrival;
  Row row{*arrival,
          fields[file_->function],
          std::nullopt,
          {file_->tokens(file_->prompt, "prompt_tokens"),
           file_->tokens(file_->output, "output_tokens")}};
  if (file_->duration && *file_->duration < fields.size() && !fields[*file_->duration].empty()) {
    row.duration = seconds_of(fields[*file_->duration]);
    if (!row.duration)
      file_->fail("expected seconds in duration_s, found \"" +
                  std::string(fields[*file_->duration]) + "\"");
  }
  return row;
}

Duration end_of_trace(const Arrivals& stream, const std::vector<FunctionSpec>& functions) {
  std::set<std::string_view> known;
  for (const FunctionSpec& function : functions) known.insert(function.name);
  TraceReader trace(stream.trace);
  Duration end = stream.from;
  while (const auto row = trace.next()) {
    if (stream.from + row->arrival >= stream.until) break;
    end = stream.from + row->arrival;
    if (stream.function.empty() && !known.contains(row->function))
      trace.fail("there is no function \"" + std::string(row->function) + "\" in the scenario");
  }
  return end;
}

}  // namespace thaw::workload
