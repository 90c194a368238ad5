// `service.llm` of a function: what a language model's server is, in tokens.
#pragma once

#include "engine/scenario/scenario.hpp"
#include "engine/scenario/shape.hpp"

namespace thaw::scenario {

Shape<Llm> llm();

// What a request takes on average, alone on a whole card.
Duration mean_service(const Llm& llm);

}  // namespace thaw::scenario
