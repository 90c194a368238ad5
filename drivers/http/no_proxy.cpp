// What the environment says of proxies. Source: golang.org/x/net/http/httpproxy.
#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <utility>

#include "drivers/http/ascii.hpp"
#include "drivers/http/endpoint.hpp"

namespace thaw::http {
namespace {

struct Address {
  int bits = 0;  // 32 or 128; 0: it is a name
  std::array<unsigned char, 16> bytes{};
};

Address address_in(const std::string& host) {
  Address address;
  if (inet_pton(AF_INET, host.c_str(), address.bytes.data()) == 1)
    address.bits = 32;
  else if (inet_pton(AF_INET6, host.c_str(), address.bytes.data()) == 1)
    address.bits = 128;
  return address;
}

bool same_prefix(const Address& a, const Address& b, int bits) {
  if (a.bits != b.bits || bits < 0 || bits > a.bits) return false;
  const auto whole = static_cast<std::size_t>(bits / 8);
  if (std::memcmp(a.bytes.data(), b.bytes.data(), whole) != 0) return false;
  const int left = bits % 8;
  return left == 0 || (a.bytes[whole] ^ b.bytes[whole]) >> (8 - left) == 0;
}

bool is_loopback(const std::string& host, const Address& address) {
  if (same_letters(host, "localhost")) return true;
  if (address.bits == 32) return address.bytes[0] == 127;
  return address.bits == 128 && same_prefix(address, address_in("::1"), 128);
}

// One entry of NO_PROXY against a host.
bool covers(std::string entry, const std::string& host, std::uint16_t port,
            const Address& address) {
  if (entry == "*") return true;
  if (const std::size_t slash = entry.find('/'); slash != std::string::npos) {
    int bits = -1;
    std::from_chars(entry.data() + slash + 1, entry.data() + entry.size(), bits);
    return address.bits != 0 && same_prefix(address, address_in(entry.substr(0, slash)), bits);
  }
  // "host:port", "[::1]:port"; a bare IPv6 address has colons of its own.
  const std::size_t colon = entry.rfind(':');
  if (colon != std::string::npos && (entry.find(':') == colon || entry[colon - 1] == ']')) {
    if (entry.substr(colon + 1) != std::to_string(port)) return false;
    entry.resize(colon);
  }
  if (entry.starts_with('[') && entry.ends_with(']')) entry = entry.substr(1, entry.size() - 2);
  if (address.bits != 0) return same_prefix(address, address_in(entry), address.bits);
  if (entry.starts_with("*.")) entry.erase(0, 1);
  if (entry.empty()) return false;
  const std::string small = lower(std::string_view(host)), name = lower(std::string_view(entry));
  if (name.starts_with('.')) return small.ends_with(name);
  return small == name || small.ends_with("." + name);
}

}  // namespace

std::variant<std::optional<Proxy>, std::string> proxy_for(
    const Endpoint& endpoint,
    const std::function<std::optional<std::string>(const char*)>& environment) {
  const auto either = [&](const char* large, const char* small) {
    auto value = environment(large);
    if (!value || value->empty()) value = environment(small);
    return value.value_or("");
  };
  const char* const variable = endpoint.tls ? "HTTPS_PROXY" : "HTTP_PROXY";
  const std::string url =
      endpoint.tls ? either("HTTPS_PROXY", "https_proxy") : either("HTTP_PROXY", "http_proxy");
  const Address address = address_in(endpoint.host);
  if (url.empty() || is_loopback(endpoint.host, address)) return std::optional<Proxy>{};
  const std::string list = either("NO_PROXY", "no_proxy");
  for (std::size_t from = 0; from <= list.size();) {
    const std::size_t comma = std::min(list.find(',', from), list.size());
    std::string entry = list.substr(from, comma - from);
    std::erase(entry, ' ');
    if (!entry.empty() && covers(entry, endpoint.host, endpoint.port, address)) {
      return std::optional<Proxy>{};
    }
    from = comma + 1;
  }
  auto proxy = parse_proxy_url(url);
  if (auto* const problem = std::get_if<std::string>(&proxy)) {
    return std::string(variable) + ": " + *problem;
  }
  return std::optional<Proxy>(std::get<Proxy>(std::move(proxy)));
}

}  // namespace thaw::http
