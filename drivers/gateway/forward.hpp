// The heads that go out: a caller's request to a replica, a replica's answer to a caller, and the
// gateway's own answers.
//
// Fields go on in their order and as they came, but for those of one connection alone (Connection
// and what it names, Keep-Alive, TE, Trailer, Proxy-…, Upgrade unless it is asked for) and those
// that the gateway says itself: framing, Host, X-Forwarded-…. Host is the replica's own, as
// SlimFaas and OpenFaaS send it; what the caller asked for is in X-Forwarded-Host. The caller's
// address is added to X-Forwarded-For; Host and Proto stay as an ingress set them, if one did.
// traceparent, tracestate and baggage are fields like any other. Source: RFC 9110 (7.6).
#pragma once

#include <string>
#include <string_view>

#include "drivers/gateway/head.hpp"
#include "drivers/gateway/routes.hpp"
#include "drivers/http/message.hpp"

namespace thaw::gateway {

struct Forwarding {
  std::string_view rest;   // of the target, behind the function's name
  std::string_view host;   // the replica's
  std::string_view peer;   // the caller's address
  bool encrypted = false;  // by the caller
  bool upgrade = false;    // to what the caller asks for
};
// Replaces `out`.
void write_request(const RequestHead& head, const Forwarding& how, std::string& out);

struct Answering {
  Framing framing = Framing::none;  // of the body that follows; none leaves Content-Length as it is
  bool close = false;               // afterwards
  bool upgrade = false;             // it is a 101
};
void write_answer(const AnswerHead& head, const Answering& how, std::string& out);

// An answer of the gateway's own, whole; `to_head`: without its body.
void write_own(const http::Response& response, bool to_head, bool close, std::string& out);

// "10.0.0.1:8080", "[fd00::1]:8080"
std::string authority(const Replica& replica);

}  // namespace thaw::gateway
