// SQLite, as far as the store needs it: a file, statements that are kept, errors by kind.
//
// Threads: one at a time. Errors: StoreError. Source: SQLite 3's C interface.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

struct sqlite3;
struct sqlite3_stmt;

namespace thaw::gateway::async {

class StoreError : public std::runtime_error {
 public:
  enum class Kind : unsigned char {
    full,     // the disk takes no more, or does not write; what was there stays
    damaged,  // it is no database, or a broken one
    refused,  // it is another program's, or of a newer version of this one
    busy,     // another process has it
    other
  };
  StoreError(Kind kind, const std::string& what) : std::runtime_error(what), kind_(kind) {}
  Kind kind() const { return kind_; }

 private:
  Kind kind_;
};

struct Blob {
  std::string_view bytes;
};
using Value = std::variant<std::monostate, std::int64_t, std::string_view, Blob>;

// Prepared once, used again and again.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql);

  // One use: its values bound in order, its rows read one by one. What is bound must outlive it.
  class Rows {
   public:
    explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
    Rows(const Rows&) = delete;
    Rows& operator=(const Rows&) = delete;
    ~Rows();
    bool next();
    std::int64_t integer(int column) const;
    std::string text(int column) const;  // bytes too; nothing for NULL

   private:
    sqlite3_stmt* statement_;
  };
  Rows with(std::initializer_list<Value> values);
  void run(std::initializer_list<Value> values);  // for what gives no rows

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
};

class Database {
 public:
  explicit Database(const std::string& path);  // made, readable by its owner alone, if not there
  void run(const char* sql);
  std::int64_t integer(const char* sql);
  std::string text(const char* sql);
  int changes() const;  // rows that the last statement touched
  std::int64_t total_changes() const;
  bool in_transaction() const;
  sqlite3* handle() const { return database_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  std::unique_ptr<sqlite3, Close> database_;
};

}  // namespace thaw::gateway::async
