// The text of a YAML file before it is parsed: where its lines begin, what in it cannot be read,
// and where tabs stand. Places are 1-based and count bytes. Never throws on input.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/diagnostic.hpp"

namespace thaw::yaml {

inline constexpr const char* kTabMessage = "a tab in the indentation: YAML indents with spaces";

// Text in double quotes for a message: shortened, control characters escaped.
std::string quote(std::string_view text);

class Text {
 public:
  // `text` must outlive this object.
  Text(std::string_view text, std::string file);

  // From yaml-cpp's 0-based marks; negative: the whole file.
  Place place(int line, int column) const;

  // The text from `place` on.
  std::string_view from(const Place& place) const;

  // The first byte that is not UTF-8 or is a control character (yaml-cpp takes 0x04 for the end of
  // the file).
  std::optional<std::pair<Place, std::string>> first_unreadable() const;

  // The first tab in the blanks that begin the line of `place`.
  std::optional<Place> tab_in_indentation(const Place& place) const;
  // The same, if nothing but blanks stands before `place`.
  std::optional<Place> tab_before(const Place& place) const;

  // Whether the quoted scalar at `place` (its tag and anchor may stand before it) has an end;
  // yaml-cpp takes the end of the file for one. True for what is not in quotes.
  bool quote_is_closed(const Place& place) const;

 private:
  std::string_view line(int number) const;  // 1-based

  std::string_view text_;
  std::string file_;
  std::vector<std::size_t> starts_;  // of each line
};

}  // namespace thaw::yaml
