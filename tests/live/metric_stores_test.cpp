// The metrics driver against real stores: Prometheus and VictoriaMetrics, as Debian has them, that
// scrape a page of this test's own each second. Samples with a time of their own on that page stay
// as old as they say, which is what a dead exporter looks like from outside.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>

#include "drivers/metrics/metrics.hpp"
#include "drivers/metrics/selectors.hpp"
#include "tests/drivers/loopback_server.hpp"
#include "tests/drivers/run_here.hpp"
#include "tests/live/process.hpp"
#include "tests/live/wall_clock.hpp"

namespace thaw::live {
namespace {

using metrics::Answer;

struct Store {
  std::string name, base_path;
  std::vector<std::string> (*command)(const std::string& folder, const std::string& port);
};

std::vector<std::string> prometheus(const std::string& folder, const std::string& port) {
  return {"prometheus", "--config.file=" + folder + "/scrape.yaml",
          "--storage.tsdb.path=" + folder + "/data", "--web.listen-address=127.0.0.1:" + port,
          "--log.level=error"};
}

std::vector<std::string> victoria_metrics(const std::string& folder, const std::string& port) {
  return {"victoria-metrics", "-promscrape.config=" + folder + "/scrape.yaml",
          "-storageDataPath=" + folder + "/data", "-httpListenAddr=127.0.0.1:" + port,
          "-loggerLevel=ERROR"};
}

const Store kPrometheus{"Prometheus", "", prometheus};
const Store kVictoriaMetrics{"VictoriaMetrics", "/prometheus", victoria_metrics};

class NoPods final : public metrics::PodIds {
 public:
  std::optional<std::uint64_t> id_of(std::string_view, std::string_view) const override {
    return {};
  }
};

std::uint16_t free_port() {
  boost::asio::io_context io;
  using Tcp = boost::asio::ip::tcp;
  return Tcp::acceptor(io, Tcp::endpoint(boost::asio::ip::make_address("127.0.0.1"), 0))
      .local_endpoint()
      .port();
}

// A store, its folder, and the page that it scrapes.
struct Running {
  explicit Running(const Store& store)
      : page(io, std::nullopt, [this](loopback::Visit& visit) { return show(visit); }) {
    std::string pattern = ::testing::TempDir() + "thaw_store_XXXXXX";
    folder = mkdtemp(pattern.data());
    std::ofstream(folder + "/scrape.yaml")
        << "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        << "scrape_configs: [{job_name: page, static_configs: [{targets: ['127.0.0.1:"
        << page.port() << "']}]}]\n";
    const std::uint16_t port = free_port();
    const std::string program = store.command("", "").front();
    if (run({"sh", "-c", "command -v " + program}).exit_code != 0) {
      throw std::runtime_error(program + " is not installed: ./dev test --live does that");
    }
    // The store goes when this program does, however that ends.
    std::vector<std::string> command{"setpriv", "--pdeathsig", "KILL"};
    const auto own = store.command(folder, std::to_string(port));
    command.insert(command.end(), own.begin(), own.end());
    process.emplace(command);
    metrics::StoreSettings settings;
    settings.endpoint.tls = std::nullopt;
    settings.endpoint.host = "127.0.0.1";
    settings.endpoint.port = port;
    settings.endpoint.base_path = store.base_path;
    settings.deadline = 2s;
    driver.emplace(io.get_executor(), settings, clock);
  }
  ~Running() {
    driver->close();
    process->stop();
    std::filesystem::remove_all(folder);
  }

  Awaitable<void> show(loopback::Visit& visit) {
    const auto ms = [&](Duration ago) {
      return std::to_string((clock.now() - ago).ns() / 1'000'000);
    };
    std::string text = "fresh 70.5\nrecent 3 " + ms(20s) + "\nold 4 " + ms(200s) + "\n";
    text += "nan NaN\ninfinite +Inf\nmany{a=\"1\"} 1\nmany{a=\"2\"} 2\nzero 0\n";
    text += "calls_bucket{le=\"1\"} 5\ncalls_bucket{le=\"+Inf\"} 9\n";
    if (leaving) text += "leaving 8\n";
    co_await visit.answer(200, text, "Content-Type: text/plain; version=0.0.4\r\n");
  }

  boost::asio::io_context io;
  WallClock clock;
  std::string folder;
  bool leaving = true;
  loopback::LoopbackServer page;
  std::optional<Companion> process;
  std::optional<metrics::Prometheus> driver;
};

class MetricStore : public ::testing::TestWithParam<Store> {
 protected:
  static void TearDownTestSuite() { running_.clear(); }

  void SetUp() override {
    auto& own = running_[GetParam().name];
    if (!own) own = std::make_unique<Running>(GetParam());
    store_ = own.get();
    ASSERT_TRUE(eventually_asked("fresh", Presence::ok)) << ask("fresh").trouble;
  }

  Answer ask(const std::string& query) {
    return loopback::run_here(store_->io, store_->driver->query(query));
  }
  // The page is scraped meanwhile.
  bool eventually_asked(const std::string& query, Presence presence) {
    const TimePoint end = now() + 40s;
    while (ask(query).presence != presence) {
      if (now() > end) return false;
      store_->io.run_for(std::chrono::milliseconds(200));
    }
    return true;
  }
  TimePoint now() const { return store_->clock.now(); }

  // What the driver hands out of a query, asked once.
  MetricFacts read(const std::string& query, metrics::Freshness freshness) {
    NoPods pods;
    metrics::Metrics all(store_->io.get_executor(), {nullptr, &*store_->driver}, store_->clock,
                         pods, freshness);
    all.ask({{.function = 0,
              .pods = {},
              .metrics = {{MetricSource::query, query, {}, {}, {}}},
              .period = 1h}});
    loopback::run_until(store_->io, [&] { return all.trouble(0, 0) != "not asked yet"; });
    trouble_ = all.trouble(0, 0);
    const MetricFacts facts = all.read(0, 0);
    return {facts.presence, facts.taken};
  }

  static std::map<std::string, std::unique_ptr<Running>> running_;
  Running* store_ = nullptr;
  std::string trouble_;
};

std::map<std::string, std::unique_ptr<Running>> MetricStore::running_;

TEST_P(MetricStore, AnswersNumbersWithTheirAge) {
  const Answer fresh = ask("fresh");
  EXPECT_EQ(fresh.series, std::vector<Milli>{70'500});
  EXPECT_LT(now() - fresh.taken, 5s);
  const Answer recent = ask("fresh + recent");
  EXPECT_EQ(recent.series, std::vector<Milli>{73'500});
  // As old as its oldest part: 20 s when it was scraped, which was at most a few seconds ago.
  // VictoriaMetrics tells when it evaluated in whole seconds.
  EXPECT_GE(now() - recent.taken, 19s);
  EXPECT_LT(now() - recent.taken, 26s);
  EXPECT_EQ(ask("zero").series, std::vector<Milli>{0});
  EXPECT_EQ(ask("sum(many)").series, std::vector<Milli>{3'000});
  EXPECT_EQ(ask("scalar(fresh)").series, std::vector<Milli>{70'500});
  EXPECT_EQ(ask("vector(0)").series, std::vector<Milli>{0});
}

TEST_P(MetricStore, WhatIsOldIsAbsent) {
  // 200 s: within the look-back of five minutes, so that the store answers.
  EXPECT_EQ(ask("old").series, std::vector<Milli>{4'000});
  const metrics::Freshness freshness{15s, 30s};
  EXPECT_EQ(read("old", freshness).presence, Presence::absent);
  EXPECT_EQ(trouble_.substr(0, 12), "stale: taken") << trouble_;
  EXPECT_EQ(read("fresh + old", freshness).presence, Presence::absent);
  EXPECT_EQ(read("recent", freshness).presence, Presence::ok);
  EXPECT_EQ(read("recent", {1s, 1s}).presence, Presence::absent);
  EXPECT_EQ(read("old", {60s, 60s}).presence, Presence::ok);
}

TEST_P(MetricStore, AbsentNanAndManyAreNoNumber) {
  for (const char* query : {"nothing", "sum(nothing)", "fresh + nothing"}) {
    EXPECT_EQ(ask(query).presence, Presence::absent) << query;
  }
  EXPECT_EQ(ask("infinite").presence, Presence::nan);
  // VictoriaMetrics keeps no NaN: to it there is no such sample.
  const Presence nan = GetParam().name == "Prometheus" ? Presence::nan : Presence::absent;
  EXPECT_EQ(ask("nan").presence, nan);
  EXPECT_EQ(ask("fresh / zero - fresh / zero").presence, nan);
  EXPECT_EQ(ask("many").presence, Presence::error);
  const Answer refused = ask("sum(fresh");
  EXPECT_EQ(refused.presence, Presence::error);
  EXPECT_EQ(refused.trouble.substr(0, 8), "HTTP 4" + refused.trouble.substr(6, 2));
}

TEST_P(MetricStore, ASeriesThatLeavesIsAbsentAndNotItsLastValue) {
  EXPECT_EQ(ask("sum(leaving)").series, std::vector<Milli>{8'000});
  store_->leaving = false;
  EXPECT_TRUE(eventually_asked("sum(leaving)", Presence::absent));
}

TEST_P(MetricStore, AnyExpressionCanBeAskedForItsAge) {
  for (const char* query :
       {"avg(fresh)", "sum by (a) (many{a=\"1\"})",
        "sum(many) without (a) / on () group_left () fresh", "rate(many{a=\"2\"}[1m])",
        "histogram_quantile(0.5, sum(calls_bucket) by (le))", "max_over_time(sum(fresh)[30s:5s])",
        "fresh offset 1s", "fresh > bool 3 and recent", "{__name__=\"fresh\"}",
        "label_replace(fresh, \"x\", \"$1\", \"job\", \"(.*)\")",
        "clamp_max(sum(many) + fresh * recent ^ 2, 5)", "fresh @ end()"}) {
    const auto selectors = metrics::selectors_of(query);
    ASSERT_TRUE(selectors && !selectors->empty()) << query;
    const Answer answer = ask(query);
    EXPECT_NE(answer.presence, Presence::error) << query << ": " << answer.trouble;
  }
}

TEST_P(MetricStore, ALongQueryIsPosted) {
  std::string query = "fresh";
  while (query.size() < 4'000) query += " + fresh";
  const Answer answer = ask(query);
  ASSERT_EQ(answer.series.size(), 1u) << answer.trouble;
  // 70.5 for each of them: one, and one for each " + fresh" of 8 letters.
  EXPECT_EQ(answer.series[0], 70'500 * static_cast<Milli>(1 + (query.size() - 5) / 8));
}

TEST_P(MetricStore, OneThatHangsIsAnErrorInTime) {
  kill(store_->process->pid(), SIGSTOP);
  waitpid(store_->process->pid(), nullptr, WUNTRACED);  // until it stands still
  const TimePoint before = now();
  const Answer answer = ask("fresh");
  kill(store_->process->pid(), SIGCONT);
  EXPECT_EQ(answer.presence, Presence::error);
  EXPECT_LT(now() - before, 4s);  // its deadline is 2 s
  EXPECT_EQ(ask("fresh").presence, Presence::ok);
}

INSTANTIATE_TEST_SUITE_P(Real, MetricStore, ::testing::Values(kPrometheus, kVictoriaMetrics),
                         [](const auto& store) { return store.param.name; });

}  // namespace
}  // namespace thaw::live
