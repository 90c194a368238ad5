#include "engine/diagnostic.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <tuple>
#include <utility>

namespace thaw {
namespace {

std::string joined(const std::vector<Diagnostic>& problems) {
  std::string text;
  for (const Diagnostic& d : problems) {
    if (!text.empty()) text += '\n';
    text += to_text(d);
  }
  return text.empty() ? "the input is wrong" : text;
}

char lower(char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); }

// Insertions, deletions, substitutions and swaps of neighbours, each one step: the four slips of a
// typing hand. Letters of different case count as equal.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = lower(a[i - 1]) == lower(b[j - 1]);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) &&
                           lower(a[i - 2]) == lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
  }
  return row[b.size()];
}

}  // namespace

std::string to_text(const Diagnostic& d) {
  std::string text = d.place.file;
  if (d.place.line > 0) text += (text.empty() ? "" : ":") + std::to_string(d.place.line);
  if (d.place.line > 0 && d.place.column > 0) text += ":" + std::to_string(d.place.column);
  if (!text.empty()) text += ": ";
  if (!d.key.empty()) text += d.key + ": ";
  return text + d.message;
}

InputError::InputError(std::vector<Diagnostic> problems)
    : std::runtime_error(joined(problems)), problems_(std::move(problems)) {}

void Diagnostics::error(Place place, std::string key, std::string message) {
  errors_.push_back({std::move(place), std::move(key), std::move(message)});
}

void Diagnostics::notice(std::string text) {
  if (std::find(notices_.begin(), notices_.end(), text) == notices_.end()) {
    notices_.push_back(std::move(text));
  }
}

void Diagnostics::throw_if_any() const {
  if (errors_.empty()) return;
  std::vector<Diagnostic> sorted = errors_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const Diagnostic& a, const Diagnostic& b) {
    return std::tie(a.place.file, a.place.line, a.place.column) <
           std::tie(b.place.file, b.place.line, b.place.column);
  });
  const auto same = [](const Diagnostic& a, const Diagnostic& b) {
    return to_text(a) == to_text(b);
  };
  sorted.erase(std::unique(sorted.begin(), sorted.end(), same), sorted.end());
  throw InputError(std::move(sorted));
}

std::string nearest(std::string_view found, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = 0;
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(found.size(), candidate.size());
    const std::size_t shorter = std::min(found.size(), candidate.size());
    // The lengths alone differ by too much; this also keeps a megabyte of garbage cheap.
    if ((longer - shorter) * 3 > longer) continue;
    const std::size_t distance = edit_distance(found, candidate);
    if (distance * 3 > longer) continue;
    if (best.empty() || distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

}  // namespace thaw
