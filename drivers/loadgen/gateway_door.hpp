// The load's way in on a live cluster: every call goes to the gateway over HTTP, and what the
// entrance in front of it would do (refuse, or cut by its read timeout) is done here.
//
// An answer is completed (2xx, 3xx), timed out (408, 504), rejected (503 and what else of 4xx), or
// failed. Of those that are not completed, one that bears no Date is the gateway's own: a server
// behind it puts one on (RFC 9110, 6.6.1), thaw's gateway does not. Its own 503 to a call that it
// held for half a second or longer is a time-out: no replica came. Without a connection it is a
// 503, as the entrance says it of a gateway that is away; a connection that breaks is a 502, and
// one that is no HTTP as well. Units: scenario time, but for what is called wall.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "drivers/loadgen/client.hpp"
#include "drivers/loadgen/loadgen.hpp"
#include "drivers/loadgen/words.hpp"
#include "engine/workload/door.hpp"
#include "engine/workload/play.hpp"
#include "engine/workload/requests.hpp"

namespace thaw::loadgen {

class GatewayDoor final : public workload::Door, public Handler {
 public:
  class Owner {
   public:
    virtual void replied(workload::RequestId id, const workload::Answer& answer) = 0;

   protected:
    ~Owner() = default;
  };

  GatewayDoor(workload::Play& play, workload::Requests& requests, const Options& options,
              Client& client, Listener& listener, Owner& owner);

  workload::Route resolve(Method method, std::string_view path) override;
  void accept(workload::RequestId id, const workload::Route& route) override;
  void fire(std::uint32_t what, std::uint64_t arg) override;

  // Of the client.
  void head_came(std::uint32_t call, const gateway::AnswerHead& head);
  void body_came(std::uint32_t call, std::string_view bytes);
  void ended(std::uint32_t call, Connection::End end);

  const Lateness& lateness() const { return lateness_; }
  std::int64_t in_flight(std::size_t function) const { return in_flight_[function]; }

 private:
  // A call under way.
  struct Flight {
    bool open = false, dated = false, function = false;
    bool in_line = false;  // what came last did not end a line
    int status = 0;
    std::uint32_t lines = 0;  // that said something
    TimePoint sent;
    Duration work{};  // as drawn
    std::optional<TimePoint> first_byte;
  };
  void note_lateness(TimePoint due);
  void count(std::size_t function, int change);
  void reply(workload::RequestId id, const workload::Answer& answer);
  workload::Answer answer_of(const Flight& flight) const;
  void look_around();

  workload::Play& play_;
  workload::Requests& requests_;
  const Options& options_;
  Client& client_;
  Listener& listener_;
  Owner& owner_;
  std::string host_;
  std::vector<Words> roots_;     // of each function
  std::vector<Words> targets_;   // by Route::target - 1
  std::vector<Flight> flights_;  // by request
  std::vector<std::int64_t> in_flight_;
  std::size_t open_ = 0;
  Lateness lateness_;
  bool looks_ = false;
};

}  // namespace thaw::loadgen
