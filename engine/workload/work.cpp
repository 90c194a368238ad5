#include "engine/workload/work.hpp"

#include <algorithm>

namespace thaw::workload {
namespace {

std::uint32_t tokens_of(const Distribution& distribution, Random& random) {
  constexpr std::int64_t kMost = 1'000'000'000;
  return static_cast<std::uint32_t>(
      std::clamp(distribution.draw(random).count(), std::int64_t{1}, kMost));
}

}  // namespace

void Work::give(Request& request) const {
  request.work = all;
  request.lead = lead;
  request.prompt = prompt;
  request.output = output;
}

Work work_of(const Service& service, Random& random, const Tokens& known) {
  if (!service.llm) return {service.duration.draw(random)};
  const Llm& llm = *service.llm;
  Work work;
  work.prompt = known.prompt ? *known.prompt : tokens_of(llm.prompt, random);
  work.output = known.output ? *known.output : tokens_of(llm.output, random);
  const double prefill = work.prompt * 1e9 / llm.prefill;
  work.all = Distribution::rounded(prefill + work.output * 1e9 / llm.decode);
  work.lead = Distribution::rounded(prefill + 1e9 / llm.decode);
  return work;
}

Work work_of_rest(const Llm& llm, const Request& request, std::uint32_t answered) {
  const double prefill = (double{0} + request.prompt + answered) * 1e9 / llm.prefill;
  const double left = double{0} + request.output - answered;
  return {Distribution::rounded(prefill + left * 1e9 / llm.decode),
          Distribution::rounded(prefill + 1e9 / llm.decode), request.prompt, request.output};
}

}  // namespace thaw::workload
