// The queue of calls on disk: one SQLite file with a write-ahead log, synced at each commit.
//
// What happens between begin() and commit() is there as a whole after any end of the process or of
// the machine, or not at all. The file has one owner at a time. Opening it checks its structure; a
// damaged file is moved aside under a name that says so, never overwritten. Threads: one at a time
// (Journal's). Times: the caller's. Errors: StoreError; after one, nothing since begin() has
// happened.
// Source: SQLite's documents of WAL and PRAGMA synchronous.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/gateway/async/element.hpp"
#include "drivers/gateway/async/sqlite.hpp"

namespace thaw::gateway::async {

// A call that was given up, as an operator is shown it.
struct DeadLetter {
  std::string id;
  FunctionName function;
  TimePoint accepted;
  std::uint32_t attempts = 0;
  std::string method, target;
  std::string outcome;  // of the last attempt, in words
};

class Store {
 public:
  struct Memory {  // of keys whose calls are over
    Duration length = std::chrono::hours(24);
    std::size_t count = 100'000;
  };
  Store(const std::string& path, Memory memory);

  void begin();   // what an earlier one left unfinished is undone
  bool commit();  // whether there was something to write

  struct Accepted {
    std::string id;
    bool known = false;      // the key was there: this call was accepted before
    bool different = false;  // and was another request
    Position position = 0;   // of what is new
  };
  Accepted accept(const Call& call, TimePoint now);
  std::optional<Accepted> known(const Call& call, TimePoint now);  // that key, if it is there

  std::optional<Call> load(Position position);
  struct Told {  // who is to be told of its end, and by which name; empty: nobody, its id
    std::string callback, call_id;
  };
  Told told(Position position);
  void wait(Position position, std::uint32_t attempts, TimePoint due);
  void await(Position position, TimePoint until);
  void bury(Position position, std::uint32_t attempts, std::string_view outcome);
  void revive(Position position, TimePoint due);  // as if it had never been tried
  void end(Position position, TimePoint now);     // it is gone; its key is remembered

  Position add(const Result& result);
  std::optional<Result> load_result(Position position);
  void wait_result(Position position, std::uint32_t attempts, TimePoint due);
  void end_result(Position position);

  // Forgets keys that are too old or too many; at most some thousands at a time.
  void forget(TimePoint now);

  std::vector<Element> elements();  // by position
  std::vector<Result> results();    // by position, without headers and body
  // The newest first, from the one after `after` (an id; empty: the newest of all). An empty
  // namespace or name is any.
  std::vector<DeadLetter> dead_letters(const FunctionName& of, std::string_view after,
                                       std::size_t most);

 private:
  std::int64_t count_remembered();

  Database database_;
  Memory memory_;
  Position next_ = 1, next_result_ = 1;
  std::int64_t remembered_ = 0, changed_ = 0;
  bool begun_ = false;
  struct Statements;
  struct Delete {
    void operator()(Statements* statements) const;
  };
  std::unique_ptr<Statements, Delete> statements_;
};

// Opens or makes it. A damaged file is moved to PATH.damaged-ID, and `tell` hears of it.
std::unique_ptr<Store> open_store(const std::string& path, Store::Memory memory, TimePoint now,
                                  const std::function<void(const std::string&)>& tell);

}  // namespace thaw::gateway::async
