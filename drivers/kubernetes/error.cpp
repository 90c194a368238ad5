#include "drivers/kubernetes/error.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "drivers/kubernetes/json.hpp"

namespace thaw::kubernetes {
namespace {

using Kind = ApiError::Kind;

constexpr std::size_t kLongestReason = 500;

std::string text_of(const ApiError::Facts& facts) {
  std::string text = std::string(to_text(facts.kind)) + ": " + facts.request;
  if (!facts.reason.empty()) text += ": " + facts.reason;
  if (!facts.mend.empty()) text += "; " + facts.mend;
  return text;
}

Kind kind_of(int status) {
  switch (status) {
    case 401:
      return Kind::unauthorized;
    case 403:
      return Kind::forbidden;
    case 404:
      return Kind::not_found;
    case 409:
      return Kind::conflict;
    case 410:
      return Kind::gone;
    case 429:
      return Kind::throttled;
    default:
      if (status >= 500) return Kind::server;
      return status >= 400 ? Kind::invalid : Kind::malformed;
  }
}

Kind kind_of(http::Failure::Kind kind) {
  switch (kind) {
    case http::Failure::Kind::tls:
      return Kind::tls;
    case http::Failure::Kind::timeout:
      return Kind::timeout;
    case http::Failure::Kind::malformed:
    case http::Failure::Kind::too_large:
      return Kind::malformed;
    default:
      return Kind::unreachable;
  }
}

std::string bounded(std::string text) {
  if (text.size() > kLongestReason) text = text.substr(0, kLongestReason) + "…";
  return text;
}

std::vector<std::string_view> segments_of(std::string_view path) {
  std::vector<std::string_view> segments;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    if (slash != 0) segments.push_back(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return segments;
}

// What RBAC says: 'deployments.apps "y" is forbidden: User "u" cannot patch resource …'. The
// request says it all again, but for the user.
std::optional<std::string> refused_user(const std::string& message) {
  constexpr std::string_view kBefore = "User \"";
  const std::size_t begin = message.find(kBefore);
  if (begin == std::string::npos || message.find("\" cannot ", begin) == std::string::npos) {
    return std::nullopt;
  }
  const std::size_t from = begin + kBefore.size();
  return message.substr(from, message.find('"', from) - from);
}

std::string_view verb_of(const http::Request& request) {
  const std::string& method = request.method;
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return "delete";
  return "get";
}

std::optional<Duration> seconds_in(std::string_view text) {
  int seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || end != text.data() + text.size() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, 3'600));
}

// The API's own account of a refusal, as far as the body is one.
void read_status(const http::Response& response, ApiError::Facts& facts) {
  const Json status = Json::parse(response.body, nullptr, false);
  if (!status.is_object()) {
    facts.reason = "HTTP " + std::to_string(response.status);
    const std::size_t end = response.body.find_first_of("\r\n");
    if (!response.body.empty()) facts.reason += ": " + bounded(response.body.substr(0, end));
    return;
  }
  const auto message = status.find("message");
  if (message != status.end() && message->is_string()) {
    facts.reason = bounded(message->get<std::string>());
  }
  const auto details = status.find("details");
  if (details == status.end() || !details->is_object()) return;
  const auto seconds = details->find("retryAfterSeconds");
  if (seconds != details->end() && seconds->is_number_integer()) {
    facts.retry_after = seconds_in(std::to_string(seconds->get<std::int64_t>()));
  }
}

}  // namespace

std::string_view to_text(Kind kind) {
  switch (kind) {
    case Kind::unauthorized:
      return "unauthorized";
    case Kind::forbidden:
      return "forbidden";
    case Kind::not_found:
      return "not found";
    case Kind::conflict:
      return "conflict";
    case Kind::gone:
      return "gone";
    case Kind::invalid:
      return "invalid";
    case Kind::throttled:
      return "throttled";
    case Kind::server:
      return "server error";
    case Kind::unreachable:
      return "unreachable";
    case Kind::timeout:
      return "timeout";
    case Kind::tls:
      return "TLS";
    case Kind::malformed:
      return "malformed";
  }
  return "malformed";
}

ApiError::ApiError(Facts facts) : std::runtime_error(text_of(facts)), facts_(std::move(facts)) {}

bool ApiError::passing() const {
  return facts_.kind == Kind::throttled || facts_.kind == Kind::server ||
         facts_.kind == Kind::unreachable || facts_.kind == Kind::timeout || facts_.status == 408;
}

std::string describe(std::string_view verb, std::string_view target) {
  const std::size_t question = target.find('?');
  const std::string_view query =
      question == std::string_view::npos ? "" : target.substr(question + 1);
  std::vector<std::string_view> parts = segments_of(target.substr(0, question));
  // /api/VERSION/… and /apis/GROUP/VERSION/…
  const std::size_t head = parts.empty()        ? 0
                           : parts[0] == "api"  ? 2
                           : parts[0] == "apis" ? 3
                                                : parts.size();
  if (parts.size() <= head)
    return std::string(verb) + " " + std::string(target.substr(0, question));
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(head));
  std::string where;
  if (parts[0] == "namespaces" && parts.size() > 2) {
    where = " in namespace " + std::string(parts[1]);
    parts.erase(parts.begin(), parts.begin() + 2);
  }
  if (verb == "get" && parts.size() == 1) {
    verb = query.find("watch=1") != std::string_view::npos ? "watch" : "list";
  }
  std::string text = std::string(verb) + " " + std::string(parts[0]);
  if (parts.size() > 2) text += "/" + std::string(parts[2]);
  return text + where;
}

ApiError error_of(const http::Request& request, const http::Response& response) {
  ApiError::Facts facts;
  facts.kind = kind_of(response.status);
  facts.status = response.status;
  facts.request = describe(verb_of(request), request.target);
  read_status(response, facts);
  if (const auto header = response.header("Retry-After")) {
    if (const auto asked = seconds_in(*header)) facts.retry_after = asked;
  }
  if (facts.kind == Kind::unauthorized) {
    facts.mend = "check the credentials of this context";
  } else if (facts.kind == Kind::forbidden) {
    if (const auto user = refused_user(facts.reason)) {
      facts.request += " as " + *user;
      facts.reason.clear();
      facts.mend = "apply deploy/rbac.yaml";
    }
  }
  return ApiError(std::move(facts));
}

ApiError error_of(const http::Request& request, const http::Failure& failure) {
  ApiError::Facts facts;
  facts.kind = kind_of(failure.kind());
  facts.request = describe(verb_of(request), request.target);
  facts.reason = bounded(failure.what());
  facts.maybe_received = failure.maybe_received();
  switch (failure.kind()) {
    case http::Failure::Kind::tls:
      facts.mend = "check certificate-authority-data, tls-server-name and the client certificate";
      break;
    case http::Failure::Kind::resolve:
    case http::Failure::Kind::connect:
      facts.mend = "check that the server can be reached from here, and HTTPS_PROXY and NO_PROXY";
      break;
    default:
      break;
  }
  return ApiError(std::move(facts));
}

}  // namespace thaw::kubernetes
