#include "drivers/gateway/async/sqlite.hpp"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace thaw::gateway::async {
namespace {

using Kind = StoreError::Kind;

Kind kind_of(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
    case SQLITE_IOERR:  // a quota, a limit of the process, a broken disk: it does not write
    case SQLITE_READONLY:
      return Kind::full;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return Kind::damaged;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return Kind::busy;
    default:
      return Kind::other;
  }
}

[[noreturn]] void fail(sqlite3* database) {
  throw StoreError(kind_of(sqlite3_extended_errcode(database)), sqlite3_errmsg(database));
}

}  // namespace

Statement::Statement(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr) !=
      SQLITE_OK) {
    fail(database);
  }
  statement_.reset(statement);
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Statement::Rows Statement::with(std::initializer_list<Value> values) {
  sqlite3_stmt* const to = statement_.get();
  int index = 0;
  for (const Value& value : values) {
    ++index;
    int code = SQLITE_OK;
    if (const auto* number = std::get_if<std::int64_t>(&value)) {
      code = sqlite3_bind_int64(to, index, *number);
    } else if (const auto* text = std::get_if<std::string_view>(&value)) {
      code = sqlite3_bind_text64(to, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
    } else if (const auto* blob = std::get_if<Blob>(&value)) {
      // No bytes are no NULL.
      const char* const bytes = blob->bytes.empty() ? "" : blob->bytes.data();
      code = sqlite3_bind_blob64(to, index, bytes, blob->bytes.size(), SQLITE_STATIC);
    } else {
      code = sqlite3_bind_null(to, index);
    }
    if (code != SQLITE_OK) fail(sqlite3_db_handle(to));
  }
  return Rows(to);
}

void Statement::run(std::initializer_list<Value> values) { with(values).next(); }

Statement::Rows::~Rows() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

bool Statement::Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  fail(sqlite3_db_handle(statement_));
}

std::int64_t Statement::Rows::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string Statement::Rows::text(int column) const {
  const void* const bytes = sqlite3_column_blob(statement_, column);
  if (!bytes) return {};
  return {static_cast<const char*>(bytes),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Database::Database(const std::string& path) {
  // Callers' credentials may be in it. SQLite gives its log the file's own mode.
  const int made = open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (made < 0) throw StoreError(Kind::other, path + ": " + std::strerror(errno));
  close(made);
  sqlite3* database = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &database,
                                   SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  database_.reset(database);
  if (code != SQLITE_OK) throw StoreError(kind_of(code), sqlite3_errstr(code));
  sqlite3_extended_result_codes(database, 1);
}

void Database::Close::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

void Database::run(const char* sql) {
  if (sqlite3_exec(handle(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) fail(handle());
}

std::int64_t Database::integer(const char* sql) {
  Statement statement(handle(), sql);
  Statement::Rows rows = statement.with({});
  return rows.next() ? rows.integer(0) : 0;
}

std::string Database::text(const char* sql) {
  Statement statement(handle(), sql);
  Statement::Rows rows = statement.with({});
  return rows.next() ? rows.text(0) : std::string();
}

int Database::changes() const { return sqlite3_changes(handle()); }

std::int64_t Database::total_changes() const { return sqlite3_total_changes64(handle()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle()) == 0; }

}  // namespace thaw::gateway::async
