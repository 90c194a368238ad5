// The instants at which services end, earliest first: a 4-ary heap in one array, a cache line a
// level. Equal instants come in the order of their ids, so the order never depends on how the heap
// grew.
#pragma once

#include <cstdint>
#include <vector>

namespace thaw::sim {

class FinishHeap {
 public:
  struct Entry {
    std::int64_t at;
    std::uint64_t id;
    bool operator<(const Entry& other) const {
      return at != other.at ? at < other.at : id < other.id;
    }
  };

  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  const Entry& top() const { return heap_.front(); }

  void push(Entry entry) {
    heap_.push_back(entry);
    rise(heap_.size() - 1, entry);
  }

  void pop() {
    const Entry last = heap_.back();
    heap_.pop_back();
    if (!heap_.empty()) sink(last);
  }

  // pop() and push() in one pass.
  void replace_top(Entry entry) { sink(entry); }

 private:
  static constexpr std::size_t kArity = 4;

  void rise(std::size_t at, Entry entry) {
    while (at > 0) {
      const std::size_t parent = (at - 1) / kArity;
      if (!(entry < heap_[parent])) break;
      heap_[at] = heap_[parent];
      at = parent;
    }
    heap_[at] = entry;
  }

  void sink(Entry entry) {
    const std::size_t size = heap_.size();
    std::size_t at = 0;
    for (;;) {
      const std::size_t first = at * kArity + 1;
      if (first >= size) break;
      const std::size_t end = first + kArity < size ? first + kArity : size;
      std::size_t least = first;
      for (std::size_t child = first + 1; child < end; ++child)
        if (heap_[child] < heap_[least]) least = child;
      if (!(heap_[least] < entry)) break;
      heap_[at] = heap_[least];
      at = least;
    }
    heap_[at] = entry;
  }

  std::vector<Entry> heap_;
};

}  // namespace thaw::sim
