// A ServiceAccount with exactly what it needs, and with one right less: the message names it.
#include "drivers/kubernetes/access_review.hpp"
#include "drivers/kubernetes/config_map.hpp"
#include "drivers/kubernetes/reflector.hpp"
#include "drivers/kubernetes/scale.hpp"
#include "tests/live/client_case.hpp"
#include "tests/live/fault_proxy.hpp"
#include "tests/live/names.hpp"

namespace thaw::live {
namespace {

using namespace kubernetes;

class Rights : public ClientCase {
 protected:
  void as(const std::string& account, const std::string& rules) {
    own_ = std::make_unique<Transport>(io_.get_executor(), access_with(token_with(account, rules)));
    own_reader_.emplace(*own_);
    own_writer_.emplace(*own_);
  }
  std::vector<Right> needed() const {
    return {{"list", "", "pods", "", space(), ""},
            {"watch", "", "pods", "", space(), ""},
            {"get", "apps", "deployments", "scale", space(), ""},
            {"patch", "apps", "deployments", "scale", space(), ""}};
  }
  std::string user(const std::string& account) const {
    return " as system:serviceaccount:" + space() + ":" + account;
  }

  const std::string kWatch = "{apiGroups: [''], resources: [pods], verbs: [list, watch]}";
  const std::string kScale =
      "{apiGroups: [apps], resources: [deployments/scale], verbs: [get, patch]}";
  std::unique_ptr<Transport> own_;
  std::optional<Reader> own_reader_;
  std::optional<Writer> own_writer_;
};

TEST_F(Rights, AreEnough) {
  deploy("target", 0);
  as("whole", kWatch + ", " + kScale);
  EXPECT_EQ(describe_missing(run(missing_rights(*own_writer_, needed()))), "");
  const Target target{.namespace_name = space(), .name = "target"};
  EXPECT_EQ(run(kubernetes::scale(*own_writer_, target, 1)).desired, 1);
  Names pods;
  Reflector reflector(*own_reader_, {in_space("api/v1", "pods")}, pods);
  boost::asio::co_spawn(io_, reflector.run(), [](std::exception_ptr) {});
  EXPECT_TRUE(loopback::run_until(io_, [&] { return pods.known.size() == 1; }));
  own_->close();
  io_.run_for(100ms);
}

TEST_F(Rights, OneLessIsNamedBeforeAndWhenItIsMissed) {
  deploy("target", 0);
  as("less", kWatch + ", {apiGroups: [apps], resources: [deployments/scale], verbs: [get]}");
  EXPECT_EQ(describe_missing(run(missing_rights(*own_writer_, needed()))),
            "this identity may not:\n  patch deployments/scale (apps) in namespace " + space() +
                "\napply deploy/rbac.yaml");
  const Target target{.namespace_name = space(), .name = "target"};
  EXPECT_EQ(std::string(error_of(kubernetes::scale(*own_writer_, target, 1)).what()),
            "forbidden: patch deployments/scale in namespace " + space() + user("less") +
                "; apply deploy/rbac.yaml");
  EXPECT_EQ(get({"deployment/target"}, "{.spec.replicas}"), "0");
}

TEST_F(Rights, AReflectorSaysWhichOneItLacks) {
  as("listless", "{apiGroups: [''], resources: [pods], verbs: [list]}");
  Names pods;
  ReflectorSettings settings;
  settings.backoff = {.first = 100ms, .most = 1s};
  Reflector reflector(*own_reader_, {in_space("api/v1", "pods")}, pods, settings);
  boost::asio::co_spawn(io_, reflector.run(), [](std::exception_ptr) {});
  ASSERT_TRUE(loopback::run_until(io_, [&] { return reflector.counters().errors >= 2; }));
  EXPECT_EQ(reflector.last_error(), "forbidden: watch pods in namespace " + space() +
                                        user("listless") + "; apply deploy/rbac.yaml");
  own_->close();
  reflector.stop();
  io_.run_for(100ms);
}

TEST_F(Rights, ATokenOfNobodyIsUnauthorized) {
  Transport nobody(io_.get_executor(), access_with("not.a.token"));
  Reader reader(nobody);
  const ApiError error = error_of(reader.get("/api/v1/nodes"));
  EXPECT_EQ(error.kind(), ApiError::Kind::unauthorized);
  EXPECT_EQ(std::string(error.what()).find("not.a.token"), std::string::npos);
}

// Whoever holds only Readers sends nothing but GET: shown from outside, by a proxy.
TEST_F(Rights, AReaderOnlyReads) {
  FaultProxy proxy(transport_.access());
  const std::string token = token_with("reader", kWatch);
  Transport through(io_.get_executor(), proxy.access(token));
  Reader reader(through);
  Names pods;
  Reflector reflector(reader, {in_space("api/v1", "pods")}, pods);
  boost::asio::co_spawn(io_, reflector.run(), [](std::exception_ptr) {});
  deploy("seen", 2);
  // The list may say it all: the watch is to be seen too.
  EXPECT_TRUE(loopback::run_until(io_, [&] {
    return pods.known.size() == 2 && proxy.requests().size() >= 2;
  })) << reflector.last_error();
  const std::vector<SeenRequest> requests = proxy.requests();
  EXPECT_GE(requests.size(), 2u);
  for (const SeenRequest& request : requests) EXPECT_EQ(request.method, "GET") << request.target;
  through.close();
  io_.run_for(100ms);
}

}  // namespace
}  // namespace thaw::live
