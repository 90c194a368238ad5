// A Lease and Events against a small API server that keeps objects and versions as the real one.
#include "drivers/kubernetes/election.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "drivers/kubernetes/events.hpp"
#include "drivers/kubernetes/json_fields.hpp"
#include "tests/drivers/api_server.hpp"

namespace thaw::kubernetes {
namespace {

using loopback::run_until;
using loopback::Visit;

// The API's shortest lease is a second; everything else in proportion.
LeaseSettings settings_for(const std::string& identity) {
  return {.namespace_name = "ns",
          .name = "thaw",
          .identity = identity,
          .duration = 1s,
          .renew = 600ms,
          .retry = 100ms,
          .jitter = 0.2};
}

class ElectionTest : public loopback::ApiServerTest {
 protected:
  // Objects by path: GET, POST, PUT with its version as a guard, and merge PATCH. While it fails,
  // requests are lost, or done and their answers lost.
  void keep_objects() {
    serve([this](Visit& visit) -> Awaitable<void> {
      const bool lost = failing_ && luck_.below(2) == 0;
      const auto [status, body] = lost ? std::pair(0, std::string()) : done(visit.request);
      if (failing_) {
        visit.reset();
      } else {
        co_await visit.answer(status, body);
      }
    });
    writer_.emplace(*transport_, Random(1, "writes"));
  }
  std::pair<int, std::string> done(const http::Request& request) {
    std::string path = request.target;
    Json sent = request.body.empty() ? Json() : Json::parse(request.body);
    const bool post = request.method == "POST";
    if (post) path += "/" + text_at(sent, {"metadata", "name"});
    const auto found = objects_.find(path);
    const bool there = found != objects_.end();
    if (there == post) return {post ? 409 : 404, "{}"};
    if (request.method == "GET") return {200, found->second.dump()};
    const std::string guard = text_at(sent, {"metadata", "resourceVersion"});
    if (there && !guard.empty() &&
        guard != text_at(found->second, {"metadata", "resourceVersion"})) {
      return {409, "{}"};
    }
    Json kept = std::move(sent);
    if (request.method == "PATCH") {
      Json merged = found->second;
      merged.merge_patch(kept);
      kept = std::move(merged);
    }
    kept["metadata"]["resourceVersion"] = std::to_string(++version_);
    objects_[path] = kept;
    return {post ? 201 : 200, kept.dump()};
  }
  Json& lease() { return objects_["/apis/coordination.k8s.io/v1/namespaces/ns/leases/thaw"]; }
  struct Candidate {
    Candidate(ElectionTest& test, const std::string& identity)
        : election(*test.writer_, settings_for(identity), [this](bool leads) {
            changes.push_back(leads);
            changed = std::chrono::steady_clock::now();
          }) {
      boost::asio::co_spawn(test.io_, election.run(), [this](std::exception_ptr error) {
        ended = true;
        if (error) std::rethrow_exception(error);
      });
    }
    std::vector<bool> changes;
    std::chrono::steady_clock::time_point changed;
    bool ended = false;
    Election election;
  };

