#include "policies/openfaas/alerting.hpp"

namespace thaw {
namespace {

constexpr Duration kResendDelay{60s}, kResolvedRetention{15min};
constexpr Duration kMaintenance{30s};

}  // namespace

std::optional<AlertStatus> AlertRule::evaluate(TimePoint t, bool condition) {
  if (condition) {
    if (state_ == State::inactive || state_ == State::resolved) {
      state_ = State::pending;
      active_at_ = t;
    }
    if (state_ == State::firing) {
      if (sent_at_ + kResendDelay >= t) return std::nullopt;
    } else if (t - active_at_ >= hold_) {
      state_ = State::firing;
      fired_at_ = t;
    } else {
      return std::nullopt;
    }
    sent_at_ = t;
    return AlertStatus::firing;
  }

  if (state_ == State::firing) {
    state_ = State::resolved;
    resolved_at_ = t;
  } else if (state_ == State::resolved) {
    if (t - resolved_at_ > kResolvedRetention) state_ = State::inactive;
    if (state_ == State::inactive || sent_at_ + kResendDelay >= t) return std::nullopt;
  } else {
    state_ = State::inactive;
    return std::nullopt;
  }
  sent_at_ = t;
  return AlertStatus::resolved;
}

void NotificationGroup::begin(TimePoint start, GroupTiming timing) {
  *this = {};
  timing_ = timing;
  maintenance_at_ = start + kMaintenance;
}

void NotificationGroup::insert(AlertStatus status, TimePoint fired_at, TimePoint now) {
  if (!flush_at_) {
    flush_at_ = now + timing_.wait;
    flushed_ = false;
  }
  alert_ = status;
  if (!flushed_ && fired_at + timing_.wait < now) flush_at_ = now;
}

bool NotificationGroup::must_notify(TimePoint now) const {
  if (!told_) return alert_ == AlertStatus::firing;
  if (told_ != alert_) return true;
  return alert_ == AlertStatus::firing && told_at_ + timing_.repeat < now;
}

std::optional<AlertStatus> NotificationGroup::flush() {
  const TimePoint now = *flush_at_;
  flush_at_ = now + timing_.interval;
  flushed_ = true;
  if (!alert_) return std::nullopt;
  const auto status = alert_;
  const bool notify = must_notify(now);
  if (notify) {
    told_ = status;
    told_at_ = now;
  }
  if (status == AlertStatus::resolved) alert_.reset();
  return notify ? status : std::nullopt;
}

void NotificationGroup::maintain() {
  maintenance_at_ = maintenance_at_ + kMaintenance;
  if (!alert_) flush_at_.reset();
}

}  // namespace thaw
