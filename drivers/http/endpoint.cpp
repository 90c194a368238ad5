#include "drivers/http/endpoint.hpp"

#include <charconv>
#include <system_error>
#include <utility>

#include "drivers/http/ascii.hpp"
#include "drivers/http/base64.hpp"

namespace thaw::http {
namespace {

// The parts of scheme://user@host:port/path, split and not judged.
struct Url {
  std::string scheme, user, host, path;
  std::optional<std::uint16_t> port;
};

std::optional<std::uint16_t> port_in(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (number == 0 || number > 65'535) return std::nullopt;
  return static_cast<std::uint16_t>(number);
}

std::variant<Url, std::string> split(std::string_view text) {
  Url url;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return "it has no scheme: expected https://HOST[:PORT]";
  url.scheme = lower(text.substr(0, scheme));
  text.remove_prefix(scheme + 3);
  const std::size_t slash = text.find_first_of("/?#");
  if (slash != std::string_view::npos) url.path = text.substr(slash);
  text = text.substr(0, slash);
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    url.user = text.substr(0, at);
    text.remove_prefix(at + 1);
  }
  std::string_view rest;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return "its IPv6 address does not end in ']'";
    url.host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else {
    const std::size_t colon = text.find(':');
    url.host = text.substr(0, colon);
    if (colon != std::string_view::npos) rest = text.substr(colon);
  }
  if (url.host.empty()) return "it names no host";
  for (const char c : url.host) {
    if (c <= ' ' || c == 0x7f) return "its host has a blank in it";
  }
  if (!rest.empty()) {
    url.port = rest.starts_with(':') ? port_in(rest.substr(1)) : std::nullopt;
    if (!url.port) return "its port is not a number from 1 to 65535";
  }
  return url;
}

// "a%40b" → "a@b"; what is no escape stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned byte = 0;
    if (text[i] == '%' && i + 2 < text.size()) {
      const char* const digits = text.data() + i + 1;
      if (std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
        plain += static_cast<char>(byte);
        i += 2;
        continue;
      }
    }
    plain += text[i];
  }
  return plain;
}

}  // namespace

std::string Endpoint::authority() const {
  const bool v6 = host.find(':') != std::string::npos;
  std::string text = v6 ? "[" + host + "]" : host;
  if (port != (tls ? 443 : 80)) text += ":" + std::to_string(port);
  return text;
}

std::variant<Endpoint, std::string> parse_url(std::string_view text) {
  auto parts = split(text);
  if (auto* const problem = std::get_if<std::string>(&parts)) return std::move(*problem);
  Url& url = std::get<Url>(parts);
  if (url.scheme != "https" && url.scheme != "http") {
    return "its scheme is \"" + url.scheme + "\": expected https or http";
  }
  if (!url.user.empty()) return "it holds a user name: credentials belong under users";
  if (url.path.find_first_of("?#") != std::string::npos) return "it has a query";
  Endpoint endpoint;
  if (url.scheme == "http") endpoint.tls.reset();
  endpoint.host = std::move(url.host);
  endpoint.port = url.port.value_or(endpoint.tls ? 443 : 80);
  endpoint.base_path = std::move(url.path);
  while (endpoint.base_path.ends_with('/')) endpoint.base_path.pop_back();
  return endpoint;
}

std::variant<Proxy, std::string> parse_proxy_url(std::string_view text) {
  // Go takes a proxy without a scheme as an http one.
  const bool bare = text.find("://") == std::string_view::npos;
  auto parts = split(bare ? "http://" + std::string(text) : std::string(text));
  if (auto* const problem = std::get_if<std::string>(&parts)) return std::move(*problem);
  Url& url = std::get<Url>(parts);
  if (url.scheme != "http") {
    return "a proxy spoken to by \"" + url.scheme +
           "\" is not supported: expected http://HOST:PORT";
  }
  Proxy proxy;
  proxy.host = std::move(url.host);
  proxy.port = url.port.value_or(80);
  if (!url.user.empty()) proxy.authorization = "Basic " + to_base64(percent_decoded(url.user));
  return proxy;
}

}  // namespace thaw::http
