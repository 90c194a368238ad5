// exec: what another program is told, and what its answers become.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/policies/exec_fixture.hpp"

namespace thaw {
namespace exec_test {

using nlohmann::json;

TEST(Exec, TurnsAnswersIntoDecisions) {
  Talking talking(greeting() + R"(
    read -r q; echo '{"desired":3,"ask_again_s":1.5,"why":"because"}'
    read -r q; echo '{"desired":null,"ask_again_s":0.000000001}'
    read -r q; echo '{"desired":0.0,"n":3}')");
  const Decision first = talking.ask(10s);
  EXPECT_EQ(first.desired, Replicas(3));
  EXPECT_EQ(first.ask_again, kStart + 10s + 1500ms);
  EXPECT_EQ(first.why.code, ReasonCode::external);
  EXPECT_DOUBLE_EQ(first.why.number[0], 3);

  talking.seen.spec = Replicas(2);
  const Decision second = talking.ask(20s);
  EXPECT_EQ(second.desired, std::nullopt);
  EXPECT_EQ(second.ask_again, kStart + 20s + 1ns);
  EXPECT_DOUBLE_EQ(second.why.number[0], 2) << "what is left alone";

  const Decision third = talking.ask(30s);
  EXPECT_EQ(third.desired, Replicas(0));
  EXPECT_EQ(third.ask_again, TimePoint::never());
}

TEST(Exec, AsksTheProgramWhatItWantsToSee) {
  const Talking plain(greeting());
  const Wants little = plain.policy->wants();
  EXPECT_FALSE(little.arrivals_at_zero || little.pods || little.load || little.path);
  EXPECT_TRUE(little.metrics.empty() && little.peers.empty());

  Spec spec = exec_spec(greeting(R"("wants":{"arrivals_at_zero":true,"pods":true,"load":true,
    "path":true,"peers":true,"metrics":[{"source":"object","name":"load","object":"Service/svc"},
    {"source":"pods","name":"queue","selector":"a=b"}]})"));
  spec = with_peers(std::move(spec), {{"other", {}}, {"third", {}}});
  const Talking curious(spec);
  const Wants much = curious.policy->wants();
  EXPECT_TRUE(much.arrivals_at_zero && much.pods && much.load && much.path);
  EXPECT_EQ(std::vector(much.peers.begin(), much.peers.end()), (std::vector<FunctionId>{10, 11}));
  ASSERT_EQ(much.metrics.size(), 2U);
  EXPECT_EQ(much.metrics[0].source, MetricSource::object);
  EXPECT_EQ(much.metrics[0].object, "Service/svc");
  EXPECT_EQ(much.metrics[1].source, MetricSource::pods);
  EXPECT_EQ(much.metrics[1].name, "queue");
  EXPECT_EQ(much.metrics[1].selector, "a=b");
}

// What the program read, line by line.
std::vector<std::string> heard(const std::string& wants,
                               const std::function<void(Talking&)>& conversation) {
  const Scratch scratch;
  {
    Talking talking("exec 3>" + scratch.file() + "; read -r q; echo \"$q\" >&3; echo '" +
                    R"({"hello":{"protocol":1)" + wants + "}}'\n" +
                    "while read -r q; do echo \"$q\" >&3; echo '{\"desired\":null}'; done");
    conversation(talking);
  }
  return scratch.lines();
}

TEST(Exec, TellsEveryInstantToTheNanosecondFromTheFirstQuestion) {
  const auto lines = heard("", [](Talking& talking) {
    talking.ask(5s);
    talking.called(7s + 1ns);
    talking.seen.in_flight = 4;
    talking.seen.queued = 2;
    talking.replicas(1);
    talking.ask(4'000'000s + 5s + 123'456'789ns, Cause::arrival_at_zero);
  });
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0], R"({"hello":{"protocol":1,"function":"llm","peers":[]}})");
  EXPECT_EQ(lines[1], R"({"n":1,"now_s":0,"utc":"2026-01-05T00:00:05Z","cause":"start","spec":0,)"
                      R"("status":0,"ready":0,"in_flight":0,"queued":0,"last_activity_s":null,)"
                      R"("facts_taken_s":0,"last_write":{"state":null,"asked":null}})");
  const json second = json::parse(lines[2]);
  EXPECT_NE(lines[2].find(R"("now_s":4000000.123456789,)"), std::string::npos) << lines[2];
  EXPECT_NE(lines[2].find(R"("last_activity_s":2.000000001,)"), std::string::npos) << lines[2];
  EXPECT_EQ(second["n"], 2);
  EXPECT_EQ(second["cause"], "arrival_at_zero");
  EXPECT_EQ(second["in_flight"], 4);
  EXPECT_EQ(second["queued"], 2);
  EXPECT_EQ(second["ready"], 1);
  for (const char* unwanted : {"load", "pods", "peers", "path", "metrics"})
    EXPECT_FALSE(second.contains(unwanted)) << unwanted;
}

