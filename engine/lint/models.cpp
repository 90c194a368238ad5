#include "engine/lint/models.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

namespace thaw::lint {
namespace {

constexpr std::int64_t kTenthGB = 100'000'000;

// The first of a family is its default.
constexpr std::array<KnownModel, 13> kModels{{
    {"tinyllama", "1.1b", 640'000'000, 22, 256, 2048},
    {"llama2", "7b", 38 * kTenthGB, 32, 4096, 4096},
    {"llama2", "13b", 73 * kTenthGB, 40, 5120, 4096},
    {"llama2", "70b", 390 * kTenthGB, 80, 1024, 4096},
    {"llama3", "8b", 47 * kTenthGB, 32, 1024, 8192},
    {"llama3.2", "3b", 20 * kTenthGB, 28, 1024, 131'072},
    {"llama3.2", "1b", 13 * kTenthGB, 16, 512, 131'072},
    {"mistral", "7b", 41 * kTenthGB, 32, 1024, 32'768},
    {"gemma", "2b", 17 * kTenthGB, 18, 256, 8192},
    {"gemma", "7b", 48 * kTenthGB, 28, 4096, 8192},
    {"gemma2", "2b", 16 * kTenthGB, 26, 1024, 8192},
    {"phi-2", "2.7b", 17 * kTenthGB, 32, 2560, 2048},
    {"phi", "2.7b", 17 * kTenthGB, 32, 2560, 2048},
}};

bool is_alnum(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// How much of `text` from `at` is the family's name: as it is, or with a blank before its number.
std::size_t length_of(std::string_view text, std::size_t at, std::string_view family) {
  std::size_t end = at;
  for (const char c : family) {
    const bool number_begins = is_digit(c) && end > at && !is_digit(text[end - 1]);
    if (number_begins && end < text.size() && text[end] == ' ') ++end;
    if (end >= text.size() || text[end] != c) return 0;
    ++end;
  }
  return end - at;
}

// "7b" in "-7b-chat"; empty: none.
std::string_view size_in(std::string_view tag) {
  for (std::size_t i = 0; i < tag.size(); ++i) {
    if (!is_digit(tag[i])) continue;
    std::size_t end = i;
    while (end < tag.size() && (is_digit(tag[end]) || tag[end] == '.')) ++end;
    if (end < tag.size() && tag[end] == 'b') return tag.substr(i, end - i + 1);
    i = end - 1;
  }
  return {};
}

bool says_other_weights(std::string_view tag) {
  return std::ranges::any_of(std::array<std::string_view, 5>{"fp16", "f16", "q8", "q6", "q2"},
                             [&](std::string_view one) { return tag.find(one) != tag.npos; });
}

const KnownModel* model_called(std::string_view family, std::string_view tag) {
  if (says_other_weights(tag)) return nullptr;
  const std::string_view size = size_in(tag);
  for (const KnownModel& model : kModels)
    if (model.family == family && (size.empty() || model.size == size)) return &model;
  return nullptr;
}

std::optional<Mention> mention_at(std::string_view lower, std::size_t at) {
  std::optional<Mention> longest;
  for (const KnownModel& one : kModels) {
    const std::size_t length = length_of(lower, at, one.family);
    if (length == 0 || (longest && longest->text.size() >= length)) continue;
    const std::size_t behind = at + length;
    std::size_t end = behind;
    while (end < lower.size() &&
           (is_alnum(lower[end]) ||
            std::string_view(":-_.").find(lower[end]) != std::string_view::npos))
      ++end;
    const std::string_view tag = lower.substr(behind, end - behind);
    const bool ends = tag.empty() || !is_alnum(tag.front());
    const bool another = tag.size() > 1 && tag[0] == '.' && is_digit(tag[1]);
    longest = Mention{ends && !another ? model_called(one.family, tag) : nullptr, at,
                      std::string(lower.substr(at, length))};
  }
  return longest;
}

}  // namespace

std::vector<Mention> mentions_in(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  std::vector<Mention> mentions;
  for (std::size_t at = 0; at < lower.size(); ++at) {
    if (!is_alnum(lower[at]) || (at > 0 && is_alnum(lower[at - 1]))) continue;
    auto found = mention_at(lower, at);
    if (!found || !found->model) continue;
    const bool known = std::ranges::any_of(
        mentions, [&](const Mention& other) { return other.model == found->model; });
    found->text = text.substr(at, found->text.size());
    if (!known) mentions.push_back(std::move(*found));
  }
  return mentions;
}

}  // namespace thaw::lint
