// Calls that were given up, for an operator: they are kept until one decides.
//
//   GET /async-dead-letters[/NAME[.NAMESPACE]][?after=ID]   JSON: the newest first, 100 at a time;
//                                                           `after` of an answer asks for more
//   POST /async-dead-letters/ID/retry                       204: tried again, as if never before
//   DELETE /async-dead-letters/ID                           204: gone
//
// Not for the public: they show paths, and can repeat what a caller did once. Other answers: 404,
// 405, 503 (the file cannot be read or written).
#pragma once

#include "drivers/gateway/async/delivery.hpp"

namespace thaw::gateway::async {

constexpr std::string_view kDeadLetters = "/async-dead-letters";

Awaitable<http::Response> answer_dead_letters(Journal& journal, Delivery& delivery,
                                              http::Request request);

}  // namespace thaw::gateway::async
