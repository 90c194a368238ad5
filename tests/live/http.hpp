// The least of an HTTP client that the live tests need: one request to http://ADDRESS:PORT/…, its
// answer as it came.
//
// Errors: std::runtime_error where nothing listens, or the answer is cut off or no HTTP.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace thaw::live {

struct Piece {
  std::string text;
  std::chrono::steady_clock::time_point at;
};

struct Reply {
  int status = 0;
  std::string body;
  std::vector<Piece> pieces;  // of a chunked answer: each chunk, and when it was here
};

// more: header fields, a line each.
Reply http(const std::string& method, const std::string& url, const std::string& body = {},
           const std::vector<std::string>& more = {});

}  // namespace thaw::live
