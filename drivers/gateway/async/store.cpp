#include "drivers/gateway/async/store.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "drivers/gateway/async/identity.hpp"

namespace thaw::gateway::async {
namespace {

using Kind = StoreError::Kind;
using std::string_view;

constexpr std::int64_t kApplication = 0x74686177;  // "thaw"
constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kForgottenAtOnce = 4'096;

// What a start reads is apart from what only an attempt reads, so that a change of state does not
// write a body anew. A key is of its function; `until` is empty while its call is not over.
constexpr const char* kSchema = R"(
BEGIN IMMEDIATE;
CREATE TABLE elements (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
  accepted INTEGER NOT NULL, state INTEGER NOT NULL, attempts INTEGER NOT NULL, due INTEGER NOT NULL,
  bytes INTEGER NOT NULL, key TEXT, outcome TEXT);
CREATE INDEX dead_letters ON elements (id) WHERE state = 2;
CREATE TABLE calls (
  position INTEGER PRIMARY KEY, method TEXT NOT NULL, target TEXT NOT NULL, call_id TEXT NOT NULL,
  callback TEXT NOT NULL, headers BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE keys (
  namespace TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, print INTEGER NOT NULL,
  until INTEGER, PRIMARY KEY (namespace, name, key)) WITHOUT ROWID;
CREATE INDEX keys_until ON keys (until) WHERE until IS NOT NULL;
CREATE TABLE results (
  position INTEGER PRIMARY KEY, id TEXT NOT NULL, url TEXT NOT NULL, attempts INTEGER NOT NULL,
  due INTEGER NOT NULL, headers BLOB NOT NULL, body BLOB NOT NULL);
PRAGMA application_id = 1952997751;
PRAGMA user_version = 1;
COMMIT;
)";
static_assert(kApplication == 1'952'997'751 && kVersion == 1);

// A line each: no name and no value has a line's end in it.
std::string packed(const http::Headers& headers) {
  std::string text;
  for (const auto& [name, value] : headers) text += name + ":" + value + "\n";
  return text;
}

http::Headers unpacked(string_view text) {
  http::Headers headers;
  while (!text.empty()) {
    const std::size_t end = text.find('\n'), colon = text.find(':');
    if (end == string_view::npos || colon == string_view::npos || colon > end) break;
    headers.emplace_back(text.substr(0, colon), text.substr(colon + 1, end - colon - 1));
    text.remove_prefix(end + 1);
  }
  return headers;
}

TimePoint instant(std::int64_t ns) { return {Duration(ns)}; }

void check(Database& database) {
  const std::string found = database.text("PRAGMA quick_check(1)");
  if (found != "ok") throw StoreError(Kind::damaged, found);
  if (database.integer("SELECT count(*) FROM sqlite_schema") == 0) {
    database.run(kSchema);
    return;
  }
  if (database.integer("PRAGMA application_id") != kApplication) {
    throw StoreError(Kind::refused, "it is a database of another program");
  }
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version != kVersion) {
    throw StoreError(Kind::refused, "its schema is version " + std::to_string(version) +
                                        ", and this program knows version " +
                                        std::to_string(kVersion));
  }
}

}  // namespace

struct Store::Statements {
  explicit Statements(sqlite3* on) : database(on) {}
  sqlite3* database;
  Statement know{database,
                 "SELECT id, print, until FROM keys WHERE namespace = ? AND name = ? AND key = ?"};
  Statement outdated{database, "DELETE FROM keys WHERE namespace = ? AND name = ? AND key = ?"};
  Statement remember{database, "INSERT INTO keys VALUES (?, ?, ?, ?, ?, NULL)"};
  Statement over{database,
                 "UPDATE keys SET until = ?2 FROM elements AS e WHERE e.position = ?1 AND "
                 "keys.namespace = e.namespace AND keys.name = e.name AND keys.key = e.key"};
  Statement old{
      database,
      "DELETE FROM keys WHERE (namespace, name, key) IN (SELECT namespace, name, key FROM keys "
      "WHERE until IS NOT NULL AND until <= ? ORDER BY until LIMIT ?)"};
  Statement surplus{
      database,
      "DELETE FROM keys WHERE (namespace, name, key) IN (SELECT namespace, name, key FROM keys "
      "WHERE until IS NOT NULL ORDER BY until LIMIT ?)"};
  Statement add_element{database,
                        "INSERT INTO elements VALUES (?, ?, ?, ?, ?, 0, 0, ?, ?, ?, NULL)"};
  Statement add_call{database, "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?)"};
  Statement load{
      database,
      "SELECT namespace, name, method, target, call_id, callback, headers, body FROM calls "
      "JOIN elements USING (position) WHERE position = ?"};
  Statement told{database, "SELECT callback, call_id FROM calls WHERE position = ?"};
  Statement change{database,
                   "UPDATE elements SET state = ?, attempts = ?, due = ? WHERE position = ?"};
  Statement await{database, "UPDATE elements SET state = 1, due = ? WHERE position = ?"};
  Statement bury{database,
                 "UPDATE elements SET state = 2, attempts = ?, outcome = ? WHERE position = ?"};
  Statement drop_element{database, "DELETE FROM elements WHERE position = ?"};
  Statement drop_call{database, "DELETE FROM calls WHERE position = ?"};
  Statement add_result{database, "INSERT INTO results VALUES (?, ?, ?, 0, ?, ?, ?)"};
  Statement load_result{database, "SELECT id, url, headers, body FROM results WHERE position = ?"};
  Statement wait_result{database, "UPDATE results SET attempts = ?, due = ? WHERE position = ?"};
  Statement end_result{database, "DELETE FROM results WHERE position = ?"};
};

void Store::Delete::operator()(Statements* statements) const { delete statements; }

Store::Store(const std::string& path, Memory memory) : database_(path), memory_(memory) {
  // Held for as long as the process lives: a second gateway with the same file is told so. It also
  // keeps the log's index in memory, so that the file may lie where no memory can be shared.
  database_.run("PRAGMA locking_mode = EXCLUSIVE");
  if (database_.text("PRAGMA journal_mode = WAL") != "wal") {
    throw StoreError(Kind::other, "the disk it is on knows no write-ahead log");
  }
  database_.run(
      "PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST; PRAGMA journal_size_limit = "
      "67108864");
  check(database_);
  statements_.reset(new Statements(database_.handle()));
  next_ = database_.integer("SELECT max(position) FROM elements") + 1;
  next_result_ = database_.integer("SELECT max(position) FROM results") + 1;
  remembered_ = count_remembered();
}

std::int64_t Store::count_remembered() {
  return database_.integer("SELECT count(*) FROM keys WHERE until IS NOT NULL");
}

void Store::begin() {
  if (begun_) {
    if (database_.in_transaction()) database_.run("ROLLBACK");
    remembered_ = count_remembered();
  }
  begun_ = true;
  database_.run("BEGIN IMMEDIATE");
  changed_ = database_.total_changes();
}

bool Store::commit() {
  database_.run("COMMIT");
  begun_ = false;
  return database_.total_changes() != changed_;
}

std::optional<Store::Accepted> Store::known(const Call& call, TimePoint now) {
  if (call.key.empty()) return std::nullopt;
  const auto& [space, name] = call.function;
  auto rows =
      statements_->know.with({string_view(space), string_view(name), string_view(call.key)});
  if (!rows.next()) return std::nullopt;
  const std::int64_t until = rows.integer(2);  // 0: it is not over
  if (until != 0 && until <= now.ns()) return std::nullopt;
  return Accepted{rows.text(0), true, rows.integer(1) != static_cast<std::int64_t>(call.print), 0};
}

Store::Accepted Store::accept(const Call& call, TimePoint now) {
  if (auto already = known(call, now)) return std::move(*already);
  const auto& [space, name] = call.function;
  Accepted accepted{new_id(now), false, false, next_++};
  const string_view id = accepted.id;
  const auto bytes = static_cast<std::int64_t>(call.bytes());
  const std::string headers = packed(call.headers);
  statements_->add_element.run({accepted.position, id, string_view(space), string_view(name),
                                now.ns(), now.ns(), bytes,
                                call.key.empty() ? Value() : Value(string_view(call.key))});
  statements_->add_call.run({accepted.position, string_view(call.method), string_view(call.target),
                             string_view(call.call_id), string_view(call.callback), Blob{headers},
                             Blob{call.body}});
  if (!call.key.empty()) {
    // In place of one that is too old, if there is one.
    statements_->outdated.run({string_view(space), string_view(name), string_view(call.key)});
    remembered_ -= database_.changes();
    statements_->remember.run({string_view(space), string_view(name), string_view(call.key), id,
                               static_cast<std::int64_t>(call.print)});
  }
  return accepted;
}

std::optional<Call> Store::load(Position position) {
  auto rows = statements_->load.with({position});
  if (!rows.next()) return std::nullopt;
  Call call;
  call.function = {rows.text(0), rows.text(1)};
  call.method = rows.text(2);
  call.target = rows.text(3);
  call.call_id = rows.text(4);
  call.callback = rows.text(5);
  call.headers = unpacked(rows.text(6));
  call.body = rows.text(7);
  return call;
}

Store::Told Store::told(Position position) {
  auto rows = statements_->told.with({position});
  if (!rows.next()) return {};
  return {rows.text(0), rows.text(1)};
}

void Store::wait(Position position, std::uint32_t attempts, TimePoint due) {
  statements_->change.run({std::int64_t{0}, std::int64_t{attempts}, due.ns(), position});
}

void Store::await(Position position, TimePoint until) {
  statements_->await.run({until.ns(), position});
}

void Store::bury(Position position, std::uint32_t attempts, std::string_view outcome) {
  statements_->bury.run({std::int64_t{attempts}, outcome, position});
}

void Store::revive(Position position, TimePoint due) { wait(position, 0, due); }

void Store::end(Position position, TimePoint now) {
  statements_->over.run({position, (now + memory_.length).ns()});
  remembered_ += database_.changes();
  statements_->drop_call.run({position});
  statements_->drop_element.run({position});
}

Position Store::add(const Result& result) {
  const Position position = next_result_++;
  const std::string headers = packed(result.headers);
  statements_->add_result.run({position, string_view(result.id), string_view(result.url),
                               result.due.ns(), Blob{headers}, Blob{result.body}});
  return position;
}

std::optional<Result> Store::load_result(Position position) {
  auto rows = statements_->load_result.with({position});
  if (!rows.next()) return std::nullopt;
  Result result;
  result.position = position;
  result.id = rows.text(0);
  result.url = rows.text(1);
  result.headers = unpacked(rows.text(2));
  result.body = rows.text(3);
  return result;
}

void Store::wait_result(Position position, std::uint32_t attempts, TimePoint due) {
  statements_->wait_result.run({std::int64_t{attempts}, due.ns(), position});
}

void Store::end_result(Position position) { statements_->end_result.run({position}); }

void Store::forget(TimePoint now) {
  statements_->old.run({now.ns(), kForgottenAtOnce});
  remembered_ -= database_.changes();
  const std::int64_t surplus = remembered_ - static_cast<std::int64_t>(memory_.count);
  if (surplus <= 0) return;
  statements_->surplus.run({std::min(surplus, kForgottenAtOnce)});
  remembered_ -= database_.changes();
}

std::vector<Element> Store::elements() {
  Statement all(
      database_.handle(),
      "SELECT position, id, namespace, name, accepted, state, attempts, due, bytes FROM elements "
      "ORDER BY position");
  std::vector<Element> elements;
  auto rows = all.with({});
  while (rows.next()) {
    elements.push_back({.position = rows.integer(0),
                        .id = rows.text(1),
                        .function = {rows.text(2), rows.text(3)},
                        .accepted = instant(rows.integer(4)),
                        .state = static_cast<State>(rows.integer(5)),
                        .attempts = static_cast<std::uint32_t>(rows.integer(6)),
                        .due = instant(rows.integer(7)),
                        .bytes = static_cast<std::uint64_t>(rows.integer(8))});
  }
  return elements;
}

std::vector<Result> Store::results() {
  Statement all(database_.handle(),
                "SELECT position, id, url, attempts, due FROM results ORDER BY position");
  std::vector<Result> results;
  auto rows = all.with({});
  while (rows.next()) {
    Result result;
    result.position = rows.integer(0);
    result.id = rows.text(1);
    result.url = rows.text(2);
    result.attempts = static_cast<std::uint32_t>(rows.integer(3));
    result.due = instant(rows.integer(4));
    results.push_back(std::move(result));
  }
  return results;
}

std::vector<DeadLetter> Store::dead_letters(const FunctionName& of, std::string_view after,
                                            std::size_t most) {
  Statement some(database_.handle(),
                 "SELECT id, namespace, name, accepted, attempts, method, target, outcome FROM "
                 "elements JOIN calls "
                 "USING (position) WHERE state = 2 AND (?1 = '' OR id < ?1) AND (?2 = '' OR "
                 "namespace = ?2) AND "
                 "(?3 = '' OR name = ?3) ORDER BY id DESC LIMIT ?4");
  std::vector<DeadLetter> letters;
  auto rows = some.with(
      {after, string_view(of.first), string_view(of.second), static_cast<std::int64_t>(most)});
  while (rows.next()) {
    letters.push_back({rows.text(0),
                       {rows.text(1), rows.text(2)},
                       instant(rows.integer(3)),
                       static_cast<std::uint32_t>(rows.integer(4)),
                       rows.text(5),
                       rows.text(6),
                       rows.text(7)});
  }
  return letters;
}

std::unique_ptr<Store> open_store(const std::string& path, Store::Memory memory, TimePoint now,
                                  const std::function<void(const std::string&)>& tell) {
  try {
    return std::make_unique<Store>(path, memory);
  } catch (const StoreError& error) {
    if (error.kind() == Kind::busy) {
      throw StoreError(Kind::busy, path + ": another process has it");
    }
    if (error.kind() != Kind::damaged) throw StoreError(error.kind(), path + ": " + error.what());
    const std::string aside = path + ".damaged-" + new_id(now);
    // The log first: left beside a new file it would be taken for that one's.
    for (const char* const part : {"-wal", "-shm", ""}) {
      if (std::rename((path + part).c_str(), (aside + part).c_str()) != 0 && errno != ENOENT) {
        throw StoreError(Kind::damaged, path + " is damaged (" + error.what() +
                                            ") and cannot be moved aside: " + std::strerror(errno));
      }
    }
    tell(path + " is damaged (" + error.what() + "): it was moved to " + aside +
         ", and the calls in it are not delivered");
  }
  return std::make_unique<Store>(path, memory);
}

}  // namespace thaw::gateway::async
