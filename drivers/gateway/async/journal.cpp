#include "drivers/gateway/async/journal.hpp"

#include <boost/asio/async_result.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace thaw::gateway::async {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostAtOnce = 1'024;

}  // namespace

Journal::Journal(asio::any_io_executor executor, std::unique_ptr<Store> store)
    : executor_(std::move(executor)), store_(std::move(store)), thread_([this] { serve(); }) {}

Journal::~Journal() { close(); }

void Journal::close() {
  if (!thread_.joinable()) return;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  something_.notify_one();
  thread_.join();
}

Awaitable<void> Journal::commit(Work work) { return run(std::move(work), false); }
Awaitable<void> Journal::read(Work work) { return run(std::move(work), true); }

Awaitable<void> Journal::run(Work work, bool reads) {
  const auto start = [this, reads](auto handler, Work what) {
    // A coroutine's handler cannot be copied, a std::function must. The context goes on running as
    // long as the tracked executor is there.
    const auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    const asio::any_io_executor there =
        asio::prefer(executor_, asio::execution::outstanding_work.tracked);
    submit({std::move(what), reads, [kept, there](std::exception_ptr error) {
              asio::post(there, [kept, error] { (*kept)(error); });
            }});
  };
  co_await asio::async_initiate<decltype(asio::use_awaitable), void(std::exception_ptr)>(
      start, asio::use_awaitable, std::move(work));
}

void Journal::submit(Job job) {
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(job));
  }
  something_.notify_one();
}

void Journal::serve() {
  for (;;) {
    std::deque<Job> jobs;
    {
      std::unique_lock lock(mutex_);
      something_.wait(lock, [&] { return ending_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      while (!waiting_.empty() && jobs.size() < kMostAtOnce) {
        jobs.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    commit_all(jobs);
  }
}

void Journal::commit_all(std::deque<Job>& jobs) {
  const auto finish = [](Job& job, const std::exception_ptr& error) {
    std::exchange(job.done, nullptr)(error);
  };
  try {
    store_->begin();
    for (Job& job : jobs) {
      job.work(*store_);
      if (job.reads) finish(job, nullptr);
    }
    commits_ += store_->commit() ? 1 : 0;
  } catch (const StoreError&) {
    for (Job& job : jobs) {
      if (!job.done) continue;
      try {
        commit_alone(job);
        finish(job, nullptr);
      } catch (const StoreError&) {
        finish(job, std::current_exception());
      }
    }
    return;
  }
  for (Job& job : jobs) {
    if (job.done) finish(job, nullptr);
  }
}

void Journal::commit_alone(Job& job) {
  store_->begin();
  job.work(*store_);
  commits_ += store_->commit() ? 1 : 0;
}

}  // namespace thaw::gateway::async
