// What Knative's data path tells its autoscaler: the activator once a second while it has calls,
// the queue-proxies when they are scraped (kpa.md section 4).
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "tests/sim/test_bed.hpp"

namespace thaw::sim {
namespace data_path_reports_test {

constexpr const char* kPath = "/function/f/";
// Scrapes come with the autoscaler's ticks, one object later: by the second draw of that name, with
// the first seed.
const Duration kScrapes = [] {
  Random random(1, "knative/phases");
  random.uniform();
  return Distribution::uniform(20ms, 100ms).draw(random);
}();

struct Bed : TestBed {
  explicit Bed(int replicas = 0, std::uint32_t concurrency = 0) : TestBed(revision(concurrency)) {
    for (int i = 0; i < replicas; ++i) pod(0);
  }
  static Scenario revision(std::uint32_t concurrency) {
    Scenario scenario = bare_cluster();
    add_revision(scenario, "f", concurrency);
    return scenario;
  }

  RequestId call(Duration work) { return TestBed::call(Method::get, kPath, work); }
  std::vector<Load> reports() {
    std::vector<Load> reports;
    gateway.take_load(0, reports);
    return reports;
  }
  std::vector<Load> scraped() {
    std::vector<Load> all = reports();
    std::erase_if(all, [](const Load& report) { return !report.from_replicas; });
    return all;
  }
};

Duration into_second(const Load& load) { return (load.at - kStart) % 1s; }

// As the autoscaler adds them up: what came through the activator counts there.
double counted(const std::vector<Load>& reports) {
  double requests = 0;
  for (const Load& load : reports) requests += load.requests - load.proxied_requests;
  return requests;
}

// --- the activator ---

TEST(KnativeReports, ActivatorTellsOfTheFirstCallAtOnceAndThenOnceASecond) {
  Bed bed;
  bed.run_until(10s + 250ms);
  EXPECT_TRUE(bed.gateway.reports(0));
  EXPECT_TRUE(bed.reports().empty()) << "nobody called yet";
  bed.call(1s);
  const auto first = bed.reports();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_EQ(first[0].at, kStart + 10s + 250ms);
  EXPECT_EQ(first[0].concurrency, 1);
  EXPECT_EQ(first[0].requests, 1);
  bed.call(1s);
  bed.run_until(15s);
  const auto later = bed.reports();
  ASSERT_GE(later.size(), 4u);
  EXPECT_NEAR(later[0].concurrency, 1, 1e-9) << "two are held; one was told";
  EXPECT_EQ(later[0].requests, 1);
  for (std::size_t i = 1; i < later.size(); ++i) {
    EXPECT_EQ(later[i].at - later[i - 1].at, 1s);
    EXPECT_EQ(later[i].concurrency, 2);
    EXPECT_EQ(later[i].requests, 0);
  }
}

TEST(KnativeReports, ActivatorForgetsAfterOneSilentReport) {
  Bed bed(1);
  bed.run_until(3s);
  bed.call(1500ms);
  bed.run_until(60s);
  std::vector<Load> told = bed.reports();
  std::erase_if(told, [](const Load& load) { return load.from_replicas; });
  ASSERT_GE(told.size(), 4u);  // at once, two or three of 1.5 s, a silent one
  EXPECT_LE(told.size(), 5u);
  EXPECT_EQ(told.back().concurrency, 0);
  EXPECT_GT(told[told.size() - 2].concurrency + told[told.size() - 3].concurrency, 0);
  bed.call(1s);
  const auto again = bed.reports();
  ASSERT_FALSE(again.empty());
  EXPECT_EQ(again.back().at, kStart + 60s);
  EXPECT_EQ(again.back().requests, 1);
}

TEST(KnativeReports, ActivatorsGridIsOfTheSeedAndWithinASecond) {
  std::set<Duration> phases;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TestBed bed(Bed::revision(0), seed);
    bed.call(Method::get, kPath);
    bed.run_until(5s);
    std::vector<Load> reports;
    bed.gateway.take_load(0, reports);
    ASSERT_EQ(reports.size(), 6u);
    EXPECT_LE(reports[1].at, kStart + 1s);
    phases.insert(into_second(reports[1]));
  }
  EXPECT_GT(phases.size(), 15u);
}

TEST(KnativeReports, CallsPastTheActivatorAreNotItsBusiness) {
  Bed bed(1);
  bed.gateway.steer(0, PathMode::serve, 1);
  bed.call(5s);
  EXPECT_TRUE(bed.reports().empty());
  bed.run_until(5s);
  for (const Load& load : bed.reports()) {
    EXPECT_TRUE(load.from_replicas);
    EXPECT_EQ(load.proxied_concurrency, 0);
  }
}

// --- scraping ---

TEST(KnativeReports, AScrapeFindsNothingBeforeAFullSecond) {
  Bed bed;
  bed.at(500ms, [&] { bed.pods.create(0); });
  bed.run_until(10s);
  const auto scraped = bed.scraped();
  ASSERT_EQ(scraped.size(), 8u);
  // Its first report is of 1.5 s.
  EXPECT_EQ(scraped[0].at, kStart + 2s + kScrapes);
  for (const Load& load : scraped) {
    EXPECT_EQ(into_second(load), kScrapes);
    EXPECT_EQ(load.concurrency, 0) << "an idle replica is told as such";
  }
}

TEST(KnativeReports, ScrapesAreOfTheSeedAndSoonAfterATick) {
  std::set<Duration> phases;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    TestBed bed(Bed::revision(0), seed);
    bed.pod(0);
    bed.run_until(5s);
    std::vector<Load> reports;
    bed.gateway.take_load(0, reports);
    ASSERT_FALSE(reports.empty());
    EXPECT_GE(into_second(reports[0]), 20ms);
    EXPECT_LE(into_second(reports[0]), 100ms);
    phases.insert(into_second(reports[0]));
  }
  EXPECT_GT(phases.size(), 15u);
}

