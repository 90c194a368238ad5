// How much may lie on disk: by number for a function, by number and bytes for the file.
//
// What is asked for is held from before it is written until it is gone, so that the bounds hold
// however many calls are on their way to the disk. Dead letters count: they take the room of the
// function whose they are, and of no other. Threads: one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "drivers/gateway/routes.hpp"

namespace thaw::gateway::async {

class Room {
 public:
  struct Limits {
    std::size_t of_function = 10'000, elements = 100'000;
    std::uint64_t bytes = std::uint64_t{256} << 20;  // of bodies, headers, paths and results
  };
  enum class Taken : unsigned char { yes, function_full, file_full };

  explicit Room(Limits limits) : limits_(limits) {}

  Taken take(const FunctionName& function, std::uint64_t bytes) {
    if (elements_ >= limits_.elements || bytes_ + bytes > limits_.bytes) return Taken::file_full;
    if (const auto used = functions_.find(function);
        used != functions_.end() && used->second >= limits_.of_function) {
      return Taken::function_full;
    }
    add(function, bytes);
    return Taken::yes;
  }
  void add(const FunctionName& function, std::uint64_t bytes) {  // what is there already
    ++elements_;
    bytes_ += bytes;
    ++functions_[function];
  }
  void give(const FunctionName& function, std::uint64_t bytes) {
    --elements_;
    bytes_ -= bytes;
    if (const auto used = functions_.find(function); --used->second == 0) functions_.erase(used);
  }
  void grow(std::uint64_t bytes) { bytes_ += bytes; }  // by a result that waits to be posted
  void shrink(std::uint64_t bytes) { bytes_ -= bytes; }

  std::size_t elements() const { return elements_; }
  std::uint64_t bytes() const { return bytes_; }

 private:
  Limits limits_;
  std::size_t elements_ = 0;
  std::uint64_t bytes_ = 0;
  std::map<FunctionName, std::size_t> functions_;
};

}  // namespace thaw::gateway::async
