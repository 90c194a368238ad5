// The gateway alone, its routes given by hand: for the rigs and the benchmarks, never installed.
//
// serve [--listen ADDRESS:PORT] [SETTINGS] {--function [NAMESPACE/]NAME[=ADDRESS:PORT,…] [OF IT]}
//   settings: --connections N, --head BYTES, --body BYTES, --head-within S, --idle S, --stall S,
//             --connect S, --drain S, --async FILE
//   of the function named last: --timeout S, --per-replica N, --queue N, --private
// Seconds may be fractions. Prints "port N". While it runs, lines of standard input are obeyed:
// "route NAME ADDRESS:PORT …" names all replicas that are ready now, and is answered with "routed
// NAME"; "traffic" is answered with a line of counters for each function and "end". "wanted NAME"
// is printed when the gateway says so. SIGTERM drains it; it ends with its parent. Exit code 2:
// the command line is wrong.
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <sstream>
#include <string_view>

#include "drivers/gateway/async/attachment.hpp"
#include "drivers/gateway/gateway.hpp"
#include "drivers/http/failure.hpp"
#include "tests/gateway/loop.hpp"

namespace thaw::gateway {
namespace {

struct Line {
  Settings settings;
  Duration drain = std::chrono::seconds(20);
  std::string async;  // the file of calls that need no answer at once; empty: there are none
  Routes routes;
};

[[noreturn]] void refuse(const std::string& what) {
  std::fprintf(stderr, "serve: %s\n", what.c_str());
  std::exit(2);
}

template <class T>
T number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) {
    refuse("not a number: " + std::string(text));
  }
  return value;
}

Duration duration(std::string_view text) {
  return Duration(static_cast<std::int64_t>(number<double>(text) * 1e9));
}

FunctionName function_name(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return {"default", text};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

Replica replica(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) refuse("not ADDRESS:PORT: " + text);
  return {text, text.substr(0, colon),
          number<std::uint16_t>(std::string_view(text).substr(colon + 1))};
}

Route route_of(const std::string& text) {
  const std::size_t equals = std::min(text.find('='), text.size());
  Route route;
  route.name = function_name(text.substr(0, equals));
  std::istringstream replicas(text.substr(std::min(equals + 1, text.size())));
  for (std::string one; std::getline(replicas, one, ',');) route.ready.push_back(replica(one));
  return route;
}

bool set_of_all(Line& line, const std::string& name, const std::string& value) {
  Settings& settings = line.settings;
  if (name == "--listen") {
    settings.listen = value;
  } else if (name == "--connections") {
    settings.connections = number<std::size_t>(value);
  } else if (name == "--head") {
    settings.head = number<std::size_t>(value);
  } else if (name == "--body") {
    settings.body = number<std::uint64_t>(value);
  } else if (name == "--head-within") {
    settings.head_within = duration(value);
  } else if (name == "--idle") {
    settings.idle = duration(value);
  } else if (name == "--stall") {
    settings.stall = duration(value);
  } else if (name == "--connect") {
    settings.connect = duration(value);
  } else if (name == "--async") {
    line.async = value;
  } else if (name == "--drain") {
    line.drain = duration(value);
  } else {
    return false;
  }
  return true;
}

bool set_of_function(Route& route, const std::string& name, const std::string& value) {
  if (name == "--timeout") {
    route.timeout = duration(value);
  } else if (name == "--per-replica") {
    route.per_replica = number<std::uint32_t>(value);
  } else if (name == "--queue") {
    route.queue = number<std::uint32_t>(value);
  } else {
    return false;
  }
  return true;
}

Line line_of(const std::vector<std::string>& words) {
  Line line;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& name = words[i];
    if (name == "--private" && !line.routes.functions.empty()) {
      line.routes.functions.back().visibility.hidden = true;
      continue;
    }
    if (i + 1 == words.size()) refuse("no value: " + name);
    const std::string& value = words[++i];
    if (name == "--function") {
      line.routes.functions.push_back(route_of(value));
    } else if (!set_of_all(line, name, value) &&
               (line.routes.functions.empty() ||
                !set_of_function(line.routes.functions.back(), name, value))) {
      refuse("unknown: " + name);
    }
  }
  std::ranges::sort(line.routes.functions, {}, &Route::name);
  return line;
}

