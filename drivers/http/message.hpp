// An HTTP request and its answer as plain values: no library's types.
//
// Header names are compared without regard to case. A body is bytes, as they came (no encoding is
// asked for). Source: RFC 9110, RFC 9112.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace thaw::http {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The first header of that name, or nothing.
std::optional<std::string_view> find_header(const Headers& headers, std::string_view name);

struct Request {
  std::string method = "GET";
  std::string target = "/";  // path and query, percent-encoded; Endpoint::base_path comes before it
  Headers headers;           // Host, Content-Length and Connection are the client's
  std::string body;
};

struct Response {
  int status = 0;
  Headers headers;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  std::optional<std::string_view> header(std::string_view name) const {
    return find_header(headers, name);
  }
};

// An answer in words.
Response plain(int status, std::string text);

// "a b/ü" → "a%20b%2F%C3%BC": one segment of a path, or one value of a query.
std::string percent_encoded(std::string_view text);

}  // namespace thaw::http
