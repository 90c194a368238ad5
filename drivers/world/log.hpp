// JSON lines on standard error: {"time","level","kind","message", fields…}. Nothing secret is given
// to it. Threads: one.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "engine/ports.hpp"

namespace thaw::world {

class Log {
 public:
  using Sink = std::function<void(const std::string& line)>;
  explicit Log(Sink sink) : sink_(std::move(sink)) {}
  void with_clock(const Clock& clock) { clock_ = &clock; }

  void info(std::string_view kind, std::string_view message, nlohmann::json fields = {});
  void warning(std::string_view kind, std::string_view message, nlohmann::json fields = {});

 private:
  void write(const char* level, std::string_view kind, std::string_view message,
             nlohmann::json fields);
  Sink sink_;
  const Clock* clock_ = nullptr;
};

}  // namespace thaw::world
