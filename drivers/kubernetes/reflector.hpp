// A collection kept up to date: list, then watch, for ever; every change is told to a Sink.
//
// What vanished while no watch ran is told as deleted: names and uids are kept, objects are not.
// List in chunks; watch with bookmarks for a random 5 to 10 min, resumed from the last version;
// 410 (or an ERROR event that says so) lists anew; a failure waits (see backoff.hpp), and 429 or a
// broken connection resumes the watch without a new list.
// Errors: none leaves run() but what the Sink throws; the last one is kept for /readyz. Threads:
// those of the Reader. Source: client-go's tools/cache/reflector.go.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/http/awaitable.hpp"
#include "drivers/kubernetes/backoff.hpp"
#include "drivers/kubernetes/json.hpp"
#include "drivers/kubernetes/reader.hpp"

namespace thaw::kubernetes {

struct Sink {
  virtual ~Sink() = default;
  virtual void applied(const Json& object) = 0;  // added or changed; the same one may come again
  // Gone. After a gap only kind, apiVersion and metadata.{namespace,name,uid} are known.
  virtual void deleted(const Json& object) = 0;
  virtual void synced() = 0;  // a list is complete; after the first one and after each gap
};

struct ReflectorSettings {
  int chunk = 500;
  Duration watch_least = 5min, watch_most = 10min;
  Duration silence = 150s;
  BackoffSettings backoff;
};

struct ReflectorCounters {
  std::uint64_t lists = 0;    // begun, not chunks
  std::uint64_t watches = 0;  // begun
  std::uint64_t events = 0;   // told to the Sink by watches
  std::uint64_t errors = 0;   // waits
};

class Reflector {
 public:
  using Instant = std::chrono::steady_clock::time_point;

  Reflector(Reader& reader, Collection collection, Sink& sink, ReflectorSettings settings = {});
  ~Reflector();

  // Ends after stop(), or when the Transport is closed. The Reflector outlives it.
  Awaitable<void> run();
  void stop();  // at the next event, or at the end of the wait

  bool synced() const;  // a list was complete, and no newer one is under way
  // The last word of the server on this collection: a list's end, an event, a bookmark, the good
  // end of a watch. Nothing before the first list.
  std::optional<Instant> heard() const;
  bool watching() const;  // a watch is under way; how fresh what is known is, heard() says
  const ReflectorCounters& counters() const;
  const std::string& last_error() const;  // empty since the last success
  const Collection& collection() const;
  std::size_t size() const;  // objects known

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace thaw::kubernetes
