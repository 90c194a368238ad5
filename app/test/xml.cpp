#include "app/test/xml.hpp"

#include <cstdint>

namespace thaw::app {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

// How many bytes a sequence has that begins like this; 0: none begins so.
std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  if (first >= 0xF0 && first <= 0xF4) return 4;
  return 0;
}

// The character at the front of `text`, as its bytes; empty if there is none that is valid.
std::string_view front_of(std::string_view text) {
  const std::size_t length = length_of(static_cast<unsigned char>(text.front()));
  if (length == 0 || length > text.size()) return {};
  auto code = static_cast<std::uint32_t>(static_cast<unsigned char>(text.front()));
  if (length > 1) code &= 0x7FU >> length;
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80U) return {};
    code = (code << 6U) | (byte & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[length] || surrogate || code > 0x10FFFF) return {};
  if (code == 0xFFFE || code == 0xFFFF) return {};
  return text.substr(0, length);
}

}  // namespace

std::string xml_escaped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view character = front_of(text.substr(at));
    at += character.empty() ? 1 : character.size();
    const char c = character.empty() ? '\0' : character.front();
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (c == '\n' || c == '\t' || c == '\r') {
      out += "&#" + std::to_string(static_cast<int>(c)) + ";";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += kReplacement;
    } else {
      out += character;
    }
  }
  return out;
}

}  // namespace thaw::app
