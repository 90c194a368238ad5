// A row of things that know their place in it: in and out at no cost, and out when destroyed.
//
// A T is in at most one Ring of each Tag, and derives from Linked<Tag> for it.
#pragma once

namespace thaw::gateway {

template <class T, class Tag>
class Ring;

template <class Tag>
class Linked {
 public:
  Linked() = default;
  Linked(const Linked&) = delete;
  Linked& operator=(const Linked&) = delete;
  ~Linked() { unlink(); }

  bool linked() const { return after_ != this; }
  void unlink() {
    before_->after_ = after_;
    after_->before_ = before_;
    before_ = after_ = this;
  }

 private:
  template <class T, class>
  friend class Ring;
  void link_before(Linked& other) {
    unlink();
    before_ = other.before_;
    after_ = &other;
    before_->after_ = after_->before_ = this;
  }

  Linked *before_ = this, *after_ = this;
};

template <class T, class Tag>
class Ring {
 public:
  bool empty() const { return !end_.linked(); }
  T& front() { return static_cast<T&>(*end_.after_); }
  void push_back(Linked<Tag>& item) { item.link_before(end_); }
  void push_front(Linked<Tag>& item) { item.link_before(*end_.after_); }

  // `tell` may take out the one it is told of, and no other.
  template <class Tell>
  void each(const Tell& tell) {
    for (Linked<Tag>* item = end_.after_; item != &end_;) {
      Linked<Tag>* const next = item->after_;
      tell(static_cast<T&>(*item));
      item = next;
    }
  }

 private:
  Linked<Tag> end_;
};

}  // namespace thaw::gateway
