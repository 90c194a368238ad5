// What changes a cluster: what is sent, what is sent again, and what is never sent twice.
#include "drivers/kubernetes/writer.hpp"

#include <deque>
#include <nlohmann/json.hpp>

#include "drivers/kubernetes/access_review.hpp"
#include "drivers/kubernetes/config_map.hpp"
#include "drivers/kubernetes/micro_time.hpp"
#include "drivers/kubernetes/scale.hpp"
#include "tests/drivers/api_server.hpp"

namespace thaw::kubernetes {
namespace {

using loopback::Visit;
using Kind = ApiError::Kind;

constexpr const char* kScale =
    R"({"metadata":{"resourceVersion":"8"},"spec":{"replicas":3},"status":{"replicas":1,"selector":"app=y"}})";

class WriterTest : public loopback::ApiServerTest {
 protected:
  struct Answer {
    int status;
    std::string body = "{}";
    std::string headers = "";
  };
  // Status 0 is a reset, after the request was read. After the script the answer is 200.
  void follow(std::deque<Answer> script) {
    script_ = std::move(script);
    seen_.clear();
    serve([this](Visit& visit) -> Awaitable<void> {
      seen_.push_back(visit.request);
      Answer answer{200, kScale};
      if (!script_.empty()) {
        answer = script_.front();
        script_.pop_front();
      }
      if (answer.status == 0) {
        visit.reset();
      } else {
        co_await visit.answer(answer.status, answer.body, answer.headers);
      }
    });
    writer_.emplace(*transport_, Random(1, "writes"), BackoffSettings{.first = 20ms});
  }
  Json body(std::size_t request) const { return Json::parse(seen_.at(request).body); }

