// Where a server is, how it is reached, and how it proves itself.
//
// Certificates and keys are PEM text, not paths. Errors: parse_url and proxy_for say what is wrong
// in words, with no secret of the URL in them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace thaw::http {

struct Tls {
  std::string ca;           // authorities to trust; empty: the system's
  std::string certificate;  // the client's chain, with `key`; empty: none is presented
  std::string key;
  std::string server_name;  // in place of the host, for SNI and for the check; empty: the host
  bool insecure = false;    // no check at all

  friend bool operator==(const Tls&, const Tls&) = default;
};

struct Proxy {
  std::string host;  // an IPv6 address without brackets
  std::uint16_t port = 3128;
  std::string authorization;  // a whole Proxy-Authorization value, or empty
};

struct Endpoint {
  std::optional<Tls> tls = Tls{};  // nothing: plain HTTP
  std::string host;                // an IPv6 address without brackets
  std::string address;  // an IP that is connected to in the host's name; empty: it is looked up
  std::uint16_t port = 443;
  std::string base_path;       // "" or "/prefix", without '/' at the end
  std::optional<Proxy> proxy;  // asked to CONNECT, for plain HTTP too

  std::string authority() const;  // "host:port", "[::1]:6443", the default port left out
};

// "https://[fd00::1]:6443/k8s/" → an Endpoint without certificates; the string says what is wrong.
std::variant<Endpoint, std::string> parse_url(std::string_view url);

// "http://user:password@host:port"; other schemes are told as not supported.
std::variant<Proxy, std::string> parse_proxy_url(std::string_view url);

// What HTTPS_PROXY (HTTP_PROXY for plain HTTP) and NO_PROXY say of this endpoint, either case of
// letters. NO_PROXY: "*", host, .domain, address, CIDR, each with an optional port. Loopback is
// never proxied. `environment` gives a variable's value, or nothing. Source: Go's httpproxy.
std::variant<std::optional<Proxy>, std::string> proxy_for(
    const Endpoint& endpoint,
    const std::function<std::optional<std::string>(const char*)>& environment);

}  // namespace thaw::http
