// Admission at a replica and its reports a second (kpa.md sections 4 and 7 are Knative's pkg/queue
// in words).
#include "sim/knative/queue_proxy.hpp"

#include <gtest/gtest.h>

namespace thaw::sim {
namespace queue_proxy_test {

using Admission = serving::Breaker::Admission;

constexpr TimePoint kBegin{100s};
TimePoint at(Duration t) { return kBegin + t; }

TEST(QueueProxy, AdmitsElevenTimesItsConcurrency) {
  for (const std::uint32_t c : {1u, 3u, 10u}) {
    QueueProxy proxy(c, kBegin);
    for (RequestId id = 0; id < 11 * c; ++id)  // c served, 10 c wait
      EXPECT_EQ(proxy.arrived(id, false, kBegin), id < c ? Admission::served : Admission::waiting);
    EXPECT_EQ(proxy.arrived(11 * c, false, kBegin), Admission::refused);
    EXPECT_EQ(proxy.waiting().size(), 10 * c);
    proxy.left(false, kBegin);
    EXPECT_EQ(proxy.arrived(11 * c, false, kBegin), Admission::waiting) << "one place is free";
  }
}

TEST(QueueProxy, WithoutLimitServesAll) {
  QueueProxy proxy(0, kBegin);
  for (RequestId id = 0; id < 20'000; ++id)
    EXPECT_EQ(proxy.arrived(id, false, kBegin), Admission::served);
  EXPECT_EQ(proxy.left(false, kBegin), std::nullopt);
}

TEST(QueueProxy, TheOldestWaitingCallIsNext) {
  QueueProxy proxy(1, kBegin);
  for (const RequestId id : {7u, 3u, 9u, 5u}) proxy.arrived(id, false, kBegin);
  proxy.abandoned(3, false, kBegin);
  EXPECT_EQ(proxy.left(false, kBegin), 9u);
  EXPECT_EQ(proxy.left(false, kBegin), 5u);
  EXPECT_EQ(proxy.left(false, kBegin), std::nullopt);
  EXPECT_TRUE(proxy.waiting().empty());
}

TEST(QueueProxy, HasNoReportBeforeItsFirstFullSecond) {
  QueueProxy proxy(0, kBegin);
  EXPECT_FALSE(proxy.report(at(0s)));
  EXPECT_FALSE(proxy.report(at(1s - 1ns)));
  EXPECT_TRUE(proxy.report(at(1s)));
}

TEST(QueueProxy, ReportsTheMeanOfItsLastFullSecond) {
  QueueProxy proxy(0, kBegin);
  proxy.arrived(1, false, at(250ms));
  proxy.arrived(2, true, at(500ms));
  proxy.left(false, at(750ms));
  const auto& first = proxy.report(at(1999ms));
  EXPECT_DOUBLE_EQ(first->concurrency, 1.0);  // 0.5 s of one call and 0.5 s of the other
  EXPECT_DOUBLE_EQ(first->proxied_concurrency, 0.5);
  EXPECT_EQ(first->requests, 2);
  EXPECT_EQ(first->proxied_requests, 1);
  const auto& second = proxy.report(at(2s));
  EXPECT_DOUBLE_EQ(second->concurrency, 1.0);  // the second call goes on
  EXPECT_EQ(second->requests, 0);
}

TEST(QueueProxy, AWaitingCallCountsFromItsArrival) {
  QueueProxy proxy(1, kBegin);
  proxy.arrived(1, false, at(0s));
  proxy.arrived(2, false, at(0s));
  EXPECT_DOUBLE_EQ(proxy.report(at(1s))->concurrency, 2);
  proxy.abandoned(2, false, at(1500ms));
  EXPECT_DOUBLE_EQ(proxy.report(at(2s))->concurrency, 1.5);
}

TEST(QueueProxy, ARefusedCallCountsAsOneThatTookNoTime) {
  QueueProxy proxy(1, kBegin);
  for (RequestId id = 0; id < 12; ++id) proxy.arrived(id, true, at(0s));
  const auto& report = proxy.report(at(1s));
  EXPECT_EQ(report->requests, 12);
  EXPECT_EQ(report->proxied_requests, 12);
  EXPECT_DOUBLE_EQ(report->concurrency, 11);
}

TEST(QueueProxy, AfterALongSilenceOnlyTheLastSecondIsReported) {
  QueueProxy idle(0, kBegin), busy(0, kBegin);
  idle.arrived(1, false, at(0s));
  idle.left(false, at(500ms));
  busy.arrived(1, false, at(0s));
  EXPECT_DOUBLE_EQ(idle.report(at(3600s))->concurrency, 0);
  EXPECT_EQ(idle.report(at(3600s))->requests, 0);
  EXPECT_DOUBLE_EQ(busy.report(at(3600500ms))->concurrency, 1);
  busy.left(false, at(3600750ms));
  EXPECT_DOUBLE_EQ(busy.report(at(3601s))->concurrency, 0.75);
}

}  // namespace queue_proxy_test
}  // namespace thaw::sim
