// A collection kept up to date through everything that an API server may do to a watch.
#include "drivers/kubernetes/reflector.hpp"

#include <deque>
#include <map>
#include <nlohmann/json.hpp>

#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/list_parser.hpp"
#include "tests/drivers/api_server.hpp"

namespace thaw::kubernetes {
namespace {

using loopback::Visit;
using Handler = loopback::LoopbackServer::Handler;

struct Names final : Sink {
  std::map<std::string, std::string> known;  // name to uid
  std::vector<std::string> told;             // "+a", "-a", "="
  void applied(const Json& object) override {
    const std::string name = text_at(object, {"metadata", "name"});
    known[name] = text_at(object, {"metadata", "uid"});
    told.push_back("+" + name);
  }
  void deleted(const Json& object) override {
    const std::string name = text_at(object, {"metadata", "name"});
    EXPECT_EQ(text_at(object, {"kind"}), "Pod");
    known.erase(name);
    told.push_back("-" + name);
  }
  void synced() override { told.push_back("="); }
};

Json pod(const std::string& name, const std::string& version, const std::string& uid = "") {
  return {{"metadata",
           {{"name", name},
            {"namespace", "ns"},
            {"uid", uid.empty() ? "uid-" + name : uid},
            {"resourceVersion", version}}}};
}

std::string list_of(const std::vector<Json>& pods, const std::string& version,
                    const std::string& more = "") {
  Json metadata{{"resourceVersion", version}};
  if (!more.empty()) metadata["continue"] = more;
  // The kind stands in front, as the API server writes it.
  return R"({"kind":"PodList","apiVersion":"v1","metadata":)" + metadata.dump() + R"(,"items":)" +
         Json(pods).dump() + "}";
}

std::string event(const std::string& type, Json object) {
  object["kind"] = "Pod";
  object["apiVersion"] = "v1";
  return Json{{"type", type}, {"object", std::move(object)}}.dump() + "\n";
}

// One step of the server's script each.
Handler answers(int status, std::string body, std::string headers = "") {
  return [=](Visit& visit) -> Awaitable<void> { co_await visit.answer(status, body, headers); };
}
Handler lists(const std::vector<Json>& pods, const std::string& version,
              const std::string& more = "") {
  return answers(200, list_of(pods, version, more));
}
Handler watches(std::vector<std::string> lines, Duration pause, bool whole = true) {
  return [=](Visit& visit) -> Awaitable<void> {
    co_await visit.begin_chunks();
    for (const std::string& line : lines) co_await visit.chunk(line);
    co_await visit.pause(pause);
    if (whole) {
      co_await visit.end_chunks();
    } else {
      visit.close();
    }
  };
}
Handler resets() {
  return [](Visit& visit) -> Awaitable<void> {
    visit.reset();
    co_return;
  };
}

class ReflectorTest : public loopback::ApiServerTest {
 protected:
  ReflectorTest() {
    settings_.backoff = {.first = 20ms, .most = 100ms, .jitter = 0.1};
    settings_.chunk = 2;
    settings_.silence = 300ms;
  }
  // The server follows the script; after it, each watch stays open in silence.
  void follow(std::deque<Handler> script) {
    script_ = std::move(script);
    serve([this](Visit& visit) -> Awaitable<void> {
      Handler step = watches({}, 1h);
      if (!script_.empty()) {
        step = std::move(script_.front());
        script_.pop_front();
      }
      co_await step(visit);
    });
    reader_ = std::make_unique<Reader>(*transport_, 300ms);
    reflector_ = std::make_unique<Reflector>(
        *reader_, Collection{"/api/v1/namespaces/ns/pods", "app in (a)"}, names_, settings_);
    boost::asio::co_spawn(io_, reflector_->run(), [this](std::exception_ptr error) {
      ended_ = true;
      if (error) std::rethrow_exception(error);
    });
  }
  // Until the script is over and the server was asked once more.
  bool settles(Duration within = 5s) {
    return loopback::run_until(
        io_, [&] { return script_.empty() && settled(); }, within);
  }
  bool settled() const { return server_->requests() >= steps_; }
  void TearDown() override {
    if (!transport_) return;
    transport_->close();
    reflector_->stop();
    EXPECT_TRUE(loopback::run_until(io_, [&] { return ended_; }));
  }
  std::string parameter(std::size_t request, const std::string& name) const {
    const std::string& line = server_->log().at(request);
    const std::size_t at = line.find(name + "=");
    if (at == std::string::npos) return "";
    const std::size_t from = at + name.size() + 1;
    return line.substr(from, line.find('&', from) - from);
  }

