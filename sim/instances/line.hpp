// Those who wait, first come first out, in one array that is used round and round: a line that
// moves on allocates nothing until it is longer than ever before.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace thaw::sim {

template <class T>
class Line {
 public:
  bool empty() const { return size_ == 0; }
  std::size_t size() const { return size_; }
  const T& front() const { return places_[first_]; }
  const T& back() const { return (*this)[size_ - 1]; }
  const T& operator[](std::size_t i) const { return places_[(first_ + i) & (places_.size() - 1)]; }

  void push_back(const T& last) {
    if (size_ == places_.size()) grow();
    places_[(first_ + size_++) & (places_.size() - 1)] = last;
  }
  void pop_front() {
    first_ = (first_ + 1) & (places_.size() - 1);
    --size_;
  }
  void pop_back() { --size_; }

 private:
  // To a power of two, so that a mask wraps around; the line then begins at the array's begin.
  void grow() {
    std::vector<T> more(places_.empty() ? 16 : 2 * places_.size());
    for (std::size_t i = 0; i < size_; ++i) more[i] = (*this)[i];
    places_ = std::move(more);
    first_ = 0;
  }

  std::vector<T> places_;
  std::size_t first_ = 0, size_ = 0;
};

}  // namespace thaw::sim
