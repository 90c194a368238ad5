#include "drivers/gateway/target.hpp"

#include <algorithm>
#include <charconv>
#include <string>

#include "drivers/http/ascii.hpp"

namespace thaw::gateway {
namespace {

bool starts_with(std::string_view path, std::string_view prefix) {
  return path.size() >= prefix.size() && http::same_letters(path.substr(0, prefix.size()), prefix);
}

bool hidden_as_it_stands(const Visibility& visibility, std::string_view path) {
  for (const auto& [prefix, hidden] : visibility.paths) {
    if (starts_with(path, prefix)) return hidden;
  }
  return visibility.hidden;
}

std::string decoded(std::string_view path) {
  std::string text;
  for (std::size_t i = 0; i < path.size(); ++i) {
    unsigned byte = 0;
    const char* const digits = path.data() + i + 1;
    if (path[i] == '%' && i + 2 < path.size() &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      text += static_cast<char>(byte);
      i += 2;
    } else {
      text += path[i];
    }
  }
  return text;
}

// "/a//b/./../c" → "/a/c"; a backslash is a slash to some, and what follows a ';' nothing.
std::string without_dots(std::string_view path) {
  std::string text;
  while (!path.empty()) {
    const std::size_t end = path.find_first_of("/\\", 1);
    std::string_view segment = path.substr(1, end == std::string_view::npos ? end : end - 1);
    path.remove_prefix(end == std::string_view::npos ? path.size() : end);
    segment = segment.substr(0, segment.find(';'));
    if (segment == "..") {
      text.resize(text.empty() ? 0 : text.rfind('/'));
    } else if (!segment.empty() && segment != ".") {
      text.append("/").append(segment);
    }
  }
  return text.empty() ? "/" : text;
}

}  // namespace

Target split(std::string_view target) {
  Target found;
  std::string_view rest;
  if (target.starts_with("/function/")) {
    found.kind = Target::Kind::function;
    rest = target.substr(sizeof "/function/" - 1);
  } else if (target.starts_with("/async-function/")) {
    found.kind = Target::Kind::async_function;
    rest = target.substr(sizeof "/async-function/" - 1);
  } else {
    return found;
  }
  const std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
  found.name = rest.substr(0, end);
  found.rest = rest.substr(end);
  return found;
}

bool hidden(const Visibility& visibility, std::string_view rest) {
  std::string_view path = rest.substr(0, rest.find('?'));
  if (path.empty()) path = "/";
  if (visibility.paths.empty()) return visibility.hidden;
  if (hidden_as_it_stands(visibility, path)) return true;
  if (path.find_first_of("%\\;") == std::string_view::npos &&
      path.find("//") == std::string_view::npos && path.find("/.") == std::string_view::npos)
    return false;
  std::string plain(path);
  for (int times = 0; times < 3; ++times) {  // decoded once too often is decoded, too
    plain = decoded(plain);
    const std::string clean = without_dots(plain);
    if (hidden_as_it_stands(visibility, clean)) return true;
    if (hidden_as_it_stands(visibility, clean + "/")) return true;
  }
  return false;
}

}  // namespace thaw::gateway
