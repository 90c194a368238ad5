// An answer as it arrives: Beast's parser, feeding a Response or lines.
//
// Included by connection.cpp alone, as Beast is.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "drivers/http/lines.hpp"

namespace thaw::http {

class AnswerParser final : public boost::beast::http::basic_parser<false> {
 public:
  AnswerParser(const Bounds& bounds, const Client::Line* line) : bounds_(bounds) {
    if (line) lines_.emplace(*line, bounds.line);
    header_limit(static_cast<std::uint32_t>(bounds.head));
    body_limit(std::numeric_limits<std::uint64_t>::max());  // 1.74 takes none for nothing at all
    eager(true);
  }

  Response response;
  bool streams() const { return lines_ && response.ok(); }
  bool whole_lines() const { return !lines_ || lines_->whole(); }

 private:
  using Code = boost::beast::error_code;
  using Text = boost::beast::string_view;
  static std::string_view plain(Text text) { return {text.data(), text.size()}; }

  void on_request_impl(boost::beast::http::verb, Text, Text, int, Code&) override {}
  void on_response_impl(int code, Text, int, Code&) override { response.status = code; }
  void on_field_impl(boost::beast::http::field, Text name, Text value, Code&) override {
    response.headers.emplace_back(plain(name), plain(value));
  }
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code&) override {}
  std::size_t on_body_impl(Text body, Code&) override { return take(plain(body)); }
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text body, Code&) override {
    return take(plain(body));
  }
  void on_finish_impl(Code&) override {}

  std::size_t take(std::string_view body) {
    if (streams()) {
      lines_->take(body);
    } else if (bounds_.cut) {
      response.body += body.substr(0, bounds_.body - response.body.size());
    } else if (response.body.size() + body.size() > bounds_.body) {
      throw Failure(Failure::Kind::too_large,
                    "an answer of more than " + std::to_string(bounds_.body) + " bytes");
    } else {
      response.body += body;
    }
    return body.size();
  }

  const Bounds& bounds_;
  std::optional<Lines> lines_;
};

}  // namespace thaw::http
