// What is written to a function: where a path leads at the gateway, and a call's head and body.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/scenario/scenario.hpp"
#include "engine/time.hpp"
#include "engine/workload/door.hpp"

namespace thaw::loadgen {

// A path of the load, as it is called.
struct Words {
  enum class Body : std::uint8_t { none, text, generate, chat };  // the latter two: Ollama's
  std::string head;  // the request line and the fields that are always the same
  std::string model;
  Body body = Body::none;
};

// `call` is where the path leads, `behind_rule`: past the gateway's own paths, by a rule of the
// entrance, so that the function sees the whole of it. What names a function is called as
// /function/NAME.NAMESPACE/PATH, OpenFaaS's form, or as /function/NAME/PATH, SlimFaas's, if it is
// one of SlimFaas. The root of a language model is taken for its /api/generate.
Words words_of(const Scenario& scenario, const workload::Call& call, std::string_view path,
               bool behind_rule, std::string_view host);

// `work`: it says what it takes, in wall time; below 0: it does not.
std::string call_text(const Words& words, Duration work, std::uint32_t prompt,
                      std::uint32_t output);

// As Go reads it: "0.125s".
std::string go_seconds(Duration duration);

}  // namespace thaw::loadgen
