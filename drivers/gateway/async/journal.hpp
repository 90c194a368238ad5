// The store on a thread of its own: what waits there is committed together, with one sync.
//
// While one commit is on its way to the disk the next ones gather, so that a disk that syncs in a
// millisecond takes thousands of calls a second. Order: work is done in the order in which it came,
// and a later one sees what an earlier one did. When a commit fails each of its parts is tried
// alone, so that one large body does not take the small ones with it.
// Threads: commit() and read() belong to the executor's one; work runs on the journal's. What waits
// is done before close(), or the destructor, returns; that must be before the executor's context is
// gone. Errors: StoreError, from the co_await.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>

#include "drivers/gateway/async/store.hpp"
#include "drivers/http/awaitable.hpp"

namespace thaw::gateway::async {

class Journal {
 public:
  // Done again when a commit failed: it must not count on being done once.
  using Work = std::function<void(Store&)>;

  Journal(boost::asio::any_io_executor executor, std::unique_ptr<Store> store);
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;
  ~Journal();

  Awaitable<void> commit(Work work);  // returns when it is on disk
  Awaitable<void> read(Work work);    // for what changes nothing: does not wait for the sync

  std::uint64_t commits() const { return commits_.load(); }  // that wrote something
  void close();  // what waits is done; nothing may come after

 private:
  struct Job {
    Work work;
    bool reads = false;
    std::function<void(std::exception_ptr)> done;
  };
  Awaitable<void> run(Work work, bool reads);
  void submit(Job job);
  void serve();
  void commit_all(std::deque<Job>& jobs);
  void commit_alone(Job& job);

  boost::asio::any_io_executor executor_;
  std::unique_ptr<Store> store_;
  std::atomic<std::uint64_t> commits_ = 0;
  std::mutex mutex_;
  std::condition_variable something_;
  std::deque<Job> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace thaw::gateway::async
