// Which headers go from one side to the other, and which are added.
//
// Sources: RFC 9110, section 7.6.1 (hop by hop); SlimFaas (Element-Id, Try-Number from 0,
// Last-Try); OpenFaaS's queue worker (X-Function-Status, X-Duration-Seconds, X-Call-Id).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/http/message.hpp"
#include "engine/time.hpp"

namespace thaw::gateway::async {

constexpr std::string_view kElementId = "SlimFaas-Element-Id", kTryNumber = "SlimFaas-Try-Number",
                           kLastTry = "Slimfaas-Last-Try", kCallId = "X-Call-Id",
                           kCallbackUrl = "X-Callback-Url", kIdempotencyKey = "Idempotency-Key",
                           kCallKnown = "X-Call-Known";

// Those that are for whoever is at the end: without what speaks of one connection, and without what
// the gateway itself says there.
http::Headers passed_on(http::Headers headers);

// "1.500000": seconds as OpenFaaS prints them.
std::string in_seconds(Duration length);

}  // namespace thaw::gateway::async
