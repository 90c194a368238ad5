#include "engine/lint/lint.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "engine/lint/rule.hpp"

namespace thaw::lint {
namespace {

constexpr std::string_view kComment = "thaw-lint: ignore ";
constexpr std::string_view kRefused = "TH104";

// Which codes are turned off on which lines of a file.
class Suppressions {
 public:
  explicit Suppressions(std::string_view text) {
    for (int number = 1; !text.empty(); ++number) {
      const std::size_t end = text.find('\n');
      read(text.substr(0, end), number);
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }
  bool covers(int line, const std::string& code) const { return off_.contains({line, code}); }

 private:
  void read(std::string_view line, int number) {
    const std::size_t hash = line.find('#');
    if (hash == std::string_view::npos) return;
    std::string_view comment = line.substr(hash + 1);
    while (comment.starts_with(' ') || comment.starts_with('#')) comment.remove_prefix(1);
    if (!comment.starts_with(kComment)) return;
    comment.remove_prefix(kComment.size());
    const std::size_t blank = comment.find(' ');
    if (blank == std::string_view::npos) return;  // no reason
    if (comment.find_first_not_of(" \t\r", blank) == std::string_view::npos) return;
    const std::string code(comment.substr(0, blank));
    const bool alone = line.find_first_not_of(" \t") == hash;
    off_.emplace(alone ? number + 1 : number, code);
  }

  std::set<std::pair<int, std::string>> off_;
};

// What the reader refuses is worth a line only where no rule says it better.
void drop_what_is_said(std::vector<Finding>& findings) {
  std::set<std::pair<std::string, int>> said;
  for (const Finding& finding : findings)
    if (finding.code != kRefused) said.emplace(finding.place.file, finding.place.line);
  std::erase_if(findings, [&](const Finding& finding) {
    return finding.code == kRefused && said.contains({finding.place.file, finding.place.line});
  });
}

}  // namespace

std::size_t Result::count(Severity severity) const {
  return static_cast<std::size_t>(std::ranges::count(findings, severity, &Finding::severity));
}

Result lint(const std::vector<Subject>& subjects) {
  Result result;
  std::map<std::string, Suppressions> suppressions;
  for (const Subject& subject : subjects) {
    std::vector<Finding> findings;
    for (const Rule& rule : all_rules()) {
      Report report(rule, findings);
      rule.check(subject, report);
    }
    drop_what_is_said(findings);
    for (const SourceText& text : subject.texts)
      suppressions.try_emplace(text.file, std::string_view(text.text));
    std::ranges::move(findings, std::back_inserter(result.findings));
  }
  std::ranges::sort(result.findings, before);
  const auto same = [](const Finding& a, const Finding& b) {
    return !before(a, b) && !before(b, a);
  };
  const auto repeated = std::ranges::unique(result.findings, same);
  result.findings.erase(repeated.begin(), repeated.end());
  result.suppressed = std::erase_if(result.findings, [&](const Finding& finding) {
    const auto file = suppressions.find(finding.place.file);
    return file != suppressions.end() && file->second.covers(finding.place.line, finding.code);
  });
  return result;
}

}  // namespace thaw::lint
