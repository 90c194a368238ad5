#include "engine/workload/trace_reader.hpp"

#include <gtest/gtest.h>

#include <filesystem>

#include "tests/sim/instances/standalone.hpp"

namespace thaw::sim {
namespace trace_reader_test {

struct Row {
  Duration arrival;
  std::string function;
  std::optional<Duration> duration;
  bool operator==(const Row&) const = default;
};
using Rows = std::vector<Row>;

Rows read_all(const std::string& path) {
  Rows rows;
  workload::TraceReader reader(path);
  while (const auto row = reader.next())
    rows.push_back({row->arrival, std::string(row->function), row->duration});
  return rows;
}

// "trace.csv:LINE: message" of the first thing that is wrong with the text.
std::string problem_of(const std::string& text) {
  const Folder folder;
  try {
    read_all(folder.write("trace.csv", text));
  } catch (const InputError& error) {
    Diagnostic problem = error.problems().front();
    problem.place.file = std::filesystem::path(problem.place.file).filename().string();
    return to_text(problem);
  }
  return "";
}

constexpr const char* kText =
    "arrival_s,function,input_tokens,output_tokens,duration_s\n"
    "0.000,chat/a,170,626,\n"
    "0.005,chat/b,,,1.25\n"
    "3600,chat/a,1,2,0\n";

const Rows kRows = {{0s, "chat/a", std::nullopt}, {5ms, "chat/b", 1250ms}, {1h, "chat/a", 0s}};

TEST(TraceReader, ReadsTheColumnsByName) {
  const Folder folder;
  EXPECT_EQ(read_all(folder.write("trace.csv", kText)), kRows);
  EXPECT_EQ(read_all(folder.write("trace.csv",
                                  "duration_s,function,extra,arrival_s\n,chat/a,,0\n"
                                  "1.25,chat/b,x,0.005\n0,chat/a,,3600\n")),
            kRows);
}

TEST(TraceReader, ReadsPackedFilesAndLineEndsOfWindows) {
  const Folder folder;
  EXPECT_EQ(read_all(folder.write_gz("trace.csv.gz", kText)), kRows);
  EXPECT_EQ(read_all(folder.write("trace.csv", "arrival_s,function\r\n0.5,a\r\n1,b")),
            (Rows{{500ms, "a", {}}, {1s, "b", {}}}));
}

TEST(TraceReader, NeedsNoDurationAndNoRows) {
  const Folder folder;
  EXPECT_EQ(read_all(folder.write("trace.csv", "arrival_s,function\n")), Rows{});
  EXPECT_EQ(read_all(folder.write("trace.csv", "function,arrival_s\na,2\n")),
            (Rows{{2s, "a", std::nullopt}}));
}

// Nine decimals are exact. Programs print doubles with up to seventeen digits, or an exponent: to
// the nearest nanosecond.
TEST(TraceReader, TimesAreExactToTheNanosecond) {
  const Folder folder;
  const Rows rows = read_all(folder.write("trace.csv",
                                          "arrival_s,function\n"
                                          "1e-05,a\n"
                                          "0.30000000000000004,a\n"
                                          "12345678.123456789,a\n"));
  EXPECT_EQ(rows, (Rows{{10us, "a", {}}, {300ms, "a", {}}, {12345678123456789ns, "a", {}}}));
}

TEST(TraceReader, SaysWhichLineIsWrong) {
  EXPECT_EQ(problem_of("arrival_s,function\n0,a\n1,a\n0.999999999,a\n"),
            "trace.csv:4: arrivals must ascend");
  EXPECT_EQ(problem_of("arrival_s,function\n0,a\nsoon,a\n"),
            "trace.csv:3: expected seconds in arrival_s, found \"soon\"");
  for (const char* bad : {"-1", "", "1s", "nan", "inf", "1e300", "4000000000", "0x10"})
    EXPECT_EQ(problem_of("arrival_s,function\n" + std::string(bad) + ",a\n"),
              "trace.csv:2: expected seconds in arrival_s, found \"" + std::string(bad) + "\"");
  EXPECT_EQ(problem_of("arrival_s,function,duration_s\n0,a,\n1,a,-2\n"),
            "trace.csv:3: expected seconds in duration_s, found \"-2\"");
  EXPECT_EQ(problem_of("arrival_s,function\n0,a\n7\n"),
            "trace.csv:3: expected as many fields as the header has");
}

TEST(TraceReader, EqualArrivalsAscend) {
  EXPECT_EQ(problem_of("arrival_s,function\n1,a\n1,b\n1,a\n"), "");
}

TEST(TraceReader, NeedsAHeaderWithBothColumns) {
  for (const char* header : {"arrival_s,name\n", "time,function\n", "0,a\n", "arrival_s\n"})
    EXPECT_EQ(problem_of(header + std::string("0,a\n")),
              "trace.csv:1: expected a header with the columns arrival_s and function");
  EXPECT_EQ(problem_of(""),
            "trace.csv: expected a header with arrival_s and function, found nothing");
}

TEST(TraceReader, RefusesALineWithoutEnd) {
  EXPECT_EQ(problem_of("arrival_s,function\n0," + std::string(70'000, 'a') + "\n"),
            "trace.csv:2: a line of more than 64 KiB");
}

TEST(TraceReader, SaysThatAFileIsNotThereOrCutShort) {
  EXPECT_THROW(workload::TraceReader("no/such/trace.csv"), InputError);
  const Folder folder;
  std::string text = "arrival_s,function\n";
  Random random(1, "trace");
  for (int i = 0; i < 5000; ++i)
    text += std::to_string(i) + ",f" + std::to_string(random.below(1'000'000)) + "\n";
  const std::string path = folder.write_gz("trace.csv.gz", text);
  EXPECT_EQ(read_all(path).size(), 5000U);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) / 2);
  EXPECT_THROW(read_all(path), InputError);
}

}  // namespace trace_reader_test
}  // namespace thaw::sim
