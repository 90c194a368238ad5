// Another program decides: one line of JSON asks it, one line answers (docs/exec.md).
//
// The program is started when it is first needed and kept to the end; the world's clock stands
// still while it thinks, up to a deadline by the machine's clock. A program that dies, hangs or
// answers nonsense ends the run with a PolicyFailure: there is no number to scale by. Source: none;
// the protocol is thaw's own. Its text `why` is for the program's own log.
#include <system_error>

#include "engine/policy_failure.hpp"
#include "engine/scenario/units.hpp"
#include "policies/all.hpp"
#include "policies/exec/child_process.hpp"
#include "policies/exec/protocol.hpp"

namespace thaw {
namespace exec_detail {

// Starting an interpreter takes longer than an answer.
constexpr Duration kLeastForHello = 10s;

class Exec final : public ScalingPolicy {
 public:
  Exec(const Spec& spec, Diagnostics& diagnostics) { reconfigure(spec, diagnostics); }

  Wants wants() const override;
  Decision decide(const Observation& seen) override;
  void reconfigure(const Spec& spec, Diagnostics& diagnostics) override;
  void save(StateWriter& out) const override { out.version(1); }
  // What the program knew ended with it, whatever the version: it starts fresh.
  bool restore(const StateReader&) override { return false; }

 private:
  // One run of the program, from its hello on.
  struct Talk {
    std::unique_ptr<exec::ChildProcess> child;
    exec::Hello hello;
    std::vector<FunctionId> peers;
    std::optional<TimePoint> start;
    std::uint64_t questions = 0;
  };
  Talk& talk() const;
  [[noreturn]] void fail(const std::string& when, const std::string& what) const;

  Spec spec_;
  std::string command_;
  Duration deadline_{};
  mutable std::unique_ptr<Talk> talk_;  // what it wants is asked of the program itself
};

void Exec::reconfigure(const Spec& spec, Diagnostics& diagnostics) {
  ParamsReader reader(spec.params, diagnostics, "exec");
  const std::string command = reader.text("command", "");
  if (command.empty()) reader.error("command", "expected a command, as in exec:python3 mine.py");
  const std::string text = reader.text("deadline", "2s");
  const auto deadline = units::duration(text);
  if (!deadline || *deadline <= 0s || *deadline > 1h)
    reader.error("deadline", "expected a duration up to 1h such as 2s, found \"" + text + "\"");
  reader.finish();
  if (command != command_) talk_.reset();
  spec_ = spec;
  command_ = command;
  deadline_ = deadline.value_or(2s);
}

Exec::Talk& Exec::talk() const {
  if (talk_) return *talk_;
  auto talk = std::make_unique<Talk>();
  try {
    talk->child = std::make_unique<exec::ChildProcess>(command_);
    const std::string line =
        talk->child->ask(exec::hello_line(spec_), std::max(deadline_, kLeastForHello));
    talk->hello = exec::read_hello(line);
  } catch (const std::runtime_error& problem) {
    fail("before its first question", problem.what());
  }
  if (talk->hello.peers)
    for (const Spec::Peer& peer : spec_.peers) talk->peers.push_back(peer.id);
  talk_ = std::move(talk);
  return *talk_;
}

Wants Exec::wants() const {
  if (command_.empty()) return {};  // refused already
  const Talk& now = talk();
  return {.arrivals_at_zero = now.hello.arrivals_at_zero,
          .pods = now.hello.pods,
          .peers = now.peers,
          .load = now.hello.load,
          .requests = true,  // every question says how many there are
          .path = now.hello.path,
          .metrics = now.hello.metrics};
}

Decision Exec::decide(const Observation& seen) {
  Talk& now = talk();
  if (!now.start) now.start = seen.now;
  const std::uint64_t number = ++now.questions;
  exec::Answer answer;
  try {
    const std::string line =
        now.child->ask(exec::line_of({spec_, seen, *now.start, number}, now.hello),
                       now.hello.deadline.value_or(deadline_));
    answer = exec::read_answer(line, number);
  } catch (const std::runtime_error& problem) {
    fail("at " + to_text(seen.now - *now.start) + " (" + to_text(seen.now) + "), question " +
             std::to_string(number),
         problem.what());
  }
  const Replicas after = answer.desired.value_or(seen.spec);
  return {.desired = answer.desired,
          .ask_again = answer.ask_again ? seen.now + *answer.ask_again : TimePoint::never(),
          .why = {ReasonCode::external, {static_cast<double>(after.count)}}};
}

void Exec::fail(const std::string& when, const std::string& what) const {
  throw PolicyFailure("the policy of " + spec_.name + ", exec:" + command_ + ", failed " + when +
                      ": " + what);
}

constexpr ParamInfo kParams[] = {
    {"command", "", "what /bin/sh runs; on the command line all that follows exec:"},
    {"deadline", "2s", "how long an answer may take, by the machine's clock"}};

}  // namespace exec_detail

PolicyInfo exec_policy() {
  using namespace exec_detail;
  return {.name = "exec",
          .summary = "a program in any language decides, over JSON lines (docs/exec.md)",
          .source = "none: the protocol is thaw's own",
          .params = kParams,
          .governs = Governs::replicas,
          .make = [](const Spec& spec, Diagnostics& diagnostics) -> std::unique_ptr<ScalingPolicy> {
            return std::make_unique<Exec>(spec, diagnostics);
          }};
}

}  // namespace thaw
