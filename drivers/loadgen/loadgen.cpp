#include "drivers/loadgen/loadgen.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "drivers/loadgen/gateway_door.hpp"
#include "engine/invariant.hpp"
#include "engine/workload/load.hpp"

namespace thaw::loadgen {

// The simulator's load, its events due by the steady clock, and HTTP as its door. Whatever happens,
// by a timer or by a socket, is a turn: what was due before comes first, what follows from it at
// the same instant after.
class LoadGenerator::Playing final : public std::enable_shared_from_this<Playing>,
                                     Client::Owner,
                                     GatewayDoor::Owner,
                                     workload::LoadListener {
 public:
  Playing(const boost::asio::any_io_executor& executor, const Scenario& scenario, Options options,
          Listener& listener)
      : options_(std::move(options)),
        listener_(listener),
        play_(scenario, options_.seed),
        client_(executor, options_.target, *this),
        door_(play_, requests_, options_, client_, listener, *this),
        load_(play_, requests_, door_, *this),
        timer_(executor) {
    THAW_CHECK(options_.pace.start() == scenario.start, "the pace is not the scenario's");
    for (const FunctionSpec& function : scenario.functions)
      THAW_CHECK(!function.standalone, "a standalone function has no gateway");
  }

  void start() {
    const auto turn = begin_turn();
    load_.start();  // as of the start, however late it is
    started_ = true;
    end_turn();
  }
  void settle(const Facts& facts) {
    const auto turn = begin_turn();
    if (!stopped_) load_.settle(facts);
    end_turn();
  }
  void stop() {
    stopped_ = true;
    timer_.cancel();
    client_.stop();
  }

  const workload::LoadGenerator& load() const { return load_; }
  const GatewayDoor& door() const { return door_; }

 private:
  std::shared_ptr<void> begin_turn() override {
    ++depth_;
    if (depth_ == 1) run_due();
    return shared_from_this();
  }
  void end_turn() override {
    if (depth_ == 1) {
      run_due();
      tell();
      arm();
    }
    --depth_;
  }

  void run_due() {
    const TimePoint now = options_.pace.now();
    if (!started_ || now < play_.now()) return;
    while (!stopped_ && play_.events.next() <= now) play_.events.run_next();
    if (!stopped_) play_.events.advance_to(now);
  }
  void tell() {
    for (TimelineEvent& event : std::exchange(play_.timeline, {}))
      if (!stopped_) listener_.told(std::move(event));
    if (!stopped_ && load_.over() && !std::exchange(over_told_, true)) listener_.load_moved();
  }
  void arm() {
    const TimePoint next = play_.events.next();
    if (stopped_ || !started_ || next == armed_) return;
    armed_ = next;
    if (next == TimePoint::never()) {
      timer_.cancel();
      return;
    }
    timer_.expires_at(options_.pace.when(next));
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (error || self->stopped_) return;
      self->armed_.reset();
      self->begin_turn();
      self->end_turn();
    });
  }

  void head_came(std::uint32_t call, const gateway::AnswerHead& head) override {
    door_.head_came(call, head);
  }
  void body_came(std::uint32_t call, std::string_view bytes) override {
    door_.body_came(call, bytes);
  }
  void ended(std::uint32_t call, Connection::End end) override { door_.ended(call, end); }

  void replied(workload::RequestId id, const workload::Answer& answer) override {
    if (!stopped_) load_.replied(id, answer);
  }

  void anchor_reached(Instant::Anchor anchor, const std::string& step) override {
    listener_.anchor_reached(anchor, step);
  }
  void step_missed(const Step& step) override { listener_.step_missed(step); }
  void load_moved() override { listener_.load_moved(); }
  void called(std::size_t function, TimePoint arrival, Duration work) override {
    listener_.called(function, arrival, work);
  }

  const Options options_;
  Listener& listener_;
  workload::Play play_;
  workload::Requests requests_;
  Client client_;
  GatewayDoor door_;
  workload::LoadGenerator load_;
  boost::asio::steady_timer timer_;
  std::optional<TimePoint> armed_;
  int depth_ = 0;
  bool started_ = false, stopped_ = false, over_told_ = false;
};

LoadGenerator::LoadGenerator(boost::asio::any_io_executor executor, const Scenario& scenario,
                             Options options, Listener& listener)
    : playing_(std::make_shared<Playing>(executor, scenario, std::move(options), listener)) {}

LoadGenerator::~LoadGenerator() { stop(); }

void LoadGenerator::start() { playing_->start(); }
void LoadGenerator::settle(const Facts& facts) { playing_->settle(facts); }
void LoadGenerator::stop() { playing_->stop(); }

bool LoadGenerator::waits_for_condition() const { return playing_->load().waits_for_condition(); }
bool LoadGenerator::over() const { return playing_->load().over(); }

const workload::Tally& LoadGenerator::tally(std::size_t function) const {
  return playing_->load().tally(function);
}
const workload::Tally& LoadGenerator::pipeline_tally(std::size_t pipeline) const {
  return playing_->load().pipeline_tally(pipeline);
}
LoadGenerator::CacheUse LoadGenerator::cache_use(std::size_t pipeline) const {
  const auto& use = playing_->load().pipelines().cache_use(pipeline);
  return {use.hits, use.misses};
}
const workload::Response* LoadGenerator::response(const std::string& name) const {
  return playing_->load().response(name);
}
std::int64_t LoadGenerator::in_flight(std::size_t function) const {
  return playing_->door().in_flight(function);
}
Lateness LoadGenerator::lateness() const { return playing_->door().lateness(); }

}  // namespace thaw::loadgen
