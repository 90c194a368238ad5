#include "drivers/trial/course.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace thaw::trial {

namespace asio = boost::asio;

Course::Course(asio::any_io_executor executor, observed::View& view, observed::Bill& bill,
               loadgen::Options load)
    : executor_(executor),
      view_(view),
      bill_(bill),
      checker_(view.scenario().checks, view.scenario().start),
      load_(executor, view.scenario(), std::move(load), *this),
      facts_(view, bill, load_),
      end_(executor) {}

void Course::start() {
  load_.start();
  anchor(Instant::Anchor::start, "", view_.scenario().start);
  if (view_.scenario().until) {
    end_.expires_at(view_.pace().when(view_.scenario().start + *view_.scenario().until));
    end_.async_wait([this](const boost::system::error_code& cancelled) {
      if (!cancelled) finish();
    });
  }
}

void Course::deployed() {
  deployed_ = true;
  moved();
}

void Course::moved() {
  if (settle_due_ || over_ || !deployed_) return;
  settle_due_ = true;
  asio::post(executor_, [this] {
    settle_due_ = false;
    if (!over_) settle();
  });
}

void Course::settle() {
  if (!deployed_) return;  // deployed() looks again
  if (!load_over_ && load_.over()) {
    load_over_ = true;
    if (last_request_) anchor(Instant::Anchor::last_request, "", *last_request_);
    if (last_completion_) anchor(Instant::Anchor::last_completion, "", *last_completion_);
    plan_end();
  }
  load_.settle(facts_);
  for (const Checker::Result& result : checker_.settle(view_.now(), facts_)) tell(result);
}

void Course::tell(const Checker::Result& result) {
  view_.tell(EventKind::check, result.name, result.held ? "held" : "failed",
             (result.held ? "✓ " : "✗ ") + result.name +
                 (result.detail.empty() ? "" : ": " + result.detail));
}

void Course::anchor(Instant::Anchor anchor, const std::string& step, TimePoint instant) {
  for (const TimePoint due : checker_.anchor(anchor, step, instant)) at(due, [this] { settle(); });
}

void Course::at(TimePoint instant, std::function<void()> what) {
  asio::steady_timer& timer = timers_.emplace_back(executor_);
  timer.expires_at(view_.pace().when(instant));
  timer.async_wait([this, what = std::move(what)](const boost::system::error_code& cancelled) {
    if (!cancelled && !over_) what();
  });
}

void Course::plan_end() {
  const Scenario& scenario = view_.scenario();
  if (scenario.until) return;
  TimePoint end = std::max(view_.now(), checker_.latest_instant().value_or(view_.now()));
  for (const Arrivals& stream : scenario.arrivals)
    if (stream.source != Arrivals::Source::trace)  // it is over with its last row
      end = std::max(end, scenario.start + stream.until);
  end_.expires_at(view_.pace().when(end));
  end_.async_wait([this](const boost::system::error_code& cancelled) {
    if (!cancelled) finish();
  });
}

void Course::finish() {
  if (over_) return;
  bill_.settle();
  for (const Checker::Result& result : checker_.finish(view_.now(), facts_)) tell(result);
  over_ = true;
  load_.stop();
  timers_.clear();
}

void Course::cut() {
  end_.cancel();
  finish();
}

void Course::anchor_reached(Instant::Anchor kind, const std::string& step) {
  if (kind == Instant::Anchor::last_request) last_request_ = view_.now();
  if (kind == Instant::Anchor::last_completion) last_completion_ = view_.now();
  if (kind == Instant::Anchor::step) anchor(kind, step, view_.now());
  moved();
}

void Course::step_missed(const Step& step) {
  tell(checker_.fail(step.name, view_.now(),
                     step.when->text() + " did not hold within " + to_text(step.within) +
                         "; at last " + step.when->seen(facts_)));
}

void Course::load_moved() { moved(); }

bool Course::ready(std::size_t function) const {
  return view_.gauges.at(Gauge::ready, function).value() > 0;
}

// Of calls that find no ready replica those that wait are not told from those in service.
void Course::in_flight(std::size_t function, std::int64_t calls) {
  bill_.settle();
  view_.set(Gauge::in_flight, function, calls);
}

}  // namespace thaw::trial
