#include "drivers/gateway/call.hpp"

#include <utility>

#include "drivers/gateway/forward.hpp"
#include "drivers/http/ascii.hpp"

namespace thaw::gateway {
namespace {

// A pod that is gone may be listed for some seconds yet.
constexpr Duration kAvoided = std::chrono::milliseconds(500);
constexpr int kMostTries = 3;

// A tunnel to HTTP/2 would pass what nobody here has read: websockets alone.
bool asks_for_websocket(const RequestHead& head) {
  return head.upgrade && head.minor == 1 && head.method == "GET" && head.framing == Framing::none &&
         http::same_letters(head.upgrade_to, "websocket");
}

}  // namespace

Call::Call(Core& core, Caller& caller, std::shared_ptr<Function> function, std::string_view rest)
    : core_(core),
      caller_(caller),
      function_(std::move(function)),
      rest_(rest),
      arrived_(now()),
      woken_(core.executor),
      upgrade_(asks_for_websocket(caller.head)),
      uploaded_(core.executor) {
  function_->tally.arrived(arrived_);
  core_.calls.push_back(*this);
  core_.wheel.set(*this, arrived_ + function_->route().timeout);
}

Call::~Call() {
  if (waits()) function_->tally.unqueued(now());
  finish(Outcome::unfinished);
}

void Call::finish(Outcome outcome) {
  if (std::exchange(ended_, true)) return;
  const Instant end = now();
  if (outcome == Outcome::completed) {
    function_->tally.completed(caller_.answer.status, end - arrived_);
  }
  leave_replica(end);
  function_->tally.ended(end, outcome);
  core_.wheel.set(*this, kNever);
}

void Call::leave_replica(Instant at) {
  if (!place_) return;
  function_->tally.stopped(at);
  place_.give_back();
}

void Call::stop(Stop why) {
  if (stop_ != Stop::none) return;
  stop_ = why;
  if (waits()) leave();
  woken_.wake();
  if (upstream_) upstream_->channel.cut();
  if (why == Stop::gone || head_sent_) {
    caller_.channel.cut();
  } else {
    caller_.channel.interrupt();
  }
}

void Call::granted(Place place) {
  place_ = std::move(place);
  woken_.wake();
}

void Call::vanished() { stop(Stop::vanished); }

void Call::expired(Instant) {
  if (ended_) return uploaded_.wake();  // see end_upload()
  stop(Stop::late);
}

Awaitable<void> Call::run() {
  if (!take_first_bytes()) {
    co_await refuse_upload();
    co_return;
  }
  while (true) {
    const bool placed = co_await get_place();
    if (!placed) {
      co_await not_served();
      co_return;
    }
    const bool sent = co_await reach_replica();
    if (sent) break;
    if (stop_ != Stop::none || ++tries_ == kMostTries) {
      co_await no_answer();
      co_return;
    }
    leave_replica(now());
  }
  co_await begin_upload();
  co_await relay_answer();
  co_await end_upload();
  caller_.read_all = caller_.body.done();
  caller_.keep = caller_.keep && caller_.read_all && upload_ == Upload::well;
  keep_upstream();
}

bool Call::take_first_bytes() {
  BodyReader& body = caller_.body;
  body.begin(caller_.head.framing, caller_.head.length, core_.settings.body);
  first_ = body.feed(caller_.in.data() + caller_.head_size, caller_.in.size() - caller_.head_size);
  caller_.read_all = body.done();
  if (body.state() == BodyReader::State::malformed) upload_ = Upload::malformed;
  if (body.state() == BodyReader::State::too_large) upload_ = Upload::too_large;
  return upload_ == Upload::well;
}

// Out of the caller's buffer, and the head's texts with it: what comes next is another request.
void Call::drop_request() {
  if (!std::exchange(dropped_, true)) caller_.in.drop(caller_.head_size + first_.taken);
}

Awaitable<bool> Call::get_place() {
  place_ = function_->take(Taker::call, now());
  if (!place_) {
    const bool granted = co_await wait_for_place();
    if (!granted) co_return false;
  }
  const Instant got = now();
  function_->tally.started(got);
  if (tries_ == 0) function_->tally.waited(got - arrived_);
  co_return true;
}

Awaitable<bool> Call::wait_for_place() {
  const Instant since = now();
  if (core_.draining) {
    stop_ = Stop::drained;
    co_return false;
  }
  if (!function_->enqueue(*this, tries_ > 0)) {
    stop_ = function_->known() ? Stop::full : Stop::vanished;
    co_return false;
  }
  function_->tally.queued(since);
  if (tries_ == 0 && function_->ready() == 0) function_->tally.cold();
  if (function_->unserved(since) && core_.hooks.wanted) core_.hooks.wanted(function_->name());
  caller_.spare_memory(rest_);
  co_await woken_.sleep();
  function_->tally.unqueued(now());
  if (place_ && caller_.hung_up()) stop(Stop::gone);
  if (stop_ != Stop::none) place_.give_back();
  co_return stop_ == Stop::none;
}

Awaitable<void> Call::not_served() {
  drop_request();
  finish(stop_ == Stop::late   ? Outcome::timed_out
         : stop_ == Stop::gone ? Outcome::unfinished
                               : Outcome::rejected);
  switch (stop_) {
    case Stop::late:
      co_await caller_.refuse(503, "no replica came within the function's time", "10");
      break;
    case Stop::full:
      co_await caller_.refuse(429, "too many calls wait for this function", "1");
      break;
    case Stop::drained:
      co_await caller_.refuse(503, "the gateway ends", "1");
      break;
    case Stop::vanished:
      co_await caller_.refuse(404, "the function is no longer there");
      break;
    default:
      caller_.keep = false;
  }
}

// False: not a byte was sent, so that another may be tried.
Awaitable<bool> Call::reach_replica() {
  replica_ = place_.replica_id();
  while ((upstream_ = core_.kept.take(replica_))) {
    const bool sent = co_await send_request();
    if (sent) co_return true;
    if (stop_ != Stop::none) co_return false;
  }
  const End end = co_await connect();
  if (end == End::well) {
    const bool sent = co_await send_request();
    if (sent) co_return true;
  }
  upstream_.reset();
  place_.avoid(now() + kAvoided);
  co_return false;
}

Awaitable<End> Call::connect() {
  const Replica& replica = place_.replica();
  boost::system::error_code wrong;
  const auto address = boost::asio::ip::make_address(replica.address, wrong);
  if (wrong) co_return End::failed;
  const boost::asio::ip::tcp::endpoint to(address, replica.port);
  upstream_ =
      std::make_unique<Upstream>(Channel::Socket(core_.executor), core_.wheel, authority(replica));
  const End end = co_await upstream_->channel.connect(to, now() + core_.settings.connect);
  co_return end;
}

// False: not a byte was taken.
Awaitable<bool> Call::send_request() {
  const Forwarding how{rest_, upstream_->host, caller_.peer, caller_.channel.encrypted(), upgrade_};
  write_request(caller_.head, how, caller_.out);
  Pieces pieces;
  pieces.add(caller_.out);
  pieces.add_body({caller_.in.data() + caller_.head_size, first_.body}, caller_.head.framing,
                  caller_.body.done());
  const std::size_t whole = pieces.size();
  const std::optional<End> written = upstream_->channel.write_now(pieces);
  if (!written) co_await upstream_->channel.write_rest(pieces, kNever);
  if (pieces.size() == whole) co_return false;
  drop_request();
  co_return true;
}

// The replica's answer will not come, and nothing of one was sent.
Awaitable<void> Call::no_answer() {
  co_await end_upload();
  if (upload_ != Upload::well && upload_ != Upload::refused) {
    co_await refuse_upload();
    co_return;
  }
  drop_request();
  caller_.read_all = caller_.body.done();
  finish(stop_ == Stop::late   ? Outcome::timed_out
         : stop_ == Stop::gone ? Outcome::unfinished
                               : Outcome::failed);
  switch (stop_) {
    case Stop::late:
      co_await caller_.refuse(504, "the replica did not answer within the function's time");
      break;
    case Stop::drained:
      co_await caller_.refuse(503, "the gateway ends", "1");
      break;
    case Stop::gone:
      caller_.keep = false;
      break;
    default:
      co_await caller_.refuse(502, "the replica gave no answer");
  }
}

void Call::keep_upstream() {
  const bool reusable = answered_ && stop_ == Stop::none && upstream_ && upload_ == Upload::well &&
                        caller_.body.done() && !coming_.ends_with_the_connection() &&
                        !caller_.answer.close && upstream_->in.size() == 0 &&
                        !upstream_->channel.is_cut();
  if (reusable) core_.kept.put(replica_, std::move(upstream_), now());
}

}  // namespace thaw::gateway
