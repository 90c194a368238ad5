// Bytes read and not used up yet, in one piece. Small until it is needed, and kept.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace thaw::gateway {

// A buffer that bodies go through grows from one to the other.
constexpr std::size_t kReadAtLeast = std::size_t{16} << 10, kReadAtMost = std::size_t{64} << 10;

class Buffer {
 public:
  char* data() { return bytes_.get() + begin_; }
  std::size_t size() const { return end_ - begin_; }
  std::string_view view() const { return {bytes_.get() + begin_, size()}; }
  char* free() { return bytes_.get() + end_; }
  std::size_t room() const { return capacity_ - end_; }
  std::size_t capacity() const { return capacity_; }

  void add(std::size_t bytes) { end_ += bytes; }
  void drop(std::size_t bytes) {
    begin_ += bytes;
    if (begin_ == end_) begin_ = end_ = 0;
  }
  void clear() { begin_ = end_ = 0; }

  // Room for at least one byte; what is there moves to the front. Doubles up to `most`; false: that
  // is full.
  bool make_room(std::size_t least, std::size_t most) {
    if (begin_ > 0 && room() < capacity_ / 2) {
      std::memmove(bytes_.get(), data(), size());
      end_ -= begin_;
      begin_ = 0;
    }
    if (room() > 0) return true;
    if (capacity_ >= most) return false;
    resize(std::min(most, std::max(least, capacity_ * 2)));
    return true;
  }
  // Back to at most `most` where there is more, and the bytes fit. True: they moved.
  bool shrink(std::size_t most) {
    if (capacity_ <= most || size() > most) return false;
    resize(most);
    return true;
  }

 private:
  void resize(std::size_t capacity) {
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    if (size() > 0) std::memcpy(bytes.get(), data(), size());
    end_ = size();
    begin_ = 0;
    capacity_ = capacity;
    bytes_ = std::move(bytes);
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0, begin_ = 0, end_ = 0;
};

}  // namespace thaw::gateway
