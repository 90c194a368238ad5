#include "drivers/gateway/async/headers.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "drivers/http/ascii.hpp"

namespace thaw::gateway::async {
namespace {

using http::same_letters;

constexpr std::array<std::string_view, 19> kNotPassedOn = {"Connection",
                                                           "Keep-Alive",
                                                           "Proxy-Connection",
                                                           "Proxy-Authenticate",
                                                           "TE",
                                                           "Trailer",
                                                           "Upgrade",
                                                           "Proxy-Authorization",
                                                           "Transfer-Encoding",
                                                           "Content-Length",
                                                           "Host",
                                                           "Expect",
                                                           kElementId,
                                                           kTryNumber,
                                                           kLastTry,
                                                           "X-Function-Status",
                                                           "X-Function-Name",
                                                           "X-Duration-Seconds",
                                                           kCallId};

std::vector<std::string_view> words(std::string_view list) {
  std::vector<std::string_view> found;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    std::string_view word = list.substr(0, comma);
    while (word.starts_with(' ') || word.starts_with('\t')) word.remove_prefix(1);
    while (word.ends_with(' ') || word.ends_with('\t')) word.remove_suffix(1);
    if (!word.empty()) found.push_back(word);
    list.remove_prefix(comma == std::string_view::npos ? list.size() : comma + 1);
  }
  return found;
}

}  // namespace

http::Headers passed_on(http::Headers headers) {
  std::string named;  // by Connection, as of this hop
  for (const auto& [name, value] : headers) {
    if (same_letters(name, "Connection")) named += value + ",";
  }
  const std::vector<std::string_view> hops = words(named);
  std::erase_if(headers, [&](const auto& header) {
    const auto is_it = [&](std::string_view name) { return same_letters(name, header.first); };
    return std::ranges::any_of(kNotPassedOn, is_it) || std::ranges::any_of(hops, is_it);
  });
  return headers;
}

std::string in_seconds(Duration length) {
  const std::int64_t us = std::max<std::int64_t>(length.count() / 1'000, 0);
  std::string fraction = std::to_string(us % 1'000'000);
  fraction.insert(0, 6 - fraction.size(), '0');
  return std::to_string(us / 1'000'000) + "." + fraction;
}

}  // namespace thaw::gateway::async
