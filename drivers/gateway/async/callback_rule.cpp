#include "drivers/gateway/async/callback_rule.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "drivers/http/ascii.hpp"

namespace thaw::gateway::async {
namespace {

constexpr std::size_t kLongest = 2'048;

using Bytes = std::vector<std::uint8_t>;

struct Network {
  std::array<std::uint8_t, 16> bytes;
  unsigned bits;
};

bool is_in(const Bytes& address, const Network& network) {
  const std::size_t whole = network.bits / 8;
  if (!std::equal(address.begin(), address.begin() + static_cast<std::ptrdiff_t>(whole),
                  network.bytes.begin())) {
    return false;
  }
  const unsigned rest = network.bits % 8;
  if (rest == 0) return true;
  return (address[whole] >> (8 - rest)) == (network.bytes[whole] >> (8 - rest));
}

constexpr std::array<Network, 8> kRefused4 = {{{{0}, 8},
                                               {{127}, 8},
                                               {{169, 254}, 16},
                                               {{224}, 4},  // multicast
                                               {{240}, 4},  // reserved, broadcast
                                               {{100, 100, 100, 200}, 32},
                                               {{168, 63, 129, 16}, 32},
                                               {{192, 0, 0, 192}, 32}}};
constexpr std::array<Network, 5> kRefused6 = {
    {{{0}, 127},  // unspecified, loopback
     {{0xfe, 0x80}, 10},
     {{0xfe, 0xc0}, 10},  // site-local, as it was
     {{0xff}, 8},
     {{0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54}, 128}}};
// What stands for an IPv4 address, in its last four bytes.
constexpr std::array<Network, 3> kMapped = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, {{0, 0x64, 0xff, 0x9b}, 96}, {{0}, 96}}};

bool is_in_any(const Bytes& address, const auto& networks) {
  return std::ranges::any_of(networks, [&](const Network& n) { return is_in(address, n); });
}

bool lists(const std::vector<std::string>& hosts, const std::string& host) {
  return std::ranges::any_of(hosts, [&](const std::string& listed) {
    return listed.starts_with('.') ? host.ends_with(listed) : host == listed;
  });
}

}  // namespace

bool may_be_posted_to(const Bytes& address) {
  if (address.size() == 4) return !is_in_any(address, kRefused4);
  if (address.size() != 16 || is_in_any(address, kRefused6)) return false;
  if (!is_in_any(address, kMapped)) return true;
  return may_be_posted_to({address.end() - 4, address.end()});
}

CallbackRule::CallbackRule(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {
  for (std::string& host : hosts_) host = http::lower(host);
}

std::variant<CallbackTarget, std::string> CallbackRule::target(std::string_view url) const {
  if (url.size() > kLongest) return "it has more than " + std::to_string(kLongest) + " bytes";
  for (const char c : url) {
    if (c <= ' ' || c >= 0x7f) return "it has a character that belongs into no URL";
  }
  // Only the part before the path names a server.
  const std::size_t scheme = url.find("://");
  const std::size_t from = scheme == std::string_view::npos ? 0 : scheme + 3;
  const std::size_t path = std::min(url.find_first_of("/?#", from), url.size());
  auto parsed = http::parse_url(url.substr(0, path));
  if (auto* const problem = std::get_if<std::string>(&parsed)) return std::move(*problem);
  CallbackTarget target;
  target.endpoint = std::move(std::get<http::Endpoint>(parsed));
  target.path = url.substr(path, url.find('#', path) - path);
  if (!target.path.starts_with('/')) target.path.insert(0, "/");
  std::string host = http::lower(target.endpoint.host);
  if (host.ends_with('.')) host.pop_back();
  target.vouched = lists(hosts_, host);
  if (!hosts_.empty() && !target.vouched) return "its host is not among those that are allowed";
  return target;
}

}  // namespace thaw::gateway::async
