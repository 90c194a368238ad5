// The file and the journal: what SQLite promises of a write-ahead log with synchronous = FULL is
// taken as given; crash_test.cpp kills processes over it.
#include "drivers/gateway/async/store.hpp"

#include <filesystem>
#include <fstream>
#include <latch>
#include <set>

#include "drivers/gateway/async/identity.hpp"
#include "tests/drivers/gateway/async/bench.hpp"

namespace thaw::gateway::async {
namespace {

using Kind = StoreError::Kind;

constexpr TimePoint kNow{Duration(1'767'571'200'000'000'000)};

Call call_of(std::string body) {
  Call call;
  call.function = kResize;
  call.headers = {{"Content-Type", "text/plain"}, {"X-Empty", ""}};
  call.body = std::move(body);
  return call;
}

std::unique_ptr<Store> open(const std::string& path, std::vector<std::string>* told = nullptr) {
  return open_store(path, {}, kNow, [&](const std::string& line) {
    if (told) told->push_back(line);
  });
}

void accept_one(const std::string& path, const std::string& body) {
  const auto store = open(path);
  store->begin();
  store->accept(call_of(body), kNow);
  store->commit();
}

std::optional<Kind> refusal(const std::string& path) {
  try {
    open(path);
  } catch (const StoreError& error) {
    return error.kind();
  }
  return std::nullopt;
}

// 48 bits of time in 10 letters of 5 bits, the largest first; then 80 random bits.
TEST(AsyncIdentity, IdsSortByTimeAndDoNotMeet) {
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(new_id(kNow));
  EXPECT_EQ(ids.size(), 10'000u);
  EXPECT_LT(*ids.rbegin(), new_id(kNow + 1ms));
  EXPECT_LT(new_id(kNow - 1ms), *ids.begin());
  EXPECT_EQ(new_id({Duration(0)}).substr(0, 10), "0000000000");
  EXPECT_EQ(new_id({33ms}).substr(0, 10), "0000000011");  // 33 = 1 * 32 + 1
}

TEST(AsyncStore, KeepsACallByteForByte) {
  const Folder folder;
  Call call = call_of(std::string("\0\xff\n:", 4));
  call.call_id = "c";
  call.callback = "http://a.example/";
  Store::Accepted accepted;
  {
    const auto store = open(folder / "q");
    store->begin();
    accepted = store->accept(call, kNow);
    store->commit();
  }
  const auto store = open(folder / "q");
  const std::optional<Call> found = store->load(accepted.position);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->function, call.function);
  EXPECT_EQ(found->headers, call.headers);
  EXPECT_EQ(found->body, call.body);
  EXPECT_EQ(found->call_id, "c");
  EXPECT_EQ(store->told(accepted.position).callback, call.callback);
  ASSERT_EQ(store->elements().size(), 1u);
  EXPECT_EQ(store->elements()[0].bytes, call.bytes());
}

TEST(AsyncStore, IsItsOwnersAlone) {
  const Folder folder;
  const auto store = open(folder / "q");
  EXPECT_EQ(refusal(folder / "q"), Kind::busy);
  const auto mode = std::filesystem::status(folder / "q").permissions();
  EXPECT_EQ(mode, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
}

TEST(AsyncStore, ADamagedFileIsMovedAsideAndTold) {
  // Its head; a page in the middle, which only a look at its structure finds.
  for (const std::streamoff at : {0, 4096 + 8}) {
    const Folder folder;
    accept_one(folder / "q", std::string(100'000, 'x'));
    {
      std::fstream file(folder / "q", std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(at);
      file << std::string(64, '\xa5');
    }
    std::vector<std::string> told;
    const auto store = open(folder / "q", &told);
    EXPECT_TRUE(store->elements().empty());
    ASSERT_EQ(told.size(), 1u) << at;
    const std::size_t from = told[0].find(folder / "q.damaged-");
    ASSERT_NE(from, std::string::npos) << told[0];
    const std::string aside = told[0].substr(from, (folder / "q.damaged-").size() + 26);
    EXPECT_GT(std::filesystem::file_size(aside), 100'000u);
  }
}

TEST(AsyncStore, WhatIsNotOursIsLeftAlone) {
  const Folder folder;
  const auto change = [&](const char* sql) {
    Database database(folder / "q");
    database.run(sql);
  };
  accept_one(folder / "q", "x");
  change("PRAGMA user_version = 2");
  EXPECT_EQ(refusal(folder / "q"), Kind::refused);
  change("PRAGMA user_version = 1; PRAGMA application_id = 7");
  EXPECT_EQ(refusal(folder / "q"), Kind::refused);
  change("PRAGMA application_id = 1952997751");
  EXPECT_EQ(open(folder / "q")->elements().size(), 1u);
}

// While the first commit is on its way the others gather: two commits, in the order of asking.
TEST(AsyncJournal, CommitsTogetherWhatWaitsAndKeepsItsOrder) {
  const Folder folder;
  boost::asio::io_context io;
  Journal journal(io.get_executor(), open(folder / "q"));
  std::latch begun(1), let_go(1);
  std::vector<int> done;
  std::vector<Position> positions(65);
  const auto write = [&](int which) -> Awaitable<void> {
    co_await journal.commit([&, which](Store& store) {
      if (which == 0) {
        begun.count_down();
        let_go.wait();
      }
      positions[static_cast<std::size_t>(which)] = store.accept(call_of("x"), kNow).position;
    });
    done.push_back(which);
  };
  const auto spawn = [&](int which) {
    boost::asio::co_spawn(io, write(which), [](const std::exception_ptr& thrown) {
      if (thrown) std::rethrow_exception(thrown);
    });
  };
  spawn(0);
  io.poll();
  begun.wait();
  for (int i = 1; i <= 64; ++i) spawn(i);
  io.restart();
  io.poll();
  EXPECT_TRUE(done.empty());
  let_go.count_down();
  io.restart();
  io.run();
  EXPECT_EQ(journal.commits(), 2u);
  for (int i = 0; i <= 64; ++i) {
    EXPECT_EQ(done[static_cast<std::size_t>(i)], i);
    EXPECT_EQ(positions[static_cast<std::size_t>(i)], i + 1);
  }
}

TEST(AsyncJournal, APartThatFailsTakesNoOtherWithIt) {
  const Folder folder;
  boost::asio::io_context io;
  std::string failed;
  int kept = 0;
  {
    Journal journal(io.get_executor(), open(folder / "q"));
    const auto write = [&](bool fails) -> Awaitable<void> {
      try {
        co_await journal.commit([&](Store& store) {
          store.accept(call_of(fails ? "bad" : "good"), kNow);
          if (fails) throw StoreError(Kind::full, "no room");
        });
        ++kept;
      } catch (const StoreError& error) {
        failed += error.what();
      }
    };
    for (int i = 0; i < 8; ++i) boost::asio::co_spawn(io, write(i == 3), [](std::exception_ptr) {});
    io.run();
  }
  EXPECT_EQ(failed, "no room");
  EXPECT_EQ(kept, 7);
  const auto store = open(folder / "q");
  const std::vector<Element> elements = store->elements();
  ASSERT_EQ(elements.size(), 7u);
  for (const Element& element : elements) EXPECT_EQ(store->load(element.position)->body, "good");
}

}  // namespace
}  // namespace thaw::gateway::async
