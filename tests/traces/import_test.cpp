// The formats as their owners document them, in files of a few lines.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "engine/diagnostic.hpp"
#include "engine/traces/trace.hpp"

namespace thaw::traces {
namespace {

class File {
 public:
  explicit File(const std::string& text) {
    static int number = 0;
    path_ = testing::TempDir() + "thaw_trace_" + std::to_string(getpid()) + "_" +
            std::to_string(number++);
    std::ofstream(path_, std::ios::binary) << text;
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

Trace imported(const char* format, const Question& question) {
  return import(*find_format(format), question);
}

Question of(const File& file, const std::string& name = "f") {
  Question question;
  question.sources = {{name, file.path()}};
  return question;
}

std::string refusal(const char* format, const Question& question) {
  try {
    imported(format, question);
  } catch (const InputError& error) {
    const Diagnostic& first = error.problems().front();
    return std::to_string(first.place.line) + ": " + first.message;
  }
  return "not refused";
}

TEST(AzureLlm, FilesOfBothYearsShareOneClock) {
  const File code(
      "TIMESTAMP,ContextTokens,GeneratedTokens\r\n"
      "2023-11-16 18:17:03.9799600,4808,10\r\n"
      "2023-11-16 18:17:04.0319600,3180,8\r\n");
  const File conv(
      "TIMESTAMP,ContextTokens,GeneratedTokens\n"
      "2023-11-16 18:17:03.479960+00:00,374,44\n");
  Question question = of(code, "code");
  question.sources.push_back({"conv", conv.path()});
  EXPECT_EQ(to_csv(imported("azure-llm", question)),
            "arrival_s,function,duration_s,prompt_tokens,output_tokens\n"
            "0.000,conv,,374,44\n"
            "0.500,code,,4808,10\n"
            "0.552,code,,3180,8\n");
}

TEST(AzureLlm, SaysWhereItIsNotOfTheFormat) {
  EXPECT_EQ(refusal("azure-llm", of(File("TIMESTAMP,Context\n"))),
            "1: expected a header with the column ContextTokens, found \"TIMESTAMP,Context\"");
  EXPECT_EQ(refusal("azure-llm", of(File("TIMESTAMP,ContextTokens,GeneratedTokens\n"
                                         "2023-11-16 18:17:03,1,2\n2023-02-30 18:17:03,1,2\n"))),
            "3: expected an instant such as 2023-11-16 18:15:46.6805900 in TIMESTAMP, found "
            "\"2023-02-30 18:17:03\"");
  EXPECT_EQ(refusal("azure-llm", of(File("TIMESTAMP,ContextTokens,GeneratedTokens\n"
                                         "2023-11-16 18:17:03,-1,2\n"))),
            "2: expected a whole number in ContextTokens, found \"-1\"");
}

const char* const kMooncake =
    R"({"timestamp": 3000, "input_length": 6955, "output_length": 52, "hash_ids": [46, 47]})"
    "\n"
    R"({"timestamp": 0, "input_length": 6472, "output_length": 26, "hash_ids": []})"
    "\n";

TEST(Mooncake, MillisecondsAndLengthsByArrival) {
  const File file(kMooncake);
  EXPECT_EQ(to_csv(imported("mooncake", of(file, "chat"))),
            "arrival_s,function,duration_s,prompt_tokens,output_tokens\n"
            "0.000,chat,,6472,26\n"
            "3.000,chat,,6955,52\n");
  Question early = of(file);
  early.until = 3s;  // the instant itself is out
  EXPECT_EQ(imported("mooncake", early).rows.size(), 1U);
}

TEST(Mooncake, JitterStaysWithinItsTickAndFollowsTheSeed) {
  const File file(kMooncake);
  Question question = of(file);
  question.jitter = 3s;
  const Trace trace = imported("mooncake", question);
  EXPECT_GT(trace.rows[0].arrival, 0s);
  EXPECT_LT(trace.rows[0].arrival, 3s);
  EXPECT_GE(trace.rows[1].arrival, 3s);
  EXPECT_LT(trace.rows[1].arrival, 6s);
  EXPECT_EQ(to_csv(trace), to_csv(imported("mooncake", question)));
  question.seed = 2;
  EXPECT_NE(to_csv(trace), to_csv(imported("mooncake", question)));
}

TEST(Mooncake, SaysWhichLineIsNone) {
  EXPECT_EQ(refusal("mooncake", of(File(std::string(kMooncake) + "{\n"))),
            "3: expected an object of JSON");
  EXPECT_EQ(refusal("mooncake", of(File("{\"timestamp\": 0.5}\n"))),
            "1: expected a whole number in timestamp");
}

// Ten windows of 2/s, then silence, then 20/s: the rates hold within five standard errors of a
// renewal count, sqrt(cv² · n).
TEST(ServeGen, KeepsRateAndBurstinessOfEachWindow) {
  std::string text;
  for (int w = 0; w < 10; ++w) text += std::to_string(600 * w) + ",2,1.5,Gamma,0.44,1\n";
  text += "6000,0,0,,0,0\n6600,20,0.5,Weibull,2.1,1\n";
  const File file(text);
  const Trace trace = imported("servegen", of(file, "c0"));
  const auto between = [&](Duration from, Duration until) {
    return std::count_if(trace.rows.begin(), trace.rows.end(), [&](const Row& row) {
      return row.arrival >= from && row.arrival < until;
    });
  };
  EXPECT_NEAR(static_cast<double>(between(0s, 6000s)), 12'000, 5 * 1.5 * std::sqrt(12'000));
  EXPECT_EQ(between(6000s, 6600s), 0);
  EXPECT_NEAR(static_cast<double>(between(6600s, 7200s)), 12'000, 5 * 0.5 * std::sqrt(12'000));
  double sum = 0, squares = 0, gaps = 0;
  for (std::size_t i = 1; trace.rows[i].arrival < 6000s; ++i) {
    const double gap = seconds(trace.rows[i].arrival - trace.rows[i - 1].arrival);
    sum += gap, squares += gap * gap, ++gaps;
  }
  const double mean = sum / gaps;
  EXPECT_NEAR(std::sqrt(squares / gaps - mean * mean) / mean, 1.5, 0.1);
  EXPECT_EQ(trace.rows.front().prompt_tokens, 0U);  // nobody said
}

TEST(ServeGen, DrawsLengthsFromTheDatasetOfTheTime) {
  const File file("0,1,1,Gamma,1,1\n600,1,1,Gamma,1,1\n");
  const File lengths(R"({"0": {"input_tokens": "{10: 0.25, 20: 0.75}", "output_tokens": "{7: 1.0}"},
                         "600": {"input_tokens": "{99: 1.0}", "output_tokens": "{0: 1.0}"}})");
  Question question = of(file);
  question.lengths = lengths.path();
  const Trace trace = imported("servegen", question);
  double tens = 0, twenties = 0;
  for (const Row& row : trace.rows) {
    if (row.arrival < 600s) {
      EXPECT_EQ(row.output_tokens, 7U);
      tens += row.prompt_tokens == 10;
      twenties += row.prompt_tokens == 20;
    } else {
      EXPECT_EQ(row.prompt_tokens, 99U);
      EXPECT_EQ(row.output_tokens, 1U);  // none is no answer
    }
  }
  EXPECT_GT(tens, 0);
  EXPECT_NEAR(tens / (tens + twenties), 0.25, 5 * std::sqrt(0.25 * 0.75 / 600));
}

TEST(ServeGen, SaysWhatIsWrong) {
  EXPECT_EQ(refusal("servegen", of(File("0,1,1,Pareto,1,1\n"))), "1: expected Gamma or Weibull");
  EXPECT_EQ(refusal("servegen", of(File("600,1,1,Gamma,1,1\n0,1,1,Gamma,1,1\n"))),
            "2: expected seconds that ascend");
  Question question = of(File("0,1,1,Gamma,1,1\n"));
  EXPECT_EQ(refusal("servegen", question), "0: cannot be opened");  // the file is gone
  const File file("0,1,1,Gamma,1,1\n"),
      lengths(R"({"0": {"input_tokens": "{x: 1}", "output_tokens": "{1: 1}"}})");
  question = of(file);
  question.lengths = lengths.path();
  EXPECT_EQ(refusal("servegen", question), "0: expected tokens: probability, found \"x: 1\"");
}

const char* const kCounts =
    "HashOwner,HashApp,HashFunction,Trigger,1,2,3\n"
    "o,a,0123456789abcdef,timer,3,0,3\n"
    "o,a,fedcba9876543210,http,0,200,0\n";

TEST(AzureFunctions, PlacesEachMinutesCallsWithinIt) {
  const File file(kCounts);
  const Trace trace = imported("azure-functions", of(file));
  EXPECT_EQ(trace.functions, (std::vector<std::string>{"az19-0123456789", "az19-fedcba9876"}));
  ASSERT_EQ(trace.rows.size(), 206U);
  std::vector<Duration> timer;
  for (const Row& row : trace.rows) {
    EXPECT_FALSE(row.duration);
    if (row.function == 0) {
      timer.push_back(row.arrival);
    } else {
      EXPECT_TRUE(row.arrival >= 1min && row.arrival < 2min);
    }
  }
  ASSERT_EQ(timer.size(), 6U);  // evenly, and in the same places of each minute
  EXPECT_EQ(timer[1] - timer[0], 20s);
  EXPECT_EQ(timer[2] - timer[1], 20s);
  EXPECT_EQ(timer[3] - timer[0], 2min);
}

TEST(AzureFunctions, DrawsDurationsBetweenThePercentiles) {
  const File file(kCounts);
  const File durations(
      "HashOwner,HashApp,HashFunction,Average,Count,Minimum,Maximum,percentile_Average_0,"
      "percentile_Average_1,percentile_Average_25,percentile_Average_50,percentile_Average_75,"
      "percentile_Average_99,percentile_Average_100\n"
      "o,a,fedcba9876543210,50,200,10,100,10,10,20,40,60,90,100\n");
  Question question = of(file);
  question.durations = durations.path();
  double below_median = 0, all = 0;
  for (const Row& row : imported("azure-functions", question).rows) {
    ASSERT_EQ(row.duration.has_value(), row.function == 1);
    if (!row.duration) continue;
    EXPECT_GE(*row.duration, 10ms);
    EXPECT_LE(*row.duration, 100ms);
    below_median += *row.duration <= 40ms;
    ++all;
  }
  EXPECT_NEAR(below_median / all, 0.5, 5 * std::sqrt(0.25 / all));
}

TEST(AzureFunctions, TakesSoManyFunctionsAndNoMore) {
  std::string text = "HashOwner,HashApp,HashFunction,Trigger,1\n";
  for (int f = 0; f < 50; ++f) text += "o,a,function" + std::to_string(f) + ",http,1\n";
  const File file(text);
  Question question = of(file);
  question.functions = 20;
  const Trace some = imported("azure-functions", question);
  EXPECT_EQ(some.functions.size(), 20U);
  question.seed = 2;
  EXPECT_NE(imported("azure-functions", question).functions, some.functions);
  question.functions = 80;
  EXPECT_EQ(imported("azure-functions", question).functions.size(), 50U);
}

TEST(AzureFunctions, SaysWhatIsWrong) {
  EXPECT_EQ(refusal("azure-functions",
                    of(File("HashOwner,HashApp,HashFunction,Trigger,1\no,a,f,http,x\n"))),
            "2: expected a whole number in a minute, found \"x\"");
  EXPECT_EQ(refusal("azure-functions",
                    of(File("HashOwner,HashApp,HashFunction,Trigger,1\no,a,f,http\n"))),
            "2: expected as many fields as the header has");
  EXPECT_EQ(refusal("azure-functions",
                    of(File("HashOwner,HashApp,HashFunction,Trigger,1\no,a,f,http,6000000\n"))),
            "0: more than 5000000 requests; take fewer by --until, or by --functions where the "
            "format has it");
}

}  // namespace
}  // namespace thaw::traces
