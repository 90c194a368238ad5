#include "drivers/kubernetes/events.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <nlohmann/json.hpp>
#include <tuple>
#include <utility>

#include "drivers/kubernetes/micro_time.hpp"
#include "drivers/kubernetes/sleep.hpp"

namespace thaw::kubernetes {
namespace {

constexpr std::size_t kLongestNote = 1'024, kLongestWord = 128;
constexpr std::size_t kSeries = 1'024;  // texts remembered
constexpr Duration kSeriesAge = 6min;   // client-go: a series older than this begins anew
constexpr Duration kWithin = 5s;

using Key = std::tuple<std::string, std::string, std::string, std::string, std::string, bool>;

Key key_of(const Event& event) {
  const ObjectReference& to = event.regarding;
  return {to.kind + "/" + to.uid,
          to.namespace_name + "/" + to.name,
          event.reason,
          event.action,
          event.note,
          event.warning};
}

// Cut between characters of UTF-8.
std::string bounded(std::string text, std::size_t longest) {
  if (text.size() <= longest) return text;
  while (longest > 0 && (static_cast<unsigned char>(text[longest]) & 0xC0) == 0x80) --longest;
  text.resize(longest);
  return text;
}

std::string collection_of(const Event& event) {
  const std::string& name = event.regarding.namespace_name;
  return "/apis/events.k8s.io/v1/namespaces/" +
         http::percent_encoded(name.empty() ? "default" : name) + "/events";
}

}  // namespace

class Events::Impl {
 public:
  Impl(Writer& writer, EventSettings settings)
      : writer_(writer),
        settings_(std::move(settings)),
        timer_(writer.transport().executor()),
        tokens_(settings_.burst),
        filled_(steady_now()) {}

  void tell(Event event) {
    const auto known = series_.find(key_of(event));
    if (known != series_.end() && steady_now() - known->second.last < kSeriesAge) {
      Series& series = known->second;
      ++series.count;
      ++counters.repeated;
      series.last = steady_now();
      series.last_observed = micro_time_now();
      if (!series.waits) enqueue({std::move(event), true, series.written + settings_.settle});
      series.waits = true;
    } else {
      if (series_.size() >= kSeries) forget_oldest();
      Series series;
      series.last = steady_now();
      series.last_observed = micro_time_now();
      series.waits = true;
      series_.insert_or_assign(key_of(event), std::move(series));
      enqueue({std::move(event), false, steady_now()});
    }
    timer_.cancel();
  }

  static Awaitable<void> run(std::shared_ptr<Impl> self) {
    while (!self->stopped_) {
      const std::optional<Duration> wait = self->wait_for_next();
      if (wait && *wait <= 0s) {
        co_await self->write_next();
      } else {
        co_await sleep(self->timer_, wait.value_or(1h));
      }
    }
    // The last words, once and quickly.
    const SteadyInstant until = steady_now() + kWithin;
    while (!self->waiting_.empty() && steady_now() < until) {
      self->next_ = self->waiting_.begin();
      co_await self->write_next();
    }
  }

  void stop() {
    stopped_ = true;
    timer_.cancel();
  }

  EventCounters counters;

 private:
  struct Series {
    std::string name;  // of the Event; empty: not written
    int count = 1;
    SteadyInstant last{}, written{};
    std::string last_observed;
    bool waits = false;
  };
  struct Waiting {
    Event event;
    bool repeat;
    SteadyInstant due;
  };

  void enqueue(Waiting waiting) {
    if (waiting_.size() >= settings_.waiting) {
      const auto dropped = series_.find(key_of(waiting_.front().event));
      if (dropped != series_.end()) dropped->second.waits = false;
      waiting_.pop_front();
      ++counters.dropped;
    }
    waiting_.push_back(std::move(waiting));
  }

  void forget_oldest() {
    const auto oldest =
        std::ranges::min_element(series_, {}, [](const auto& entry) { return entry.second.last; });
    series_.erase(oldest);
  }

