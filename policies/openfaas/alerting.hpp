// An alerting rule of Prometheus and the group of Alertmanager that its alert falls into, for one
// alert alone in its group.
//
// Source: Prometheus rules/alerting.go (Eval, needsSending), Alertmanager dispatch/dispatch.go
// (aggrGroup, doMaintenance) and notify/notify.go (DedupStage.needsUpdate).
#pragma once

#include <cstdint>
#include <optional>

#include "engine/time.hpp"

namespace thaw {

// What Prometheus tells Alertmanager, and what Alertmanager tells the gateway.
enum class AlertStatus : std::uint8_t { firing, resolved };

// pending once its condition holds, firing when it still holds `hold` later, at an evaluation.
class AlertRule {
 public:
  void hold(Duration hold) { hold_ = hold; }
  // One evaluation; returns what is sent to Alertmanager. Sent at each change, and again while it
  // fires or for a quarter of an hour after it was resolved, if more than a minute has passed.
  std::optional<AlertStatus> evaluate(TimePoint t, bool condition);
  TimePoint fired_at() const { return fired_at_; }

 private:
  enum class State : std::uint8_t { inactive, pending, firing, resolved };

  Duration hold_{0};
  State state_ = State::inactive;
  TimePoint active_at_, fired_at_, resolved_at_, sent_at_;
};

struct GroupTiming {
  Duration wait{0}, interval{1}, repeat{0};
};

// A group exists from its first alert on and flushes after `wait`, then each `interval`. A flush
// notifies when the alert started or was resolved since the last notification, or when that is
// strictly longer ago than `repeat`. So with the usual 10 s and 30 s a repeat comes after 40 s: at
// 30 s exactly the flush is not later yet. Looked at each half minute, an empty group goes.
class NotificationGroup {
 public:
  void begin(TimePoint start, GroupTiming timing);
  void change(GroupTiming timing) { timing_ = timing; }

  void insert(AlertStatus status, TimePoint fired_at, TimePoint now);
  // When flush() is due, and whether it can do more than move on to the next.
  TimePoint due() const { return flush_at_.value_or(TimePoint::never()); }
  bool empty() const { return !alert_; }
  // At due(): what the gateway is told, if anything.
  std::optional<AlertStatus> flush();

  TimePoint maintenance_due() const { return maintenance_at_; }
  void maintain();

 private:
  bool must_notify(TimePoint now) const;

  GroupTiming timing_;
  std::optional<TimePoint> flush_at_;  // empty: there is no such group
  bool flushed_ = false;
  std::optional<AlertStatus> alert_;
  TimePoint maintenance_at_ = TimePoint::never();
  // The notification log, which outlives the group.
  std::optional<AlertStatus> told_;
  TimePoint told_at_;
};

}  // namespace thaw