  std::map<std::string, Json> objects_;
  int version_ = 0;
  bool failing_ = false;
  Random luck_{9, "lost"};
  std::optional<Writer> writer_;
};

TEST_F(ElectionTest, TheFirstLeadsAndReleasesOnLeaving) {
  keep_objects();
  Candidate a(*this, "a");
  ASSERT_TRUE(run_until(io_, [&] { return a.election.leads(); }));
  EXPECT_EQ(text_at(lease(), {"spec", "holderIdentity"}), "a");
  EXPECT_EQ(number_at(lease(), {"spec", "leaseDurationSeconds"}), 1);
  EXPECT_EQ(number_at(lease(), {"spec", "leaseTransitions"}, -1), 0);
  const std::string acquired = text_at(lease(), {"spec", "acquireTime"});
  const std::string renewed = text_at(lease(), {"spec", "renewTime"});
  ASSERT_TRUE(run_until(io_, [&] { return text_at(lease(), {"spec", "renewTime"}) != renewed; }));
  EXPECT_EQ(text_at(lease(), {"spec", "acquireTime"}), acquired);
  Candidate b(*this, "b");
  run_until(io_, [&] { return b.election.holder() == "a"; });
  EXPECT_FALSE(b.election.leads());
  a.election.stop();
  ASSERT_TRUE(run_until(
      io_, [&] { return b.election.leads(); }, 900ms));  // sooner than it expires
  EXPECT_EQ(a.changes, (std::vector<bool>{true, false}));
  EXPECT_TRUE(a.ended);
  EXPECT_EQ(number_at(lease(), {"spec", "leaseTransitions"}), 1);
  EXPECT_EQ(b.election.transitions(), 1);
}

TEST_F(ElectionTest, AnotherTakesOverOnlyAfterTheDurationSinceItSawAChange) {
  keep_objects();
  lease() = {{"metadata", {{"name", "thaw"}, {"resourceVersion", "1"}}},
             {"spec",
              {{"holderIdentity", "dead"},
               {"leaseDurationSeconds", 1},
               {"renewTime", "2000-01-01T00:00:00.000000Z"}}}};  // another's clock says nothing
  version_ = 1;
  const auto begin = std::chrono::steady_clock::now();
  Candidate b(*this, "b");
  ASSERT_TRUE(run_until(io_, [&] { return b.election.leads(); }));
  EXPECT_GE(b.changed - begin, 1s);
  EXPECT_LE(b.changed - begin, 1'700ms);
}

TEST_F(ElectionTest, ItsOwnIdentityIsTakenBackAtOnce) {
  keep_objects();
  lease() = {
      {"metadata", {{"name", "thaw"}, {"resourceVersion", "1"}}},
      {"spec", {{"holderIdentity", "a"}, {"leaseDurationSeconds", 15}, {"leaseTransitions", 4}}}};
  version_ = 1;
  Candidate a(*this, "a");
  ASSERT_TRUE(run_until(
      io_, [&] { return a.election.leads(); }, 900ms));
  EXPECT_EQ(number_at(lease(), {"spec", "leaseTransitions"}), 4);  // the same holder
}

TEST_F(ElectionTest, ALeaderThatCannotRenewStepsDownBeforeAnotherMayTakeOver) {
  keep_objects();
  Candidate a(*this, "a");
  ASSERT_TRUE(run_until(io_, [&] { return a.election.leads(); }));
  EXPECT_TRUE(a.election.may_write(500ms));
  EXPECT_FALSE(a.election.may_write(1'100ms));  // the lease does not outlive it
  failing_ = true;
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(run_until(io_, [&] { return !a.election.leads(); }));
  EXPECT_LE(a.changed - begin, 650ms);  // renew, and a moment
  EXPECT_FALSE(a.election.may_write(0s));
  EXPECT_NE(a.election.last_error(), "");
  failing_ = false;
  ASSERT_TRUE(run_until(io_, [&] { return a.election.leads(); }));
  EXPECT_EQ(a.changes, (std::vector<bool>{true, false, true}));
}

TEST_F(ElectionTest, NeverTwoLeadThoughAnswersAreLost) {
  keep_objects();
  Random random(3, "faults");
  Candidate a(*this, "a"), b(*this, "b"), c(*this, "c");
  const auto end = std::chrono::steady_clock::now() + 4s;
  auto flip = std::chrono::steady_clock::now();
  int checks = 0;
  run_until(
      io_,
      [&] {
        const auto now = std::chrono::steady_clock::now();
        if (now > flip) {
          failing_ = !failing_;
          flip = now + std::chrono::milliseconds(200 + random.below(1'000));
        }
        EXPECT_LE(a.election.may_write(0s) + b.election.may_write(0s) + c.election.may_write(0s),
                  1);
        ++checks;
        return now > end;
      },
      5s);
  EXPECT_GT(checks, 100);
  EXPECT_GE(a.changes.size() + b.changes.size() + c.changes.size(), 3u);
}

TEST_F(ElectionTest, AnEventToldAgainBecomesASeries) {
  keep_objects();
  EventSettings settings;
  settings.instance = "pod-1";
  settings.settle = 100ms;
  Events events(*writer_, settings);
  bool ended = false;
  boost::asio::co_spawn(io_, events.run(), [&](std::exception_ptr) { ended = true; });
  Event event;
  event.regarding = {"apps/v1", "Deployment", "ns", "ollama", "u-1"};
  event.reason = "ScaledUp";
  event.action = "Scale";
  event.note = "0 to 1: a request waits";
  events.tell(event);
  ASSERT_TRUE(run_until(io_, [&] { return events.counters().written == 1; }));
  ASSERT_EQ(objects_.size(), 1u);
  const std::string path = objects_.begin()->first;
  EXPECT_TRUE(path.starts_with("/apis/events.k8s.io/v1/namespaces/ns/events/ollama."));
  EXPECT_EQ(text_at(objects_[path], {"reportingController"}), "thaw");
  EXPECT_EQ(text_at(objects_[path], {"reportingInstance"}), "pod-1");
  EXPECT_EQ(text_at(objects_[path], {"regarding", "uid"}), "u-1");
  EXPECT_EQ(text_at(objects_[path], {"type"}), "Normal");
  for (int i = 0; i < 4; ++i) events.tell(event);
  ASSERT_TRUE(run_until(io_, [&] { return events.counters().written == 2; }));
  EXPECT_EQ(objects_.size(), 1u);
  EXPECT_EQ(number_at(objects_[path], {"series", "count"}), 5);
  EXPECT_EQ(events.counters().repeated, 4u);
  event.note = "another";
  events.tell(event);
  events.stop();
  ASSERT_TRUE(run_until(io_, [&] { return ended; }));
  EXPECT_EQ(objects_.size(), 2u);
}

TEST_F(ElectionTest, EventsAreBoundedInRateAndNumberAndNeverThrow) {
  keep_objects();
  failing_ = true;
  EventSettings settings;
  settings.burst = 3;
  settings.waiting = 5;
  settings.per_second = 0.001;
  Events events(*writer_, settings);
  boost::asio::co_spawn(io_, events.run(), [](std::exception_ptr) {});
  Event event;
  event.regarding.name = "x";
  for (int i = 0; i < 20; ++i) {
    event.note = std::to_string(i);
    events.tell(event);
  }
  run_until(
      io_, [] { return false; }, 500ms);
  EXPECT_EQ(events.counters().failed, 3u);
  EXPECT_EQ(events.counters().dropped, 15u);
  EXPECT_EQ(server_->requests(), 3u);
  transport_->close();
  events.stop();
  run_until(
      io_, [] { return false; }, 50ms);
}

}  // namespace
}  // namespace thaw::kubernetes
