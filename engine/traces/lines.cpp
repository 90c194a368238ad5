#include "engine/traces/lines.hpp"

#include <algorithm>

#include "engine/diagnostic.hpp"
#include "engine/scenario/units.hpp"

namespace thaw::traces {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 20;

std::string quoted(std::string_view text) {
  return "\"" + std::string(text.substr(0, 40)) + (text.size() > 40 ? "…\"" : "\"");
}

}  // namespace

Lines::Lines(const std::string& path) : path_(path), in_(path) {
  if (!in_) fail("cannot be opened");
}

bool Lines::next() {
  do {
    if (!std::getline(in_, text_)) {
      if (in_.bad()) fail("cannot be read");
      return false;
    }
    ++line_;
    if (text_.size() > kLongestLine) fail("a line of more than 1 MiB");
    if (!text_.empty() && text_.back() == '\r') text_.pop_back();
  } while (text_.empty());
  return true;
}

std::vector<std::string_view> Lines::fields() const {
  std::vector<std::string_view> fields;
  std::string_view rest = text_;
  for (std::size_t comma; (comma = rest.find(',')) != std::string_view::npos;
       rest.remove_prefix(comma + 1))
    fields.push_back(rest.substr(0, comma));
  fields.push_back(rest);
  return fields;
}

void Lines::fail(const std::string& message) const {
  throw InputError({{{path_, line_, 0}, "", message}});
}

std::uint32_t Lines::tokens(std::string_view text, const char* what) const {
  constexpr std::int64_t kMost = 1'000'000'000;
  const auto count = units::integer(text);
  if (!count || *count < 0 || *count > kMost)
    fail("expected a whole number in " + std::string(what) + ", found " + quoted(text));
  return static_cast<std::uint32_t>(*count);
}

double Lines::number(std::string_view text, const char* what) const {
  const auto value = units::number(text);
  if (!value || *value < 0)
    fail("expected a number of at least 0 in " + std::string(what) + ", found " + quoted(text));
  return *value;
}

std::vector<std::size_t> Lines::columns(const std::vector<std::string_view>& names) const {
  const auto header = fields();
  std::vector<std::size_t> columns;
  for (const std::string_view name : names) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end())
      fail("expected a header with the column " + std::string(name) + ", found " + quoted(text_));
    columns.push_back(static_cast<std::size_t>(found - header.begin()));
  }
  return columns;
}

}  // namespace thaw::traces
