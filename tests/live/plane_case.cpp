#include "tests/live/plane_case.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <limits>
#include <memory>

#include "tests/live/eventually.hpp"
#include "tests/live/http.hpp"

namespace thaw::live {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<Plane> the_plane;

class StopsThePlane final : public testing::Environment {
  void TearDown() override {
    if (!the_plane) return;
    const std::string folder = the_plane->folder();
    EXPECT_EQ(the_plane->stop(), 0);
    EXPECT_FALSE(std::filesystem::exists(folder));
    the_plane.reset();
  }
};

}  // namespace

Plane& PlaneCase::plane() {
  if (!the_plane) {
    std::vector<std::string> flags{"-prometheus", "-start", "1s"};
    if (geteuid() == 0) flags.push_back("-namespace");  // beside other planes of the machine
    the_plane = std::make_unique<Plane>(flags);
    testing::AddGlobalTestEnvironment(new StopsThePlane);
  }
  return *the_plane;
}

void PlaneCase::SetUp() {
  namespace_ = testing::UnitTest::GetInstance()->current_test_info()->name();
  std::ranges::transform(namespace_, namespace_.begin(), [](unsigned char c) {
    return std::isalnum(c) ? static_cast<char>(std::tolower(c)) : '-';
  });
  const Output created = plane().kubectl({"create", "namespace", namespace_});
  ASSERT_EQ(created.exit_code, 0) << created.text;
}

void PlaneCase::TearDown() {
  for (const std::string& pool : pools_) http("DELETE", plane().cloud() + "/pools/" + pool);
  plane().kubectl({"delete", "namespace", namespace_, "--wait=false"});
}

Output PlaneCase::kubectl(std::vector<std::string> arguments, const std::string& input) const {
  arguments.insert(arguments.begin(), "--namespace=" + namespace_);
  return plane().kubectl(arguments, input);
}

std::string PlaneCase::get(std::vector<std::string> what, const std::string& path) const {
  what.insert(what.begin(), "get");
  what.push_back("--output=jsonpath=" + path);
  return kubectl(what).text;
}

void PlaneCase::apply(const std::string& manifest) const {
  const Output applied = kubectl({"apply", "--filename=-"}, manifest);
  ASSERT_EQ(applied.exit_code, 0) << applied.text;
}

void PlaneCase::scale(const std::string& deployment, int replicas) const {
  const Output scaled =
      kubectl({"scale", "deployment/" + deployment, "--replicas=" + std::to_string(replicas)});
  ASSERT_EQ(scaled.exit_code, 0) << scaled.text;
}

testing::AssertionResult PlaneCase::becomes_ready(const std::string& deployment,
                                                  int replicas) const {
  const bool ready = eventually(60s, [&] {
    return get({"deployment/" + deployment}, "{.status.readyReplicas}") == std::to_string(replicas);
  });
  if (ready) return testing::AssertionSuccess();
  return testing::AssertionFailure() << kubectl({"describe", "pods"}).text;
}

std::string PlaneCase::address_of(const std::string& deployment) const {
  return "http://" + get({"pods", "--selector=app=" + deployment}, "{.items[0].status.podIP}");
}

void PlaneCase::put(const std::string& url, const std::string& body) {
  const Reply reply = http("PUT", url, body);
  ASSERT_EQ(reply.status, 200) << reply.body;
}

void PlaneCase::put_pool(const std::string& name, const std::string& body) {
  put(plane().cloud() + "/pools/" + name, body);
  pools_.push_back(name);
}

std::string PlaneCase::journal(const std::string& pool, const std::string& kind) {
  for (const std::string& line : plane().lines("cloud.jsonl")) {
    if (field(line, "kind") == kind && field(line, "pool") == pool) return line;
  }
  return {};
}

double PlaneCase::seconds(const std::string& journal_line) {
  if (journal_line.empty()) return std::numeric_limits<double>::quiet_NaN();
  return std::stod(field(journal_line, "t_ns")) / 1e9;
}

}  // namespace thaw::live