  // How long until something may be written; nothing: there is nothing.
  std::optional<Duration> wait_for_next() {
    if (waiting_.empty()) return std::nullopt;
    const SteadyInstant now = steady_now();
    const double gained = seconds(now - filled_) * settings_.per_second;
    tokens_ = std::min(tokens_ + gained, static_cast<double>(settings_.burst));
    filled_ = now;
    next_ = std::ranges::min_element(waiting_, {}, &Waiting::due);
    const Duration due = next_->due - now;
    if (tokens_ >= 1) return due;
    const double missing = (1 - tokens_) / settings_.per_second;
    return std::max<Duration>(due, Duration(static_cast<std::int64_t>(missing * 1e9) + 1));
  }

  Awaitable<void> write_next() {
    const Waiting next = std::move(*next_);
    waiting_.erase(next_);
    tokens_ -= 1;
    const Key key = key_of(next.event);
    const auto found = series_.find(key);
    if (found == series_.end()) co_return;
    found->second.waits = false;
    found->second.written = steady_now();
    const std::string name = found->second.name;
    const Json series{{"count", found->second.count},
                      {"lastObservedTime", found->second.last_observed}};
    std::string written;
    try {
      if (next.repeat && !name.empty()) {
        const std::string path = collection_of(next.event) + "/" + name;
        const Json merge{{"series", series}};
        co_await writer_.patch(path, merge, kWithin);
        written = name;
      } else {
        written = name_for(next.event);
        const Json object = object_of(next.event, written);
        co_await writer_.create(collection_of(next.event), object, kWithin);
      }
      ++counters.written;
    } catch (const ApiError&) {
      ++counters.failed;
      written.clear();  // the next one of its kind begins anew
    }
    const auto still = series_.find(key);
    if (still != series_.end()) still->second.name = written;
  }

  std::string name_for(const Event& event) {
    const auto stamp = std::chrono::system_clock::now().time_since_epoch().count();
    std::string base = event.regarding.name.substr(0, 200);
    return base + "." + std::to_string(stamp) + std::to_string(++serial_);
  }

  Json object_of(const Event& event, const std::string& name) const {
    const ObjectReference& to = event.regarding;
    Json regarding{{"kind", to.kind}, {"name", to.name}, {"apiVersion", to.api_version}};
    if (!to.namespace_name.empty()) regarding["namespace"] = to.namespace_name;
    if (!to.uid.empty()) regarding["uid"] = to.uid;
    const std::string space = to.namespace_name.empty() ? "default" : to.namespace_name;
    return Json{{"apiVersion", "events.k8s.io/v1"},
                {"kind", "Event"},
                {"metadata", {{"name", name}, {"namespace", space}}},
                {"eventTime", micro_time_now()},
                {"reportingController", settings_.controller},
                {"reportingInstance", bounded(settings_.instance, kLongestWord)},
                {"action", bounded(event.action, kLongestWord)},
                {"reason", bounded(event.reason, kLongestWord)},
                {"regarding", std::move(regarding)},
                {"note", bounded(event.note, kLongestNote)},
                {"type", event.warning ? "Warning" : "Normal"}};
  }

  Writer& writer_;
  EventSettings settings_;
  boost::asio::steady_timer timer_;
  std::deque<Waiting> waiting_;
  std::deque<Waiting>::iterator next_{};
  std::map<Key, Series> series_;
  double tokens_;
  SteadyInstant filled_;
  std::uint64_t serial_ = 0;
  bool stopped_ = false;
};

Events::Events(Writer& writer, EventSettings settings)
    : impl_(std::make_shared<Impl>(writer, std::move(settings))) {}
Events::~Events() = default;
void Events::tell(Event event) { impl_->tell(std::move(event)); }
Awaitable<void> Events::run() { return Impl::run(impl_); }
void Events::stop() { impl_->stop(); }
const EventCounters& Events::counters() const { return impl_->counters; }

}  // namespace thaw::kubernetes
