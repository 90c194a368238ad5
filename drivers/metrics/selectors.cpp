#include "drivers/metrics/selectors.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>

namespace thaw::metrics {
namespace {

// Where labels stand in parentheses behind it.
constexpr std::array<std::string_view, 6> kGroupings{"by",       "without",    "on",
                                                     "ignoring", "group_left", "group_right"};
// Other words that are no series; from "default" on they are MetricsQL's.
constexpr std::array<std::string_view, 12> kWords{
    "and", "or",  "unless",  "bool", "atan2", "offset",
    "inf", "nan", "default", "if",   "ifnot", "keep_metric_names"};

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_letter(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == ':';
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::optional<std::vector<std::string>> read() {
    for (skip_space(); understood_ && at_ < text_.size(); skip_space()) {
      const char c = text_[at_];
      if (is_letter(c)) {
        word();
      } else if (c == '{') {
        selector(at_);
      } else if (c == '[') {
        skip_closed(']');
      } else if (c == '"' || c == '\'' || c == '`') {
        skip_string();
      } else if (is_digit(c)) {
        skip_number();
      } else {
        ++at_;
      }
    }
    return understood_ ? std::optional(std::move(found_)) : std::nullopt;
  }

 private:
  char next() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  void skip_space() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size() - 1);
      } else if (!std::isspace(static_cast<unsigned char>(text_[at_]))) {
        return;
      }
    }
  }

  // Of numbers and durations: "5m", "0x1F", "1e9".
  void skip_number() {
    while (is_digit(next()) || is_letter(next()) || next() == '.') ++at_;
  }

  std::string_view take_word() {
    const std::size_t begin = at_;
    while (is_letter(next()) || is_digit(next()) || next() == '.') ++at_;
    return text_.substr(begin, at_ - begin);
  }

  void skip_string() {
    const char quote = text_[at_++];
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) {
        ++at_;
        return;
      }
      if (text_[at_] == '\\' && quote != '`') ++at_;
    }
    understood_ = false;
  }

  // From an opening bracket past its closing one; strings in between may hold brackets.
  void skip_closed(char closing) {
    for (++at_; at_ < text_.size();) {
      const char c = text_[at_];
      if (c == closing) {
        ++at_;
        return;
      }
      if (c == '"' || c == '\'' || c == '`') {
        skip_string();
      } else {
        ++at_;
      }
    }
    understood_ = false;
  }

  void word() {
    const std::size_t begin = at_;
    const std::string name = lower(take_word());
    const std::size_t end = at_;
    skip_space();
    if (name == "with" && next() == '(') {  // a template: what it reads stands elsewhere
      understood_ = false;
    } else if (is_one_of(kGroupings, name)) {
      if (next() == '(') skip_closed(')');
    } else if (!is_one_of(kWords, name) && next() != '(' && !is_before_grouping()) {
      at_ = end;
      selector(begin);
    }
  }

  // "sum by (pod) (…)": the word before is an aggregation.
  bool is_before_grouping() {
    const std::size_t here = at_;
    const std::string following = lower(take_word());
    at_ = here;
    return following == "by" || following == "without";
  }

  // A name, labels or both; the name, if any, is behind us.
  void selector(std::size_t begin) {
    std::size_t end = at_;
    skip_space();
    if (next() == '{') {
      skip_closed('}');
      end = at_;
    }
    std::string text(text_.substr(begin, end - begin));
    if (std::find(found_.begin(), found_.end(), text) == found_.end()) {
      found_.push_back(std::move(text));
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  bool understood_ = true;
  std::vector<std::string> found_;
};

}  // namespace

std::optional<std::vector<std::string>> selectors_of(std::string_view expression) {
  return Reader(expression).read();
}

std::string oldest_sample_query(const std::vector<std::string>& selectors) {
  if (selectors.size() == 1) return "min(timestamp(" + selectors[0] + "))";
  // timestamp() drops the name, and `or` what has the same labels: a label of ours tells them
  // apart.
  std::string query = "min(";
  for (std::size_t i = 0; i < selectors.size(); ++i) {
    query += (i > 0 ? " or " : "");
    query += "label_replace(timestamp(" + selectors[i] + "), \"thaw_selector\", \"" +
             std::to_string(i) + "\", \"\", \"\")";
  }
  return query + ")";
}

}  // namespace thaw::metrics
