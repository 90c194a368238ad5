#include "engine/params.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>

namespace thaw {
namespace {

std::string lowered(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::string expected_integer(std::int64_t least, std::int64_t most) {
  if (most == std::numeric_limits<std::int64_t>::max()) {
    return "an integer of at least " + std::to_string(least);
  }
  return "an integer from " + std::to_string(least) + " to " + std::to_string(most);
}

}  // namespace

void Params::set(std::string key, std::string value, Place place) {
  entries_.insert_or_assign(std::move(key), Entry{std::move(value), std::move(place)});
}

const Params::Entry* Params::find(std::string_view key) const {
  const auto found = entries_.find(std::string(key));
  return found == entries_.end() ? nullptr : &found->second;
}

ParamsReader::ParamsReader(const Params& params, Diagnostics& diagnostics, std::string owner)
    : params_(params), diagnostics_(diagnostics), owner_(std::move(owner)) {}

void ParamsReader::error(const std::string& key, const std::string& message) {
  const Params::Entry* entry = params_.find(key);
  diagnostics_.error(entry ? entry->place : Place{}, owner_.empty() ? key : owner_ + "." + key,
                     message);
}

void ParamsReader::ignore(const std::string& key) { known_.insert(key); }

bool ParamsReader::boolean(const std::string& key, bool fallback) {
  known_.insert(key);
  const Params::Entry* entry = params_.find(key);
  if (!entry) return fallback;
  const std::string value = lowered(entry->value);
  if (value == "true") return true;
  if (value == "false") return false;
  error(key, "expected true or false, found \"" + entry->value + "\"");
  return fallback;
}

std::int64_t ParamsReader::integer(const std::string& key, std::int64_t fallback,
                                   std::int64_t least, std::int64_t most) {
  known_.insert(key);
  const Params::Entry* entry = params_.find(key);
  if (!entry) return fallback;
  const auto value = whole_number(entry->value);
  if (value && *value >= least && *value <= most) return *value;
  error(key, "expected " + expected_integer(least, most) + ", found \"" + entry->value + "\"");
  return fallback;
}

std::string ParamsReader::text(const std::string& key, std::string fallback) {
  known_.insert(key);
  const Params::Entry* entry = params_.find(key);
  return entry ? entry->value : std::move(fallback);
}

std::string ParamsReader::one_of(const std::string& key, std::string fallback,
                                 const std::vector<std::string>& allowed) {
  known_.insert(key);
  const Params::Entry* entry = params_.find(key);
  if (!entry) return fallback;
  if (std::find(allowed.begin(), allowed.end(), entry->value) != allowed.end()) return entry->value;
  std::string choices;
  for (const std::string& choice : allowed) choices += (choices.empty() ? "" : ", ") + choice;
  error(key, "expected one of " + choices + ", found \"" + entry->value + "\"");
  return fallback;
}

std::vector<std::string> ParamsReader::list(const std::string& key) {
  known_.insert(key);
  std::vector<std::string> parts;
  const Params::Entry* entry = params_.find(key);
  if (!entry) return parts;
  std::string_view rest = entry->value;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    const std::string_view part = trimmed(rest.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  return parts;
}

std::vector<std::string> ParamsReader::items(const std::string& key) {
  std::vector<std::string> found;
  while (const Params::Entry* entry = params_.find(key + "." + std::to_string(found.size()))) {
    known_.insert(key + "." + std::to_string(found.size()));
    found.push_back(entry->value);
  }
  return found;
}

std::vector<std::string> ParamsReader::children(const std::string& key) {
  const std::string prefix = key.empty() ? "" : key + ".";
  std::set<std::string> names;
  for (const auto& [name, entry] : params_.entries()) {
    if (name.size() <= prefix.size() || name.compare(0, prefix.size(), prefix) != 0) continue;
    names.insert(name.substr(prefix.size(), name.find('.', prefix.size()) - prefix.size()));
  }
  return {names.begin(), names.end()};
}

void ParamsReader::finish() {
  const std::vector<std::string> known(known_.begin(), known_.end());
  for (const auto& [key, entry] : params_.entries()) {
    if (known_.contains(key)) continue;
    const std::string near = nearest(key, known);
    error(key, near.empty() ? "unknown setting" : "unknown setting, did you mean " + near + "?");
  }
}

}  // namespace thaw