TEST(KnativeReports, AScrapeSumsTheReplicas) {
  Bed bed(3);
  bed.gateway.steer(0, PathMode::serve, 1);
  bed.run_until(5s);
  bed.reports();
  for (int i = 0; i < 4; ++i) bed.call(60s);
  bed.run_until(10s);
  const auto scraped = bed.scraped();
  ASSERT_EQ(scraped.size(), 5u);
  EXPECT_EQ(scraped[0].concurrency, 0) << "just after 5 s, of the second until 5 s";
  EXPECT_EQ(scraped[0].requests, 0);
  EXPECT_EQ(scraped[1].concurrency, 4);
  EXPECT_EQ(scraped[1].requests, 4);
  EXPECT_EQ(scraped[2].concurrency, 4);
  EXPECT_EQ(scraped[2].requests, 0);
}

// n = ⌈N × 15.3664 / (N + 14.3664)⌉ of N: of four ⌈3.35⌉ = 4, of five ⌈3.97⌉ = 4. One busy replica
// of five is worth 5/4, or is not among them.
TEST(KnativeReports, FromTheFifthReplicaOnAScrapeIsASample) {
  Bed four(4), five(5);
  for (Bed* bed : {&four, &five}) {
    bed->gateway.steer(0, PathMode::serve, 1);
    bed->call(300s);
    bed->run_until(201s);
  }
  for (const Load& load : four.scraped()) {
    EXPECT_EQ(load.concurrency, 1);
  }
  int seen = 0, missed = 0;
  for (const Load& load : five.scraped()) {
    (load.concurrency > 0 ? seen : missed)++;
    EXPECT_TRUE(load.concurrency == 0 || load.concurrency == 1.25) << load.concurrency;
  }
  EXPECT_EQ(seen + missed, 200);
  EXPECT_NEAR(missed, 40, 19);  // one in five: 3.29 × √(200 × 0.2 × 0.8)
}

// Six replicas ask for a sample of ⌈4.53⌉ = 5.
TEST(KnativeReports, AReplicaWithoutReportIsReplacedByAnother) {
  for (const int young : {1, 2}) {
    Bed bed(6 - young);
    bed.at(5s, [&] {
      for (int i = 0; i < young; ++i) bed.pods.create(0);
    });
    bed.run_until(5s + kScrapes);
    const auto scraped = bed.scraped();
    ASSERT_FALSE(scraped.empty());
    const Duration last = young == 1 ? 5s + kScrapes : 4s + kScrapes;
    EXPECT_EQ(scraped.back().at, kStart + last) << young;
  }
}

TEST(KnativeReports, ScrapingEndsWithTheLastReplicaAndBeginsAgain) {
  Bed bed(1);
  bed.run_until(3s);
  bed.remove(1);
  bed.reports();
  bed.run_until(100s);
  EXPECT_TRUE(bed.reports().empty());
  bed.pod(0);
  bed.run_until(102s);
  const auto scraped = bed.scraped();
  ASSERT_EQ(scraped.size(), 1u) << "just after 101 s, once";
  EXPECT_EQ(scraped[0].at, kStart + 101s + kScrapes);
}

TEST(KnativeReports, AReplicaThatComesBackWithinASecondIsScrapedOnceASecond) {
  Bed bed(1);
  bed.run_until(3s);
  bed.remove(1);
  bed.pod(0);
  bed.run_until(4s);
  bed.reports();
  bed.run_until(14s);
  EXPECT_EQ(bed.scraped().size(), 10u);
}

// --- both ---

TEST(KnativeReports, ACallIsCountedOnceWhicheverWayItWent) {
  for (const PathMode mode : {PathMode::proxy, PathMode::serve}) {
    Bed bed(3, 5);
    bed.gateway.steer(0, mode, 1);
    for (int i = 0; i < 50; ++i)
      bed.at(2s + i * 137ms, [&bed, i] { bed.call(Duration{i * 20ms}); });
    bed.run_until(20s);
    EXPECT_EQ(bed.replies().size(), 50u);
    const auto reports = bed.reports();
    EXPECT_NEAR(counted(reports), 50, 1e-9);
    double proxied = 0, all = 0;
    for (const Load& load : reports) {
      proxied += load.proxied_requests;
      all += load.from_replicas ? load.requests : 0;
    }
    EXPECT_EQ(all, 50);
    EXPECT_EQ(proxied, mode == PathMode::proxy ? 50 : 0);
  }
}

TEST(KnativeReports, WhatNobodyAsksForIsForgottenInTheEnd) {
  Bed bed(1);
  bed.run_until(8'000s);
  const auto reports = bed.reports();
  EXPECT_LE(reports.size(), 7'200u);
  EXPECT_GE(reports.size(), 3'600u) << "an hour of them is there";
  EXPECT_EQ(reports.back().at, kStart + 7'999s + kScrapes);
}

}  // namespace data_path_reports_test
}  // namespace thaw::sim