TEST(Exec, TellsWhatWasAskedFor) {
  const std::vector<Load> load{{.at = kStart + 4s, .concurrency = 2.5, .requests = 0.1}};
  const std::vector<ResourceRequest> asks{{"main", "cpu", 1500}};
  const std::vector<PodFacts> pods{{.id = 7,
                                    .phase = PodPhase::running,
                                    .ready = Condition::yes,
                                    .deleting = false,
                                    .unschedulable = true,
                                    .created = kStart + 1s,
                                    .started = kStart + 2s,
                                    .ready_changed = kStart + 3s,
                                    .requests = asks},
                                   {.id = 8,
                                    .phase = PodPhase::pending,
                                    .ready = Condition::none,
                                    .deleting = true,
                                    .unschedulable = false,
                                    .created = kStart}};
  const std::vector<Milli> series{-1500, 70'000};
  const std::vector<PodSample> samples{{7, 250, kStart + 4s, 30s, "main"}};
  const std::vector<MetricFacts> metrics{{Presence::ok, kStart + 4s, series, samples},
                                         {Presence::error, {}, {}, {}}};
  const auto lines = heard(
      R"(,"wants":{"load":true,"pods":true,"path":true,"metrics":[{"source":"pods","name":"a"},)"
      R"({"source":"external","name":"b"},{"source":"external","name":"c"}]})",
      [&](Talking& talking) {
        talking.seen.load = load;
        talking.pods = pods;
        talking.seen.metrics = metrics;
        talking.seen.path.proxied_since = kStart + 2s;
        talking.seen.last_write = {3, WriteState::refused, Replicas(5)};
        talking.ask(0s);
      });
  ASSERT_EQ(lines.size(), 2U);
  const json seen = json::parse(lines[1]);
  EXPECT_EQ(seen["load"][0]["at_s"], 4);
  EXPECT_EQ(seen["load"][0]["concurrency"], 2.5);
  EXPECT_EQ(seen["load"][0]["requests_per_s"], 0.1);
  EXPECT_EQ(seen["load"][0]["from_replicas"], false);
  EXPECT_EQ(seen["pods"][0], json::parse(R"({"id":7,"phase":"Running","ready":"True",
      "deleting":false,"unschedulable":true,"created_s":1,"started_s":2,"ready_changed_s":3,
      "requests":[{"container":"main","resource":"cpu","value":1.5}]})"));
  EXPECT_EQ(seen["pods"][1], json::parse(R"({"id":8,"phase":"Pending","ready":null,
      "deleting":true,"unschedulable":false,"created_s":0,"started_s":null,
      "ready_changed_s":null,"requests":[]})"));
  EXPECT_EQ(seen["metrics"][0], json::parse(R"({"name":"a","presence":"ok","taken_s":4,
      "series":[-1.5,70],
      "pods":[{"pod":7,"container":"main","value":0.25,"taken_s":4,"window_s":30}]})"));
  EXPECT_EQ(seen["metrics"][1], json::parse(R"({"name":"b","presence":"error"})"));
  EXPECT_EQ(seen["metrics"][2], json::parse(R"({"name":"c","presence":"absent"})"))
      << "a metric that nobody serves is absent, not zero";
  EXPECT_EQ(seen["path"],
            json::parse(R"({"mode":"proxy","proxied_since_s":2,"gateway_answers":true})"));
  EXPECT_EQ(seen["last_write"], json::parse(R"({"state":"refused","asked":5})"));
}

TEST(Exec, KeepsTheProgramWhenOnlyItsDeadlineChanges) {
  const std::string counts =
      greeting() + "n=0; while read -r q; do n=$((n+1)); echo \"{\\\"desired\\\":$n}\"; done";
  Talking talking(counts);
  EXPECT_EQ(talking.ask(0s).desired, Replicas(1));
  Spec spec = exec_spec(counts);
  spec.params.set("deadline", "5s", {});
  talking.policy->reconfigure(spec, talking.diagnostics);
  EXPECT_EQ(talking.ask(1s).desired, Replicas(2));
  talking.policy->reconfigure(exec_spec("true; " + counts), talking.diagnostics);
  EXPECT_EQ(talking.ask(2s).desired, Replicas(1)) << "another command is another program";
}

TEST(Exec, StartsFreshWhateverWasSaved) {
  Talking talking(greeting());
  SavedState state;
  StateWriter writer(state);
  talking.policy->save(writer);
  EXPECT_EQ(state.version, 1);
  EXPECT_TRUE(state.fields.empty());
  EXPECT_FALSE(talking.policy->restore(StateReader(state)));
}

TEST(Exec, GivesTheProgramNoOpenFileOfItsOwn) {
  constexpr int kFar = 57;
  const int file = open("/dev/null", O_RDONLY);
  ASSERT_EQ(dup2(file, kFar), kFar);
  Talking talking(greeting() +
                  "read -r q; if [ -e /proc/$$/fd/57 ]; then n=1; else n=0; fi; "
                  "echo \"{\\\"desired\\\":$n}\"");
  EXPECT_EQ(talking.ask(0s).desired, Replicas(0));
  close(kFar);
  close(file);
}

TEST(Exec, EndsTheProgramThatDoesNotEndItself) {
  const Scratch scratch;
  {
    Talking talking("echo $$ > " + scratch.file() + "; trap '' TERM HUP INT; " + greeting() +
                    "while :; do sleep 1; done");
    talking.policy->wants();
  }
  const auto lines = scratch.lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(access(("/proc/" + lines[0]).c_str(), F_OK), 0) << "killed and reaped";
}

TEST(Exec, LetsTheProgramEndByItself) {
  const Scratch scratch;
  {
    Talking talking(greeting() + "while read -r q; do :; done; echo farewell > " + scratch.file());
    talking.policy->wants();
  }
  EXPECT_EQ(scratch.lines(), std::vector<std::string>{"farewell"});
}

TEST(Exec, AsksQuestionsLongerThanAPipeHolds) {
  Talking talking(greeting(R"("wants":{"pods":true})") +
                  "read -r q; echo \"{\\\"desired\\\":${#q}}\"");
  talking.pods.assign(2000, PodFacts{.id = 1,
                                     .phase = PodPhase::running,
                                     .ready = Condition::yes,
                                     .deleting = false,
                                     .unschedulable = false,
                                     .created = kStart});
  EXPECT_GT(talking.ask(0s).desired->count, 3 * 65'536) << "2000 pods of at least 100 bytes";
}

// The example of the documents: two in flight and five queued, a target of two: ceil(7 / 2).
TEST(Exec, RunsTheExampleInPython) {
  Talking talking("python3 examples/policies/target_in_flight.py 2");
  EXPECT_TRUE(talking.policy->wants().arrivals_at_zero);
  EXPECT_EQ(talking.ask(0s).desired, Replicas(0));
  talking.seen.in_flight = 2;
  talking.seen.queued = 5;
  const Decision decision = talking.ask(1s, Cause::arrival_at_zero);
  EXPECT_EQ(decision.desired, Replicas(4));
  EXPECT_EQ(decision.ask_again, kStart + 16s);
  std::ifstream example("examples/policies/target_in_flight.py");
  const std::string text{std::istreambuf_iterator<char>(example), {}};
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 30);
}

}  // namespace exec_test
}  // namespace thaw