// In one piece: hooks print on another thread.
void say(const std::string& text) {
  if (write(STDOUT_FILENO, text.data(), text.size()) < 0) std::exit(1);
}

std::string words_of(const FunctionName& name) { return name.first + "/" + name.second; }

Awaitable<http::Response> page(http::Request request) {
  const bool health = request.target == "/healthz";
  co_return http::Response{health ? 200 : 404, {}, health ? "ok\n" : "not found\n"};
}

TimePoint wall_clock() {
  return {
      std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
}

std::string traffic_of(const Gateway& gateway) {
  std::ostringstream out;
  for (const Traffic& each : gateway.traffic()) {
    out << words_of(each.function) << " total " << each.total << " completed " << each.completed
        << " cold " << each.cold << " timed_out " << each.timed_out << " rejected " << each.rejected
        << " failed " << each.failed << " unfinished " << each.unfinished << " in_flight "
        << each.in_flight << " queued " << each.queued << '\n';
  }
  out << "end\n";
  return out.str();
}

// The gateway, and what it keeps on disk where it does.
class Serving {
 public:
  explicit Serving(Line line) : line_(std::move(line)) {
    Gateway::Hooks hooks;
    hooks.wanted = [](const FunctionName& name) { say("wanted " + words_of(name) + "\n"); };
    hooks.pages = page;
    hooks.warn = complain;
    hooks.now = wall_clock;
    if (!line_.async.empty()) {
      async::Settings settings;
      settings.path = line_.async;
      async_.emplace(settings, async::Async::Hooks{hooks.wanted, wall_clock, complain});
      async_->attach(hooks);
    }
    gateway_.emplace(line_.settings, hooks);
    if (async_) async_->begin(*gateway_);
    route();
    say("port " + std::to_string(gateway_->port()) + "\n");
  }

  void obey(const std::string& text) {
    std::istringstream words(text);
    std::string verb, name;
    words >> verb >> name;
    if (verb == "traffic") return say(traffic_of(*gateway_));
    std::vector<Route>& functions = line_.routes.functions;
    const auto found = std::ranges::find(functions, function_name(name), &Route::name);
    if (verb != "route" || found == functions.end()) refuse("not obeyed: " + text);
    found->ready.clear();
    for (std::string one; words >> one;) found->ready.push_back(replica(one));
    route();
    say("routed " + name + "\n");
  }

  void drain() {
    gateway_->drain(line_.drain);
    if (async_) async_->end(line_.drain);
  }

 private:
  static void complain(const std::string& what) {
    std::fprintf(stderr, "serve: %s\n", what.c_str());
  }

  void route() {
    gateway_->route(std::make_shared<const Routes>(line_.routes));
    if (async_) async_->routed();
  }

  Line line_;
  std::optional<async::Attachment> async_;  // outlives the gateway
  std::optional<Gateway> gateway_;
};

// Until a signal comes. The end of standard input ends nothing.
void listen_to_commands(int signals, Serving& serving) {
  pollfd sources[2] = {{signals, POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
  std::string read;
  while (true) {
    if (poll(sources, 2, -1) < 0 || (sources[0].revents & POLLIN)) return;
    if (sources[1].revents == 0) continue;
    char bytes[65536];
    const ssize_t count = ::read(STDIN_FILENO, bytes, sizeof bytes);
    if (count <= 0) sources[1].fd = -1;
    read.append(bytes, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
    for (std::size_t end; (end = read.find('\n')) != std::string::npos; read.erase(0, end + 1)) {
      serving.obey(read.substr(0, end));
    }
  }
}

void serve(Line line) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  const int signals = signalfd(-1, &ending, SFD_CLOEXEC);
  Serving serving(std::move(line));
  listen_to_commands(signals, serving);
  serving.drain();
}

}  // namespace
}  // namespace thaw::gateway

int main(int count, char** words) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  thaw::rigs::raise_descriptor_limit();
  try {
    thaw::gateway::serve(thaw::gateway::line_of({words + 1, words + count}));
  } catch (const thaw::http::Failure& failure) {
    std::fprintf(stderr, "serve: %s\n", failure.what());
    return 3;
  }
}
