// A gateway that is killed, again and again, in the midst of taking calls and delivering them.
//
// A forked process takes calls from eight callers at once, delivers them to a function that fails
// one in five, posts results, and notes in a log what the outside saw, before it goes on: a write()
// is there after SIGKILL. The next process finds the file as it was, and its callers repeat what
// they sent last, as callers do who got no answer. Then the log is read: that is the whole promise.
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "drivers/gateway/async/headers.hpp"
#include "tests/drivers/gateway/async/bench.hpp"

namespace thaw::gateway::async {
namespace {

constexpr int kKills = 24, kCallers = 8, kRepeated = 40;

class Log {
 public:
  explicit Log(const std::string& path)
      : file_(open(path.c_str(), O_CREAT | O_APPEND | O_WRONLY, 0600)) {}
  ~Log() { close(file_); }
  void note(const std::string& line) const {
    const std::string whole = line + "\n";
    if (write(file_, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) _exit(9);
  }

 private:
  int file_;
};

class NotedLetterbox final : public Poster {
 public:
  explicit NotedLetterbox(const Log& log) : log_(log) {}
  Awaitable<Outcome> post(std::string, http::Headers headers, std::string, Duration) override {
    log_.note("posted " + std::string(http::find_header(headers, kCallId).value_or("")));
    Outcome outcome;
    outcome.status = 200;
    co_return outcome;
  }

