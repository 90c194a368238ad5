// thaw run: the files of --out and the JSON of --format, which others build upon.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/app/command.hpp"

namespace thaw::test {
namespace run_output_test {

using nlohmann::json;

constexpr std::array kPromised = {"summary.json", "timeline.jsonl", "series.csv"};

std::set<std::string> keys_of(const json& object) {
  std::set<std::string> keys;
  for (const auto& item : object.items()) keys.insert(item.key());
  return keys;
}

using Keys = std::set<std::string>;

TEST(Format, JsonIsTheSummaryAlone) {
  const Outcome run = thaw_command({"run", kKapsule, "--format", "json"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.err, "");
  const json summary = json::parse(run.out);  // throws if anything but JSON was printed
  EXPECT_EQ(summary.at("schema"), "thaw.summary/v1");
  EXPECT_EQ(summary.at("scenario"), "slimfaas-kapsule");
  EXPECT_EQ(summary.at("seed"), 1);
  EXPECT_EQ(summary.at("replications"), 1);
  EXPECT_GT(summary.at("simulated_s").get<double>(), 0);
}

TEST(Format, JsonHasEveryFieldOfTheContract) {
  const json summary = json::parse(thaw_command({"run", kKapsule, "--format", "json"}).out);
  EXPECT_EQ(keys_of(summary), (Keys{"schema", "scenario", "seed", "replications", "simulated_s",
                                    "functions", "pools", "cost", "checks", "notices"}));
  const json& ollama = summary.at("functions").at("ollama");
  EXPECT_EQ(keys_of(ollama.at("requests")),
            (Keys{"total", "completed", "cold", "timed_out", "rejected", "failed", "unfinished"}));
  for (const char* spread : {"latency_s", "wait_s"}) {
    EXPECT_EQ(keys_of(ollama.at(spread)), (Keys{"mean", "p50", "p90", "p95", "p99", "max"}))
        << spread;
  }
  EXPECT_EQ(keys_of(ollama.at("replicas")),
            (Keys{"mean", "peak", "busy_mean", "idle_mean", "scale_ups", "scale_downs"}));
  EXPECT_TRUE(ollama.contains("cold_start_probability"));
  EXPECT_EQ(ollama.at("scaled_by"), "idle_timeout");
  for (const char* pool : {"default", "gpu"}) {
    EXPECT_EQ(keys_of(summary.at("pools").at(pool)),
              (Keys{"nodes_mean", "nodes_peak", "node_hours", "gpu_busy_ratio", "cost"}));
  }
  EXPECT_EQ(keys_of(ollama.at("cost")), (Keys{"total", "parts"}));
  EXPECT_EQ(keys_of(ollama.at("cost").at("parts")),
            (Keys{"useful", "idle_warm", "cold_start", "stranded"}));
  EXPECT_EQ(keys_of(summary.at("cost")),
            (Keys{"currency", "total", "per_1000_requests", "parts", "unattributed"}));
  EXPECT_EQ(keys_of(summary.at("cost").at("parts")),
            (Keys{"useful", "idle_warm", "cold_start", "stranded", "draining", "fixed"}));
  ASSERT_EQ(summary.at("checks").size(), 15U);
  for (const json& check : summary.at("checks")) {
    EXPECT_EQ(keys_of(check), (Keys{"name", "held", "at_s", "detail", "held_in"})) << check;
    EXPECT_EQ(check.at("held"), true) << check;
  }
}

// The total is the sum of the rest, cold aside; the bill is the sum of its parts.
TEST(Format, JsonAddsUp) {
  const json summary = json::parse(thaw_command({"run", kKapsule, "--format", "json"}).out);
  const json& requests = summary.at("functions").at("ollama").at("requests");
  int sum = 0;
  for (const char* part : {"completed", "timed_out", "rejected", "failed", "unfinished"}) {
    sum += requests.at(part).get<int>();
  }
  EXPECT_EQ(requests.at("total").get<int>(), sum);
  EXPECT_EQ(sum, 44);  // tags, 3 × ask, 40 × many
  double bill = 0;
  for (const auto& part : summary.at("cost").at("parts").items())
    bill += part.value().get<double>();
  EXPECT_NEAR(bill, summary.at("cost").at("total").get<double>(), 1e-9);
}

TEST(Format, JsonOfAColdStartHasItsStages) {
  const json summary =
      json::parse(thaw_command({"run", kKapsule + "/cold-call-patient", "--format", "json"}).out);
  const json& ollama = summary.at("functions").at("ollama");
  const json& stages = ollama.at("cold_start_stages_s");
  EXPECT_EQ(keys_of(stages), (Keys{"policy", "node_order", "boot", "join", "gpu", "schedule",
                                   "image", "container", "model", "load", "ready", "queue"}));
  double sum = 0;
  for (const auto& stage : stages) sum += stage.get<double>();
  EXPECT_NEAR(sum, ollama.at("cold_start_wait_s").at("mean").get<double>(), 1e-9);
  double parts = summary.at("cost").at("unattributed").get<double>();
  for (const auto& part : ollama.at("cost").at("parts")) parts += part.get<double>();
  EXPECT_NEAR(parts, summary.at("cost").at("total").get<double>(), 1e-9);
}

TEST(Audit, IsTheProofsAndChangesNothingElse) {
  const std::string scenario = kKapsule + "/cold-call-patient";
  const Outcome plain = thaw_command({"run", scenario, "--format", "json"});
  const Outcome audited = thaw_command({"run", scenario, "--audit", "--format", "json"});
  EXPECT_EQ(audited.code, 0);
  json summary = json::parse(audited.out);
  const json proofs = summary.at("audit").at("proofs");
  ASSERT_EQ(proofs.size(), 5U);
  for (const json& proof : proofs) {
    EXPECT_EQ(keys_of(proof), (Keys{"name", "held", "detail", "held_in"}));
    EXPECT_EQ(proof.at("held"), true) << proof;
  }
  EXPECT_EQ(proofs.at(0).at("detail"),
            "1 waiting request, 593.000000000 s: the stages of each add up to its wait");
  summary.erase("audit");
  EXPECT_EQ(summary, json::parse(plain.out));
}

TEST(Audit, IsMadeOfEachReplication) {
  const Outcome run = thaw_command({"run", kKapsule + "/short-idle-081", "--audit",
                                    "--replications", "3", "--jobs", "2", "--format", "json"});
  EXPECT_EQ(run.code, 0) << run.err;
  const json summary = json::parse(run.out);
  for (const json& proof : summary.at("audit").at("proofs"))
    EXPECT_EQ(proof.at("held_in"), "3/3") << proof;
  EXPECT_FALSE(summary.at("ci95").contains("audit"));
}

TEST(Audit, OfStandaloneFunctionsIsOfTheirRequests) {
  const Outcome run = thaw_command(
      {"run", "scenarios/keep-alive", "--set", "until=20000s", "--audit", "--format", "json"});
  const json proofs = json::parse(run.out).at("audit").at("proofs");
  ASSERT_EQ(proofs.size(), 3U);
  for (const json& proof : proofs) EXPECT_EQ(proof.at("held"), true) << proof;
}

TEST(Format, JsonOfAFailedRunIsStillPrinted) {
  const Outcome run = thaw_command({"run", kKapsule, "--format", "json", "--set",
                                    "checks.pod gone.expect=replicas(ollama) == 1"});
  EXPECT_EQ(run.code, 1);
  const json summary = json::parse(run.out);
  ASSERT_EQ(summary.at("checks").size(), 15U);
  for (const json& check : summary.at("checks")) {
    EXPECT_EQ(check.at("held").get<bool>(), check.at("name") != "pod gone") << check;
  }
}

TEST(Out, WritesItsFiveFilesAndNothingElse) {
  const TempFolder temp;
  const Outcome run = thaw_command({"run", kKapsule, "--out", temp.path("a/b").string()});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(temp.names("a/b"),
            (std::vector<std::string>{"performance.json", "report.html", "series.csv",
                                      "summary.json", "timeline.jsonl"}));
  const json performance = json::parse(read_text(temp.path("a/b/performance.json")));
  EXPECT_EQ(keys_of(performance), (Keys{"events", "cpu_s", "wall_s", "requests_per_cpu_second",
                                        "peak_rss_bytes", "version"}));
  EXPECT_EQ(read_text(temp.path("a/b/summary.json")),
            thaw_command({"run", kKapsule, "--format", "json"}).out);
}

TEST(Out, HasOneEventALineInTheOrderOfTime) {
  const TempFolder temp;
  thaw_command({"run", kKapsule, "--out", temp.path("out").string()});
  double before_s = 0;
  std::set<std::string> kinds;
  for (const std::string& line : lines_of(read_text(temp.path("out/timeline.jsonl")))) {
    EXPECT_TRUE(line.starts_with("{\"t_s\":") && has(line, ",\"kind\":")) << line;
    const json event = json::parse(line);
    EXPECT_GE(event.at("t_s").get<double>(), before_s) << line;
    before_s = event.at("t_s").get<double>();
    kinds.insert(event.at("kind").get<std::string>());
  }
  for (const char* kind : {"check", "decision", "node", "pod"})
    EXPECT_TRUE(kinds.contains(kind)) << kind;
  const auto series = lines_of(read_text(temp.path("out/series.csv")));
  ASSERT_GT(series.size(), 100U);
  EXPECT_EQ(series[0], "t_s,scope,name,field,value");
}

TEST(Out, IsReplacedByTheNextRun) {
  const TempFolder temp;
  const std::string out = temp.path("out").string();
  thaw_command({"run", kKapsule, "--out", out});
  thaw_command({"run", kKapsule + "/cold-call-024", "--out", out});
  EXPECT_TRUE(has(read_text(temp.path("out/summary.json")), "slimfaas-kapsule/cold-call-024"));
  EXPECT_EQ(temp.names("out").size(), 5U);
}

TEST(Out, WhereNoFolderCanBeEndsWithThree) {
  const TempFolder temp;
  const Outcome run = thaw_command({"run", kKapsule, "--out", temp.write("file", "") + "/out"});
  EXPECT_EQ(run.code, 3);
  EXPECT_TRUE(has(run.err, "Not a directory")) << run.err;
}

// The variant whose manifests replace others has notices that speak of files.
TEST(Out, HoldsNoPathAndNoHost) {
  const TempFolder temp;
  const std::string folder = temp.copy_kapsule();
  const std::string out = temp.path("out").string();
  ASSERT_EQ(thaw_command({"run", folder + "/slimfaas-081", "--out", out}).code, 0);
  std::array<char, 256> host{};
  ASSERT_EQ(gethostname(host.data(), host.size() - 1), 0);
  for (const char* name : kPromised) {
    const std::string text = read_text(temp.path(std::string("out/") + name));
    EXPECT_FALSE(has(text, temp.path().string())) << name;
    EXPECT_FALSE(has(text, std::string(" ") + host.data() + " ")) << name;
  }
}

// Wherever the scenario lies: a path that came in would tell the two runs apart, and so would a
// time.
TEST(Out, IsTheSameBytesInTwoRunsFromTwoPlaces) {
  for (const std::string scenario : {"", "/slimfaas-081"}) {
    const TempFolder temp;
    const std::string copy = temp.copy_kapsule();
    thaw_command({"run", kKapsule + scenario, "--out", temp.path("one").string()});
    thaw_command({"run", copy + scenario, "--out", temp.path("two").string()});
    for (const char* name : kPromised) {
      const std::string one = read_text(temp.path(std::string("one/") + name));
      const std::string two = read_text(temp.path(std::string("two/") + name));
      EXPECT_TRUE(one == two) << kKapsule << scenario << ": " << name << " differs";
    }
  }
}

TEST(Seed, ChangesWhatIsDrawnAndIsTold) {
  const auto with = [](const std::string& seed) {
    return json::parse(thaw_command({"run", kKapsule, "--format", "json", "--seed", seed}).out);
  };
  const json one = with("1"), seven = with("7");
  EXPECT_EQ(seven.at("seed"), 7);
  EXPECT_NE(one.at("simulated_s"), seven.at("simulated_s"));
  EXPECT_EQ(seven, with("7"));
}

}  // namespace run_output_test
}  // namespace thaw::test