  std::deque<Answer> script_;
  std::vector<http::Request> seen_;
  std::optional<Writer> writer_;
  const Target target_{.namespace_name = "x", .name = "y"};
};

TEST_F(WriterTest, ScaleIsAMergePatchOfAnAbsoluteCount) {
  follow({});
  const Scaled scaled = run(scale(*writer_, target_, 3));
  EXPECT_EQ(seen_[0].method, "PATCH");
  EXPECT_EQ(seen_[0].target, "/apis/apps/v1/namespaces/x/deployments/y/scale");
  EXPECT_EQ(http::find_header(seen_[0].headers, "Content-Type"), "application/merge-patch+json");
  EXPECT_EQ(seen_[0].body, R"({"spec":{"replicas":3}})");
  EXPECT_EQ(scaled.desired, 3);
  EXPECT_EQ(scaled.current, 1);
  EXPECT_EQ(scaled.resource_version, "8");
  EXPECT_EQ(scaled.selector, "app=y");
  run(scale(*writer_, target_, 3, "7"));
  EXPECT_EQ(seen_[1].body, R"({"metadata":{"resourceVersion":"7"},"spec":{"replicas":3}})");
}

TEST_F(WriterTest, AConflictIsReadAgainAndNotWrittenOver) {
  follow({{409, R"({"message":"the object has been modified"})"}});
  const Scaled scaled = run(scale(*writer_, target_, 5, "7"));
  EXPECT_TRUE(scaled.conflicted);
  EXPECT_EQ(scaled.desired, 3);
  ASSERT_EQ(seen_.size(), 2u);
  EXPECT_EQ(seen_[1].method, "GET");
  EXPECT_EQ(writer_->writes(), 1u);
}

TEST_F(WriterTest, AnAbsoluteWriteIsRepeatedThroughWhatPasses) {
  follow({{0}, {503}, {500}, {408}});
  EXPECT_EQ(run(scale(*writer_, target_, 3, std::nullopt, 20s)).desired, 3);
  EXPECT_EQ(seen_.size(), 5u);
  for (const http::Request& request : seen_) EXPECT_EQ(request.body, seen_[0].body);
}

TEST_F(WriterTest, AnyOtherWriteIsRepeatedOnlyWhereItCannotHaveBeenDone) {
  follow({{429, "{}", "Retry-After: 0\r\n"}});
  run(writer_->create("/api/v1/namespaces/x/things", Json::object()));
  EXPECT_EQ(seen_.size(), 2u);
  for (const int status : {0, 500, 503}) {
    follow({{status}});
    error_of(writer_->create("/api/v1/namespaces/x/things", Json::object()));
    EXPECT_EQ(seen_.size(), 1u) << status;
  }
}

TEST_F(WriterTest, WhatIsWrongIsToldAtOnce) {
  const std::pair<int, Kind> kinds[] = {{400, Kind::invalid},   {403, Kind::forbidden},
                                        {404, Kind::not_found}, {409, Kind::conflict},
                                        {410, Kind::gone},      {422, Kind::invalid}};
  for (const auto& [status, kind] : kinds) {
    follow({{status, R"({"message":"no"})"}});
    const ApiError error = error_of(writer_->patch("/api/v1/namespaces/x/pods/p", Json::object()));
    EXPECT_EQ(error.kind(), kind);
    EXPECT_EQ(error.status(), status);
    EXPECT_EQ(seen_.size(), 1u) << status;
  }
}

TEST_F(WriterTest, RetryAfterIsHonouredWithinTheTime) {
  follow({{429, "{}", "Retry-After: 1\r\n"}});
  const auto begin = std::chrono::steady_clock::now();
  run(writer_->patch("/api/v1/namespaces/x/pods/p", Json::object()));
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 1s);
  follow({{429, R"({"details":{"retryAfterSeconds":60}})"}});
  const ApiError error =
      error_of(writer_->patch("/api/v1/namespaces/x/pods/p", Json::object(), 2s));
  EXPECT_EQ(error.kind(), Kind::throttled);
  EXPECT_EQ(error.retry_after(), Duration(60s));
  EXPECT_EQ(seen_.size(), 1u);
}

TEST_F(WriterTest, ForbiddenNamesTheRightThatIsMissingAndTheMend) {
  follow(
      {{403,
        R"({"message":"deployments.apps \"y\" is forbidden: User \"system:serviceaccount:x:drive\" )"
        R"(cannot patch resource \"deployments/scale\" in API group \"apps\" in the namespace \"x\""})"}});
  EXPECT_STREQ(error_of(scale(*writer_, target_, 1)).what(),
               "forbidden: patch deployments/scale in namespace x as "
               "system:serviceaccount:x:drive; apply deploy/rbac.yaml");
  follow({{403, R"({"message":"exceeded quota: pods=10"})"}});
  EXPECT_STREQ(error_of(writer_->create("/api/v1/namespaces/x/pods", Json::object())).what(),
               "forbidden: create pods in namespace x: exceeded quota: pods=10");
}

TEST_F(WriterTest, AConfigMapIsSetAsAWholeAndMadeWhereThereIsNone) {
  follow({{200}});
  run(apply_config_map(*writer_, {"x", "state"}, {{"a", "1"}}, {{"app", "thaw"}}));
  ASSERT_EQ(seen_.size(), 1u);
  EXPECT_EQ(seen_[0].method + " " + seen_[0].target, "PUT /api/v1/namespaces/x/configmaps/state");
  EXPECT_EQ(body(0)["data"].dump(), R"({"a":"1"})");
  EXPECT_EQ(body(0)["metadata"].dump(),
            R"({"labels":{"app":"thaw"},"name":"state","namespace":"x"})");
  follow({{404}, {409}, {200}});  // another makes it meanwhile
  run(apply_config_map(*writer_, {"x", "state"}, {{"a", "1"}}));
  ASSERT_EQ(seen_.size(), 3u);
  EXPECT_EQ(seen_[1].method + " " + seen_[1].target, "POST /api/v1/namespaces/x/configmaps");
  EXPECT_EQ(seen_[2].method, "PUT");
  follow({});
  const Strings large = {{"a", std::string(1'100'000, 'x')}};
  EXPECT_EQ(error_of(apply_config_map(*writer_, {"x", "state"}, large)).kind(), Kind::invalid);
  EXPECT_EQ(seen_.size(), 0u);
}

TEST_F(WriterTest, MissingRightsAreListedTogether) {
  follow({{201, R"({"status":{"allowed":true}})"},
          {201, R"({"status":{"allowed":false,"reason":"no RBAC policy matched"}})"},
          {201, R"({"status":{}})"}});
  const std::vector<Right> rights = {{"list", "", "pods", "", "x", ""},
                                     {"patch", "apps", "deployments", "scale", "x", ""},
                                     {"watch", "", "nodes", "", "", ""}};
  const std::vector<Right> missing = run(missing_rights(*writer_, rights));
  EXPECT_EQ(describe_missing(missing),
            "this identity may not:\n  patch deployments/scale (apps) in namespace x\n"
            "  watch nodes in the whole cluster\napply deploy/rbac.yaml");
  EXPECT_EQ(describe_missing({}), "");
  EXPECT_EQ(
      body(1)["spec"]["resourceAttributes"].dump(),
      R"({"group":"apps","namespace":"x","resource":"deployments","subresource":"scale","verb":"patch"})");
}

TEST(Describe, SaysVerbResourceAndPlace) {
  EXPECT_EQ(describe("get", "/api/v1/nodes?limit=500"), "list nodes");
  EXPECT_EQ(describe("get", "/api/v1/nodes?watch=1&resourceVersion=5"), "watch nodes");
  EXPECT_EQ(describe("get", "/api/v1/namespaces/x"), "get namespaces");
  EXPECT_EQ(describe("get", "/api/v1/namespaces/x/pods/p/log"), "get pods/log in namespace x");
  EXPECT_EQ(describe("update", "/apis/coordination.k8s.io/v1/namespaces/x/leases/l"),
            "update leases in namespace x");
  EXPECT_EQ(describe("get", "/version"), "get /version");
}

TEST(MicroTime, HasSixDigits) {
  EXPECT_EQ(micro_time({1'767'571'200s + 1'500ns}), "2026-01-05T00:00:00.000001Z");
  EXPECT_EQ(micro_time({1'767'571'200s + 250ms}), "2026-01-05T00:00:00.250000Z");
}

TEST(BackoffTest, DoublesUpToItsLimitAndForgetsAfterQuiet) {
  Backoff backoff({.first = 800ms, .most = 3s, .jitter = 1, .quiet = 2min}, Random(5, "test"));
  Backoff::Instant now{};
  for (const Duration base : {800ms, 1'600ms, 3'000ms, 3'000ms}) {
    const Duration wait = backoff.next(now);
    EXPECT_GE(wait, base);
    EXPECT_LE(wait, 2 * base);
    now += wait;
  }
  EXPECT_GE(backoff.next(now, 10s), 10s);
  now += 10min;
  EXPECT_LE(backoff.next(now), 1'600ms);
}

}  // namespace
}  // namespace thaw::kubernetes