 private:
  const Log& log_;
};

// One life of a gateway: from `first` on, calls of keys k0, k1, …; without end, or until nothing is
// left where no calls come.
class Life {
 public:
  Life(const std::string& folder, int first, bool calls)
      : log_(folder + "/log"), next_(first), calls_(calls) {
    Route& route = replicas_.routes[kResize] = Replicas::route_of(2);
    route.async.retries.assign(1'000, 1ms);
    replicas_.answer = [this](const http::Request& request) {
      const auto header = [&](std::string_view name) {
        return std::string(http::find_header(request.headers, name).value_or("(none)"));
      };
      const int status = ++asked_ % 5 == 0 ? 503 : 200;
      log_.note("delivered " + header("SlimFaas-Element-Id") + " " + header("Idempotency-Key") +
                " " + std::to_string(status));
      return Replicas::say(status);
    };
    Settings settings;
    settings.path = folder + "/queue.db";
    Async::Hooks hooks{[](const FunctionName&) {}, wall_clock,
                       [this](const std::string& line) { log_.note("told " + line); }};
    auto store = open_store(settings.path, settings.memory, wall_clock(), hooks.tell);
    async_ = std::make_unique<Async>(io_.get_executor(), std::move(store), settings, replicas_,
                                     hooks, std::make_unique<NotedLetterbox>(log_));
  }
  void live() {
    async_->start();
    for (int i = 0; calls_ && i < kCallers; ++i) {
      boost::asio::co_spawn(io_, call(), [](const std::exception_ptr&) { _exit(8); });
    }
    const auto over = [&] {
      if (calls_) return false;
      const Metrics metrics = async_->metrics();
      return metrics.commits > 0 && metrics.elements == 0 && metrics.callbacks.waiting == 0;
    };
    if (!loopback::run_until(io_, over)) _exit(7);
    _exit(0);
  }

 private:
  Awaitable<void> call() {
    for (;;) {
      const int number = next_++;
      const std::string key = "k" + std::to_string(number);
      log_.note("sent " + std::to_string(number));
      http::Headers headers = {{"Idempotency-Key", key}};
      if (number % 3 == 0) headers.emplace_back("X-Callback-Url", "http://shop.example/");
      http::Request request{"POST", "", std::move(headers),
                            std::string(static_cast<std::size_t>(number % 7 * 1'000), 'x')};
      const http::Response answer = co_await async_->call(kResize, "/", std::move(request));
      const bool known = answer.header("X-Call-Known").has_value();
      log_.note(std::to_string(answer.status) + " " + id_of(answer) + " " + key +
                (known ? " known" : " new"));
    }
  }

  Log log_;
  int next_, asked_ = 0;
  bool calls_;
  boost::asio::io_context io_;
  Replicas replicas_{wall_clock};
  std::unique_ptr<Async> async_;
};

pid_t begin_life(const std::string& folder, int first, bool calls) {
  const pid_t child = fork();
  if (child != 0) return child;
  try {
    Life(folder, first, calls).live();
  } catch (const std::exception& error) {
    Log(folder + "/log").note(std::string("died ") + error.what());
  }
  _exit(6);
}

std::vector<std::vector<std::string>> read_log(const std::string& folder) {
  std::vector<std::vector<std::string>> lines;
  std::ifstream file(folder + "/log");
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    lines.push_back(std::move(words));
  }
  return lines;
}

TEST(AsyncAfterAKill, NothingAcknowledgedIsLostAndNothingIsTwice) {
  const Folder folder;
  std::uint64_t random = 20'260'105;
  int first = 0;
  for (int kill_number = 0; kill_number < kKills; ++kill_number) {
    const pid_t child = begin_life(folder.path(), first, true);
    ASSERT_GT(child, 0);
    random = random * 6'364'136'223'846'793'005 + 1'442'695'040'888'963'407;
    std::this_thread::sleep_for(std::chrono::microseconds(20'000 + (random >> 33) % 150'000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "it ended by itself: " << status;
    for (const auto& words : read_log(folder.path())) {
      if (words[0] == "sent") first = std::max(first, std::stoi(words[1]) + 1);
    }
    first = std::max(0, first - kRepeated);
  }
  const pid_t last = begin_life(folder.path(), 0, false);
  int status = 0;
  waitpid(last, &status, 0);
  ASSERT_TRUE(WIFEXITED(status));
  ASSERT_EQ(WEXITSTATUS(status), 0);

  std::map<std::string, std::set<std::string>> ids;  // of each key
  std::map<std::string, int> fresh;
  std::set<std::string> acknowledged, done, posted, to_post;
  std::size_t deliveries = 0, known = 0;
  for (const auto& words : read_log(folder.path())) {
    ASSERT_NE(words[0], "died");
    ASSERT_NE(words[0], "told");
    if (words[0] == "posted") posted.insert(words[1]);
    if (words[0] == "202") {
      acknowledged.insert(words[1]);
      ids[words[2]].insert(words[1]);
      fresh[words[2]] += words[3] == "new" ? 1 : 0;
      known += words[3] == "known" ? 1 : 0;
      if (std::stoi(words[2].substr(1)) % 3 == 0) to_post.insert(words[1]);
    }
    if (words[0] == "delivered") {
      ++deliveries;
      ids[words[2]].insert(words[1]);
      if (words[3] == "200") done.insert(words[1]);
    }
  }
  std::size_t lost = 0, unposted = 0, twice = 0;
  for (const std::string& id : acknowledged) lost += done.contains(id) ? 0 : 1;
  for (const std::string& id : to_post) unposted += posted.contains(id) ? 0 : 1;
  for (const auto& [key, of_key] : ids) twice += of_key.size() > 1 || fresh[key] > 1 ? 1 : 0;
  EXPECT_EQ(lost, 0u);
  EXPECT_EQ(unposted, 0u);
  EXPECT_EQ(twice, 0u);
  // That it was no test of nothing: the kills fell among calls, deliveries and repeats.
  EXPECT_GT(acknowledged.size(), 200u);
  EXPECT_GT(deliveries, acknowledged.size());
  EXPECT_GT(known, 0u);
  RecordProperty("acknowledged", static_cast<int>(acknowledged.size()));
  RecordProperty("deliveries", static_cast<int>(deliveries));
  RecordProperty("known", static_cast<int>(known));
}

}  // namespace
}  // namespace thaw::gateway::async
