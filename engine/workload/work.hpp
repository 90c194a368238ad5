// What a request asks of its replica: time, or tokens of a language model.
//
// A model's first token is out after the prefill and one step of decoding, so a request takes
// prompt / prefill + output / decode in all. Units: nanoseconds alone on a whole card. Errors:
// none.
#pragma once

#include <cstdint>
#include <optional>

#include "engine/scenario/scenario.hpp"
#include "engine/workload/requests.hpp"

namespace thaw::workload {

struct Work {
  Duration all{}, lead{};
  std::uint32_t prompt = 0, output = 0;

  void give(Request& request) const;
};

// Of a trace's row; what is empty is drawn.
struct Tokens {
  std::optional<std::uint32_t> prompt, output;
};

// Of a request that is computed again, its prompt and what it has answered: until the rest is out.
Work work_of_rest(const Llm& llm, const Request& request, std::uint32_t answered);

Work work_of(const Service& service, Random& random, const Tokens& known = {});

}  // namespace thaw::workload
