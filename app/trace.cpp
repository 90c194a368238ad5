// `thaw trace import`: a public trace in the columns that a scenario's workload reads.
#include "engine/traces/trace.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "app/verbs.hpp"
#include "engine/diagnostic.hpp"
#include "engine/report/output.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::app {
namespace {

struct TraceArguments {
  std::string format, durations, lengths, until, jitter, out;
  std::vector<std::string> files;
  std::size_t functions = 0;  // 0: all
  std::uint64_t seed = 1;
};

[[noreturn]] void refuse(const std::string& option, const std::string& message) {
  throw InputError({{{option, 0, 0}, "", message}});
}

// NAME=FILE; a file alone is its function's name, without folder, ending and what a name may not
// have.
traces::Source source_of(const std::string& text) {
  const std::size_t equals = text.find('=');
  if (equals != std::string::npos && equals > 0 && !std::filesystem::exists(text))
    return {text.substr(0, equals), text.substr(equals + 1)};
  std::string name = std::filesystem::path(text).stem().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ',' || c == ' ' || c == '\t'; }, '-');
  return {name, text};
}

std::optional<Duration> duration_in(const std::string& option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto value = units::duration(text);
  if (!value || *value <= Duration{0})
    refuse(option, "expected a duration above 0 such as 2h, found \"" + text + "\"");
  return value;
}

const traces::Format& format_named(const std::string& name) {
  if (const traces::Format* format = traces::find_format(name)) return *format;
  std::string known;
  for (const traces::Format& format : traces::formats())
    known += (known.empty() ? "" : ", ") + std::string(format.name);
  refuse("FORMAT", "there is no format \"" + name + "\"; there are: " + known);
}

void refuse_unused(const traces::Format& format, const TraceArguments& arguments) {
  const auto unused = [&](bool given, bool taken, const char* option) {
    if (given && !taken) refuse(option, "has no meaning for " + std::string(format.name));
  };
  unused(!arguments.durations.empty(), format.takes_durations, "--durations");
  unused(!arguments.lengths.empty(), format.takes_lengths, "--lengths");
  unused(arguments.functions > 0, format.takes_functions, "--functions");
  unused(!arguments.jitter.empty(), format.takes_jitter, "--jitter");
}

int import(const TraceArguments& arguments) {
  const traces::Format& format = format_named(arguments.format);
  refuse_unused(format, arguments);
  traces::Question question;
  for (const std::string& file : arguments.files) question.sources.push_back(source_of(file));
  question.durations = arguments.durations;
  question.lengths = arguments.lengths;
  if (arguments.functions > 0) question.functions = arguments.functions;
  question.until = duration_in("--until", arguments.until);
  question.jitter = duration_in("--jitter", arguments.jitter).value_or(Duration{0});
  question.seed = arguments.seed;
  const traces::Trace trace = traces::import(format, question);
  const std::string csv = to_csv(trace);
  if (arguments.out.empty()) {
    std::fputs(csv.c_str(), stdout);
  } else {
    const std::filesystem::path out(arguments.out);
    const std::filesystem::path folder = out.has_parent_path() ? out.parent_path() : ".";
    write_files(folder.string(), {{out.filename().string(), csv}});
  }
  std::fprintf(stderr, "%zu requests of %zu functions\n", trace.rows.size(),
               trace.functions.size());
  return kHeld;
}

std::string formats_in_words() {
  std::string words;
  for (const traces::Format& format : traces::formats())
    words += "\n  " + std::string(format.name) + ": " + std::string(format.summary) + " [" +
             std::string(format.source) + "]";
  return words;
}

}  // namespace

void add_trace(CLI::App& app, int& exit_code) {
  static TraceArguments arguments;
  CLI::App* trace = app.add_subcommand("trace", "public traces of requests");
  trace->require_subcommand(1);
  CLI::App* verb = trace->add_subcommand(
      "import",
      "a public trace as arrival_s, function, duration_s, prompt_tokens, output_tokens: what "
      "`trace:` in a scenario's workload reads\n"
      "Example: thaw trace import mooncake conversation_trace.jsonl --jitter 3s --out chat.csv\n"
      "Example: thaw trace import azure-llm code=AzureLLMInferenceTrace_code.csv "
      "conv=AzureLLMInferenceTrace_conv.csv --out llm.csv\n"
      "Formats:" +
          formats_in_words());
  verb->add_option("FORMAT", arguments.format, "one of those above")->required();
  verb->add_option("FILE", arguments.files, "[FUNCTION=]FILE, one or several")->required();
  verb->add_option("--out", arguments.out, "file to write; default: standard output");
  verb->add_option("--until", arguments.until, "leave out what comes later, such as 2h");
  verb->add_option("--seed", arguments.seed, "of what the file leaves open")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb->add_option("--functions", arguments.functions,
                   "azure-functions: so many of them, each as likely as any other")
      ->check(CLI::Range(1, 1'000'000));
  verb->add_option("--durations", arguments.durations,
                   "azure-functions: function_durations_percentiles of the same day");
  verb->add_option("--lengths", arguments.lengths, "servegen: chunk-N-dataset.json");
  verb->add_option("--jitter", arguments.jitter, "mooncake: spreads arrivals over so much");
  verb->callback([&exit_code] { exit_code = import(arguments); });
}

}  // namespace thaw::app