  std::deque<Handler> script_;
  std::size_t steps_ = 0;
  ReflectorSettings settings_;
  Names names_;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Reflector> reflector_;
  bool ended_ = false;
};

TEST_F(ReflectorTest, ListsInChunksThenWatchesFromThatVersion) {
  steps_ = 3;
  follow({lists({pod("a", "1"), pod("b", "2")}, "9", "t0ken=="), lists({pod("c", "3")}, "9"),
          watches({event("ADDED", pod("d", "10")), event("DELETED", pod("a", "11"))}, 1h)});
  ASSERT_TRUE(loopback::run_until(io_, [&] { return reflector_->counters().events == 2; }));
  EXPECT_EQ(names_.told, (std::vector<std::string>{"+a", "+b", "+c", "=", "+d", "-a"}));
  EXPECT_TRUE(reflector_->synced());
  EXPECT_TRUE(reflector_->watching());
  EXPECT_EQ(reflector_->size(), 3u);
  EXPECT_EQ(parameter(0, "limit"), "2");
  EXPECT_EQ(parameter(0, "labelSelector"), "app%20in%20%28a%29");
  EXPECT_EQ(parameter(1, "continue"), "t0ken%3D%3D");
  EXPECT_EQ(parameter(2, "watch"), "1");
  EXPECT_EQ(parameter(2, "allowWatchBookmarks"), "true");
  EXPECT_EQ(parameter(2, "resourceVersion"), "9");
  EXPECT_GE(std::stoi(parameter(2, "timeoutSeconds")), 300);
  EXPECT_LE(std::stoi(parameter(2, "timeoutSeconds")), 600);
}

TEST_F(ReflectorTest, AWatchThatEndsIsResumedFromTheLastVersionEvenABookmarks) {
  settings_.silence = 5s;
  steps_ = 3;
  follow({lists({}, "5"), watches({event("ADDED", pod("a", "7")),
                                   event("BOOKMARK", {{"metadata", {{"resourceVersion", "20"}}}})},
                                  1'050ms)});
  ASSERT_TRUE(settles());
  EXPECT_EQ(parameter(2, "resourceVersion"), "20");
  EXPECT_EQ(names_.told, (std::vector<std::string>{"=", "+a"}));  // a bookmark is nobody's news
  EXPECT_EQ(reflector_->counters().lists, 1u);
  EXPECT_EQ(reflector_->counters().errors, 0u);
}

TEST_F(ReflectorTest, GoneListsAnewAndTellsWhatVanishedMeanwhile) {
  const std::string gone = R"({"kind":"Status","code":410,"reason":"Expired","message":"too old"})";
  const std::vector<Handler> ways = {answers(410, gone),
                                     watches({event("ERROR", Json::parse(gone))}, 0s),
                                     watches({event("ERROR", Json::parse(gone))}, 0s, false)};
  for (const Handler& way : ways) {
    names_ = {};
    steps_ = 4;
    follow({lists({pod("a", "1"), pod("b", "1"), pod("c", "1", "first")}, "5"), way,
            lists({pod("b", "1"), pod("c", "8", "second"), pod("d", "8")}, "9")});
    ASSERT_TRUE(settles());
    EXPECT_EQ(names_.told,
              (std::vector<std::string>{"+a", "+b", "+c", "=", "+b", "-c", "+c", "+d", "-a", "="}));
    EXPECT_EQ(parameter(3, "resourceVersion"), "9");
    EXPECT_EQ(reflector_->counters().lists, 2u);
    TearDown();
    ended_ = false;
  }
  transport_.reset();
}

TEST_F(ReflectorTest, AContinuationThatExpiredListsInOnePiece) {
  steps_ = 4;
  follow({lists({pod("a", "1")}, "5", "more"), answers(410, R"({"message":"expired"})"),
          lists({pod("b", "1"), pod("c", "1"), pod("d", "1")}, "6")});
  ASSERT_TRUE(settles());
  EXPECT_EQ(parameter(2, "limit"), "0");
  EXPECT_EQ(parameter(2, "continue"), "");
  EXPECT_EQ(names_.told, (std::vector<std::string>{"+a", "+b", "+c", "+d", "-a", "="}));
}

TEST_F(ReflectorTest, ThrottledWaitsAsToldAndResumesWithoutAList) {
  steps_ = 3;
  follow({lists({}, "5"), answers(429, R"({"message":"slow down"})", "Retry-After: 1\r\n")});
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(settles());
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 1s);
  EXPECT_EQ(parameter(2, "resourceVersion"), "5");
  EXPECT_TRUE(reflector_->synced());
}

TEST_F(ReflectorTest, TroubleOfEverySortIsWaitedOut) {
  steps_ = 10;
  follow({answers(500, "boom"), resets(), watches({}, 1h, false) /* a list that hangs */,
          lists({pod("a", "1")}, "5"), resets(), answers(503, "later"),
          watches({event("ADDED", pod("b", "6"))}, 0s, false) /* truncated */,
          watches({"{\"type\":\"ADDED\",\"object\":"}, 0s, false) /* in the middle of a line */,
          watches({event("ADDED", pod("c", "7"))}, 1h) /* falls silent */});
  ASSERT_TRUE(settles());
  EXPECT_EQ(names_.known.size(), 3u);
  // Each reset met a kept connection, which the client replaces by itself.
  EXPECT_EQ(reflector_->counters().lists, 3u);
  EXPECT_EQ(reflector_->counters().errors, 6u);
  EXPECT_EQ(parameter(9, "resourceVersion"), "7");
  EXPECT_TRUE(reflector_->synced());
}

TEST_F(ReflectorTest, AWatchThatEndsAtOnceIsNoBusyLoop) {
  settings_.silence = 1h;
  follow({lists({}, "5")});
  for (int i = 0; i < 10'000; ++i) script_.push_back(watches({}, 0s));
  loopback::run_until(
      io_, [] { return false; }, 500ms);
  // 20, 40, 80, 100, 100 … ms: 8 waits take 640 ms.
  EXPECT_LE(server_->requests(), 9u);
  EXPECT_GE(server_->requests(), 4u);
}

TEST_F(ReflectorTest, HeardSaysHowFreshItIs) {
  steps_ = 2;
  follow({lists({}, "5")});
  EXPECT_EQ(reflector_->heard(), std::nullopt);
  ASSERT_TRUE(settles());
  const auto listed = *reflector_->heard();
  EXPECT_LE(listed, std::chrono::steady_clock::now());
  // The watch stays silent for longer than allowed: nothing newer was heard, though it tried again.
  ASSERT_TRUE(loopback::run_until(io_, [&] { return server_->requests() == 4; }));
  EXPECT_EQ(*reflector_->heard(), listed);
  EXPECT_NE(reflector_->last_error(), "");
}

// Whatever a line holds, it is an event, or it ends the watch; nothing else.
TEST_F(ReflectorTest, SurvivesLinesThatWereMangled) {
  Random random(11, "lines");
  settings_.backoff.most = 20ms;
  follow({lists({}, "5")});
  constexpr int kRounds = 20;
  for (int round = 0; round < kRounds; ++round) {
    std::string line = event("MODIFIED", pod("a", "10"));
    for (int i = 0; i < 3; ++i) {
      const std::size_t at = random.below(line.size());
      if (random.below(2) == 0)
        line[at] = static_cast<char>(random.below(256));
      else
        line.erase(at, random.below(10));
    }
    script_.push_back(watches({line + "\n"}, 0s));
    script_.push_back(lists({}, "5"));  // or a watch that is not one
  }
  loopback::run_until(
      io_, [&] { return script_.size() < kRounds; }, 8s);
  EXPECT_FALSE(ended_);
  EXPECT_LT(script_.size(), static_cast<std::size_t>(kRounds));
}

TEST(ListParser, TellsObjectByObjectAndOnlyThoseOfItems) {
  std::vector<Json> told;
  const auto keep = [&](Json&& object) { told.push_back(std::move(object)); };
  const auto chunk = parse_list(
      R"({"kind":"NodeList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":"c","more":{"a":{}}},
          "items":[{"metadata":{"name":"n","labels":{"items":"x"}},"spec":{"items":[{"deep":1}]}},{"kind":"Own"}],
          "extra":[{"no":1}]})",
      keep);
  ASSERT_TRUE(chunk);
  EXPECT_EQ(chunk->resource_version, "7");
  EXPECT_EQ(chunk->more, "c");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0].dump(),
            R"({"apiVersion":"v1","kind":"Node","metadata":{"labels":{"items":"x"},"name":"n"},)"
            R"("spec":{"items":[{"deep":1}]}})");
  EXPECT_EQ(text_at(told[1], {"kind"}), "Own");
  for (const char* const wrong :
       {"", "[]", "{}", R"({"items":[]})", R"({"metadata":{},"items":[{)", "nonsense"}) {
    EXPECT_FALSE(parse_list(wrong, keep)) << wrong;
  }
}

}  // namespace
}  // namespace thaw::kubernetes
