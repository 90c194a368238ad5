#include "drivers/gateway/forward.hpp"

#include <charconv>

#include "drivers/http/ascii.hpp"

namespace thaw::gateway {
namespace {

void add_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

void add_number(std::string& out, std::uint64_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end.ptr);
}

void add_framing(std::string& out, Framing framing, std::uint64_t length) {
  if (framing == Framing::chunked) add_field(out, "Transfer-Encoding", "chunked");
  if (framing != Framing::length) return;
  out.append("Content-Length: ");
  add_number(out, length);
  out.append("\r\n");
}

// The values of every field of that kind, as one list.
void add_list(std::string& out, const Head& head, Known known) {
  for (const Field& field : head.fields) {
    if (field.known == known && !field.value.empty()) out.append(field.value).append(", ");
  }
}

bool has(const Head& head, Known known) {
  for (const Field& field : head.fields) {
    if (field.known == known) return true;
  }
  return false;
}

const char* reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Content Too Large";
    case 417:
      return "Expectation Failed";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    default:
      return "";  // RFC 9112 lets it be empty
  }
}

}  // namespace

void write_request(const RequestHead& head, const Forwarding& how, std::string& out) {
  out.clear();
  out.append(head.method).append(how.rest.starts_with('/') ? " " : " /").append(how.rest);
  out.append(" HTTP/1.1\r\n");
  add_field(out, "Host", how.host);
  bool host_kept = false, proto_kept = false;
  for (const Field& field : head.fields) {
    if (!head.options.empty() && head.names(field.name)) continue;
    host_kept = host_kept || field.known == Known::forwarded_host;
    proto_kept = proto_kept || field.known == Known::forwarded_proto;
    if (field.known == Known::none || field.known == Known::forwarded_host ||
        field.known == Known::forwarded_proto)
      add_field(out, field.name, field.value);
  }
  out.append("X-Forwarded-For: ");
  add_list(out, head, Known::forwarded_for);
  out.append(how.peer).append("\r\n");
  if (!host_kept && has(head, Known::host)) add_field(out, "X-Forwarded-Host", head.host);
  if (!proto_kept) add_field(out, "X-Forwarded-Proto", how.encrypted ? "https" : "http");
  add_framing(out, head.framing, head.length);
  if (how.upgrade) {
    add_field(out, "Connection", "Upgrade");
    add_field(out, "Upgrade", head.upgrade_to);
  }
  out.append("\r\n");
}

void write_answer(const AnswerHead& head, const Answering& how, std::string& out) {
  out.clear();
  out.append("HTTP/1.1 ");
  add_number(out, static_cast<std::uint64_t>(head.status));
  out.append(" ").append(head.reason).append("\r\n");
  for (const Field& field : head.fields) {
    if (!head.options.empty() && head.names(field.name)) continue;
    switch (field.known) {
      case Known::content_length:  // of a body that is not sent: HEAD, 304
        if (how.framing == Framing::none && head.status >= 200 && head.status != 204)
          add_field(out, field.name, field.value);
        break;
      case Known::transfer_encoding:
      case Known::connection:
      case Known::upgrade:
      case Known::hop:
        break;
      default:
        add_field(out, field.name, field.value);
    }
  }
  add_framing(out, how.framing, head.length);
  if (how.upgrade) {
    add_field(out, "Connection", "Upgrade");
    add_field(out, "Upgrade", head.upgrade_to);
  } else if (how.close) {
    add_field(out, "Connection", "close");
  }
  out.append("\r\n");
}

void write_own(const http::Response& response, bool to_head, bool close, std::string& out) {
  out.assign("HTTP/1.1 ");
  add_number(out, static_cast<std::uint64_t>(response.status));
  out.append(" ").append(reason_of(response.status)).append("\r\n");
  const auto is = [](std::string_view name, std::string_view known) {
    return http::same_letters(name, known);
  };
  for (const auto& [name, value] : response.headers) {
    if (!is(name, "content-length") && !is(name, "connection") && !is(name, "transfer-encoding"))
      add_field(out, name, value);
  }
  const bool bare = response.status == 204 || response.status == 304;
  if (!bare) add_framing(out, Framing::length, response.body.size());
  if (close) add_field(out, "Connection", "close");
  out.append("\r\n");
  if (!to_head && !bare) out.append(response.body);
}

std::string authority(const Replica& replica) {
  const bool v6 = replica.address.find(':') != std::string::npos;
  return (v6 ? "[" + replica.address + "]" : replica.address) + ":" + std::to_string(replica.port);
}

}  // namespace thaw::gateway
