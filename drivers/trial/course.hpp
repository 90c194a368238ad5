// How a run goes on: checks and waiting steps look at the cluster whenever something has moved, at
// the instants that checks name, and at the end. The same rules as the simulated run's.
//
// Threads: the executor's one thread. Errors: none.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <list>
#include <optional>
#include <string>

#include "drivers/loadgen/loadgen.hpp"
#include "drivers/observed/bill.hpp"
#include "drivers/observed/view.hpp"
#include "drivers/trial/facts.hpp"
#include "engine/checks/checker.hpp"

namespace thaw::trial {

class Course final : public loadgen::Listener {
 public:
  Course(boost::asio::any_io_executor executor, observed::View& view, observed::Bill& bill,
         loadgen::Options load);

  void start();  // at the scenario's start
  // All workloads are made and seen: before that nothing is looked at, since in a simulated run
  // they are there from the start.
  void deployed();
  void moved();  // it looks once what goes on now is over
  // Over by itself; the checks are decided. `cut`: by somebody else, now.
  bool over() const { return over_; }
  void cut();

  const Checker& checker() const { return checker_; }
  const loadgen::LoadGenerator& load() const { return load_; }

 private:
  void anchor_reached(Instant::Anchor anchor, const std::string& step) override;
  void step_missed(const Step& step) override;
  void load_moved() override;
  void told(TimelineEvent event) override { view_.add(std::move(event)); }
  bool ready(std::size_t function) const override;
  void in_flight(std::size_t function, std::int64_t calls) override;

  void settle();
  void tell(const Checker::Result& result);
  void anchor(Instant::Anchor anchor, const std::string& step, TimePoint at);
  void at(TimePoint instant, std::function<void()> what);
  void plan_end();
  void finish();

  boost::asio::any_io_executor executor_;
  observed::View& view_;
  observed::Bill& bill_;
  Checker checker_;
  loadgen::LoadGenerator load_;
  TrialFacts facts_;
  std::list<boost::asio::steady_timer> timers_;
  boost::asio::steady_timer end_;
  std::optional<TimePoint> last_request_, last_completion_;
  bool settle_due_ = false, load_over_ = false, over_ = false, deployed_ = false;
};

}  // namespace thaw::trial
