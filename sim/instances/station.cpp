#include "sim/instances/station.hpp"

#include <algorithm>

namespace thaw::sim {

Station::Station(const FunctionSpec& spec, std::uint64_t first_id, Random work, Random choice)
    : spec_(spec), first_id_(first_id), work_(work), choice_(choice) {
  const bool shared = spec.service.discipline == Discipline::ps;
  servers_.assign(static_cast<std::size_t>(spec.standalone->servers),
                  Server(spec.service.slots, shared));
  due_.assign(servers_.size(), -1);
  busy_since_.assign(servers_.size(), kIdle);
}

std::uint32_t Station::open() {
  if (free_.empty()) {
    requests_.emplace_back();
    return static_cast<std::uint32_t>(requests_.size() - 1);
  }
  const std::uint32_t id = free_.back();
  free_.pop_back();
  return id;
}

Duration Station::service(const std::optional<Duration>& own) const {
  Random twin = work_;
  return own ? *own : spec_.service.duration.draw(twin);
}

void Station::arrive(TimePoint now, std::uint32_t source, const std::optional<Duration>& own,
                     bool counts, FinishHeap& ends, InstanceTally& tally) {
  const Duration work = own ? *own : spec_.service.duration.draw(work_);
  tally.total += counts;
  const std::size_t free = choose(true);
  if (free == servers_.size()) {
    const Standalone& rules = *spec_.standalone;
    if (!rules.wait_when_full || (rules.queue_max > 0 && waiting() >= rules.queue_max)) {
      tally.rejected += counts;
      return;
    }
  }
  const std::uint32_t id = open();
  requests_[id] = {now.ns(), kNotYet, work, source, counts, true};
  if (free < servers_.size()) {
    start(free, id, now, tally);
    return rearm(free, now, ends);
  }
  if (spec_.service.queue == QueuePlace::central) {
    central_.push_back(id);
  } else {
    servers_[choose(false)].wait(id);
  }
}

std::size_t Station::choose(bool need_free_slot) {
  // One pass; ties go to the lower index, but for newest, which is the highest.
  std::size_t best = servers_.size(), seen = 0;
  const auto better = [&](const Server& a, const Server& b) {
    switch (need_free_slot ? spec_.service.dispatch : Dispatch::least_in_flight) {
      case Dispatch::newest:
        return true;
      case Dispatch::oldest:
        return false;
      case Dispatch::recently_idle:
        return a.last_end() > b.last_end();
      case Dispatch::longest_idle:
        return a.last_end() < b.last_end();
      case Dispatch::random:
        return choice_.below(seen) == 0;
      case Dispatch::least_in_flight:
        break;
    }
    return a.load() < b.load();
  };
  for (std::size_t s = 0; s < servers_.size(); ++s) {
    if (need_free_slot && !servers_[s].has_free_slot()) continue;
    ++seen;
    if (best == servers_.size() || better(servers_[s], servers_[best])) best = s;
  }
  return best;
}

void Station::start(std::size_t server, std::uint32_t id, TimePoint now, InstanceTally& tally) {
  Request& request = requests_[id];
  request.started = now.ns();
  tally.waited += request.counts && now.ns() > request.arrived;
  if (busy_since_[server] == kIdle) busy_since_[server] = now.ns();
  servers_[server].start(id, request.work, now);
}

void Station::rearm(std::size_t server, TimePoint now, FinishHeap& ends) {
  const TimePoint end = servers_[server].next_end(now);
  if (end == TimePoint::never()) {
    due_[server] = -1;
  } else if (due_[server] != end.ns()) {
    due_[server] = end.ns();
    ends.push({end.ns(), first_id_ + server});
  }
}

const std::vector<std::uint32_t>& Station::end(TimePoint now, std::uint64_t id,
                                               std::int64_t warm_up, FinishHeap& ends,
                                               InstanceTally& tally) {
  left_.clear();
  const auto server = static_cast<std::size_t>(id - first_id_);
  if (due_[server] != now.ns()) return left_;  // the end has moved since
  due_[server] = -1;
  finished_.clear();
  servers_[server].take_finished(now, finished_);
  for (const std::uint32_t done : finished_) {
    Request& request = requests_[done];
    const std::int64_t stay = now.ns() - request.arrived;
    tally.in_system_ns += InstanceTally::counted(request.arrived, now.ns(), warm_up);
    tally.in_service_ns += InstanceTally::counted(request.started, now.ns(), warm_up);
    if (request.counts) {
      ++tally.completed;
      tally.latency.add(Duration{stay});
      tally.wait.add(Duration{std::max<std::int64_t>(0, stay - request.work.count())});
    }
    request.live = false;
    free_.push_back(done);
    left_.push_back(request.source);
  }
  while (servers_[server].has_free_slot()) {
    auto next = servers_[server].take_waiting();
    if (!next && !central_.empty()) {
      next = central_.front();
      central_.pop_front();
    }
    if (!next) break;
    start(server, *next, now, tally);
  }
  if (servers_[server].running() == 0) {
    tally.busy_ns += InstanceTally::counted(busy_since_[server], now.ns(), warm_up);
    busy_since_[server] = kIdle;
  }
  rearm(server, now, ends);
  return left_;
}

std::int64_t Station::in_service() const {
  std::int64_t n = 0;
  for (const Server& server : servers_) n += static_cast<std::int64_t>(server.running());
  return n;
}

std::int64_t Station::waiting() const {
  auto n = static_cast<std::int64_t>(central_.size());
  for (const Server& server : servers_) n += static_cast<std::int64_t>(server.waiting());
  return n;
}

void Station::add_present(TimePoint now, std::int64_t warm_up, InstanceTally& tally) const {
  for (const Request& request : requests_) {
    if (!request.live) continue;
    tally.in_system_ns += InstanceTally::counted(request.arrived, now.ns(), warm_up);
    if (request.started != kNotYet)
      tally.in_service_ns += InstanceTally::counted(request.started, now.ns(), warm_up);
  }
  for (const std::int64_t since : busy_since_)
    if (since != kIdle) tally.busy_ns += InstanceTally::counted(since, now.ns(), warm_up);
}

}  // namespace thaw::sim
