// thaw lint: what is wrong with manifests, texts and scenarios before anything runs.
#include "engine/lint/lint.hpp"

#include <cstdio>
#include <string>
#include <vector>

#include "app/settings_problems.hpp"
#include "app/terminal.hpp"
#include "app/verbs.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::app {
namespace {

struct LintArguments {
  std::vector<std::string> files;
  std::string format = "text", explain;
  bool rules = false;
};

int explain_rule(const std::string& code) {
  const std::string_view page = lint::page_of(code);
  if (page.empty()) {
    std::fprintf(stderr, "thaw lint: there is no rule %s; --rules lists them\n", code.c_str());
    return kBadInput;
  }
  std::fwrite(page.data(), 1, page.size(), stdout);
  return kHeld;
}

int list_rules() {
  for (const lint::Rule& rule : lint::all_rules())
    std::printf("%s  %-7s  %s: %s\n", std::string(rule.code).c_str(),
                std::string(name_of(rule.severity)).c_str(), std::string(rule.name).c_str(),
                std::string(rule.summary).c_str());
  return kHeld;
}

int lint_files(const LintArguments& arguments) {
  if (arguments.rules) return list_rules();
  if (!arguments.explain.empty()) return explain_rule(arguments.explain);
  if (arguments.files.empty()) {
    std::fputs("thaw lint: which files? Example: thaw lint manifests/\n", stderr);
    return kBadInput;
  }
  const lint::Result result = lint::lint(lint::read_subjects(arguments.files, &settings_problems));
  const std::string text = arguments.format == "json"    ? to_json(result)
                           : arguments.format == "sarif" ? to_sarif(result, THAW_VERSION)
                                                         : to_text(result, coloured());
  std::fputs(text.c_str(), stdout);
  return result.count(lint::Severity::error) > 0 ? kFailed : kHeld;
}

}  // namespace

void add_lint(CLI::App& app, int& exit_code) {
  static LintArguments arguments;
  CLI::App* verb = app.add_subcommand(
      "lint",
      "find what is wrong before anything runs\n"
      "Example: thaw lint manifests/ README.md\n"
      "Example: thaw lint scenarios/suse-hpa/as-written --format sarif > lint.sarif\n"
      "Example: thaw lint --explain TH102");
  verb->add_option(
      "FILE", arguments.files,
      "manifests, Helm values, stack files, texts with code blocks (.md, .txt), folders "
      "of these, or scenarios");
  verb->add_option("--format", arguments.format, "text, json or sarif")
      ->check(CLI::IsMember({"text", "json", "sarif"}))
      ->capture_default_str();
  verb->add_option("--explain", arguments.explain, "CODE: what a rule finds, why, and the mend");
  verb->add_flag("--rules", arguments.rules, "every rule, a line each");
  verb->callback([&exit_code] { exit_code = lint_files(arguments); });
}

}  // namespace thaw::app
