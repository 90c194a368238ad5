// One connection of the fuzz: sends what was drawn in pieces, and reads what comes back.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "engine/random.hpp"
#include "engine/time.hpp"
#include "tests/gateway/reader.hpp"
#include "tests/gateway/stream.hpp"

namespace thaw::rigs {

class FuzzConnection final : public Stream::Owner,
                             public std::enable_shared_from_this<FuzzConnection> {
 public:
  // What the sender does once all is sent: waits until the gateway ends the connection; says that
  // no more comes and waits; goes after a while; tears it down in the middle.
  enum class Leaves { never, half, after_a_while, torn };

  FuzzConnection(Loop& loop, std::uint16_t port, std::string sent, Random random);
  void start() { next_piece(); }

  const std::string& sent() const { return sent_; }
  const Reader& judged() const { return judged_; }      // what was sent, all of it
  const Reader& answered() const { return answered_; }  // what came
  Leaves leaves() const { return leaves_; }
  bool over() const { return over_; }
  Instant since() const { return all_sent_; }  // when the last byte was sent
  Instant ended_at() const { return ended_at_; }

  // What is wrong with the answers. Empty: nothing.
  std::string complaint() const;

 private:
  void later(Duration after, void (FuzzConnection::*what)());
  void next_piece();
  void leave();
  void go();
  void finish();
  void came(std::string_view bytes) override;
  void ended() override;

  Loop& loop_;
  std::string sent_;
  std::size_t at_ = 0;
  Random random_;
  Leaves leaves_;
  Reader judged_{Reader::Reads::requests}, answered_{Reader::Reads::answers};
  bool over_ = false;
  Instant all_sent_, ended_at_;
  Stream stream_;
};

}  // namespace thaw::rigs
