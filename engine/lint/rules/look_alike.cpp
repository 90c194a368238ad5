// TH102: characters that look like others, where a name is meant.
//
// A key is always a name. A value is one where it is a single word of otherwise plain characters:
// text for people may be written with whatever it likes.
#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "engine/lint/rule.hpp"

namespace thaw::lint::look_alike {
namespace {

struct LookAlike {
  std::string_view bytes, code, name, meant;
};
// Source: Unicode's confusables, those that word processors and web pages put in place of what was
// typed.
constexpr std::array<LookAlike, 18> kLookAlikes{{
    {"\u2212", "U+2212", "MINUS SIGN", "-"},
    {"\u2010", "U+2010", "HYPHEN", "-"},
    {"\u2011", "U+2011", "NON-BREAKING HYPHEN", "-"},
    {"\u2012", "U+2012", "FIGURE DASH", "-"},
    {"\u2013", "U+2013", "EN DASH", "-"},
    {"\u2014", "U+2014", "EM DASH", "-"},
    {"\u00AD", "U+00AD", "SOFT HYPHEN", "nothing"},
    {"\u00A0", "U+00A0", "NO-BREAK SPACE", "a space"},
    {"\u200B", "U+200B", "ZERO WIDTH SPACE", "nothing"},
    {"\uFEFF", "U+FEFF", "ZERO WIDTH NO-BREAK SPACE", "nothing"},
    {"\u2018", "U+2018", "LEFT SINGLE QUOTATION MARK", "'"},
    {"\u2019", "U+2019", "RIGHT SINGLE QUOTATION MARK", "'"},
    {"\u201C", "U+201C", "LEFT DOUBLE QUOTATION MARK", "\""},
    {"\u201D", "U+201D", "RIGHT DOUBLE QUOTATION MARK", "\""},
    {"\u0430", "U+0430", "CYRILLIC SMALL LETTER A", "a"},
    {"\u0435", "U+0435", "CYRILLIC SMALL LETTER IE", "e"},
    {"\u043E", "U+043E", "CYRILLIC SMALL LETTER O", "o"},
    {"\uFF0D", "U+FF0D", "FULLWIDTH HYPHEN-MINUS", "-"},
}};

struct Found {
  const LookAlike* what = nullptr;
  std::size_t at = 0;
};

std::optional<Found> find_in(std::string_view text) {
  std::optional<Found> first;
  for (const LookAlike& one : kLookAlikes) {
    const std::size_t at = text.find(one.bytes);
    if (at != std::string_view::npos && (!first || at < first->at)) first = Found{&one, at};
  }
  return first;
}

std::string corrected(std::string text) {
  for (const LookAlike& one : kLookAlikes) {
    const std::string_view with = one.meant == "nothing"   ? ""
                                  : one.meant == "a space" ? " "
                                                           : one.meant;
    for (std::size_t at = text.find(one.bytes); at != std::string::npos;
         at = text.find(one.bytes, at + with.size()))
      text.replace(at, one.bytes.size(), with);
  }
  return text;
}

// Columns count bytes, as everywhere.
void tell(const yaml::Node& node, bool is_key, Report& report) {
  const auto found = find_in(node.scalar);
  if (!found) return;
  Place place = node.place;
  if (!node.quoted) place.column += static_cast<int>(found->at);
  const LookAlike& what = *found->what;
  std::string message = "\"" + node.scalar + "\" has " + std::string(what.code) + " (" +
                        std::string(what.name) + ") where " + std::string(what.meant) +
                        " is meant: " + (is_key ? "another key" : "another name") +
                        " than it looks like";
  report.add(std::move(place), std::move(message), "write \"" + corrected(node.scalar) + "\"");
}

bool is_one_word(const std::string& text) {
  return text.find_first_of(" \t\n") == std::string::npos && text.size() <= 253;
}

void walk(const yaml::Node& node, Report& report) {
  for (const auto& [key, value] : node.map) {
    tell(key, true, report);
    walk(value, report);
  }
  for (const yaml::Node& item : node.list) walk(item, report);
  if (node.kind == yaml::Node::Kind::scalar && is_one_word(node.scalar)) tell(node, false, report);
}

void check(const Subject& subject, Report& report) {
  for (const yaml::Node& tree : subject.trees) walk(tree, report);
}

}  // namespace

Rule rule() {
  return {"TH102", "look-alike", Severity::error,
          "a character that looks like another, in a key or a name", check};
}

}  // namespace thaw::lint::look_alike
