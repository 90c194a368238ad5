#include "drivers/gateway/pages.hpp"

#include <algorithm>
#include <utility>

namespace thaw::gateway {
namespace {

constexpr std::uint64_t kPageBody = std::uint64_t{64} << 10;

// As it came, but for what is of the connection alone; the caller's address is added.
http::Request request_of(const Caller& caller) {
  http::Request request;
  request.method = caller.head.method;
  request.target = caller.head.target;
  std::string came_from;
  for (const Field& field : caller.head.fields) {
    switch (field.known) {
      case Known::content_length:
      case Known::transfer_encoding:
      case Known::connection:
      case Known::upgrade:
      case Known::expect:
      case Known::hop:
        break;
      case Known::forwarded_for:
        came_from.append(field.value).append(", ");
        break;
      default:
        if (!caller.head.names(field.name)) request.headers.emplace_back(field.name, field.value);
    }
  }
  request.headers.emplace_back("X-Forwarded-For", came_from + caller.peer);
  return request;
}

// What one request's whole body takes of the room for all of them, until it is answered.
class Room {
 public:
  explicit Room(Core& core) : core_(core) {}
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  ~Room() { core_.bodies -= taken_; }

  bool take(std::size_t bytes) {
    if (bytes > core_.settings.bodies - std::min(core_.bodies, core_.settings.bodies)) return false;
    core_.bodies += bytes;
    taken_ += bytes;
    return true;
  }

 private:
  Core& core_;
  std::size_t taken_ = 0;
};

// The status of a body that is not to be had; 0: it is in `to`.
Awaitable<int> read_body(Core& core, Caller& caller, std::uint64_t limit, Room& room,
                         std::string& to) {
  Buffer& in = caller.in;
  BodyReader& body = caller.body;
  const bool asks = caller.head.expects_continue && in.size() == caller.head_size;
  body.begin(caller.head.framing, caller.head.length, limit);
  in.drop(caller.head_size);
  if (asks && body.state() == BodyReader::State::more) {
    Pieces pieces;
    pieces.add("HTTP/1.1 100 Continue\r\n\r\n");
    co_await caller.write(pieces);
  }
  while (true) {
    const BodyReader::Step step = body.feed(in.data(), in.size());
    if (!room.take(step.body)) co_return 503;
    to.append(in.data(), step.body);
    in.drop(step.taken);
    if (body.state() == BodyReader::State::malformed) co_return 400;
    if (body.state() == BodyReader::State::too_large) co_return 413;
    if (body.done()) co_return 0;
    in.make_room(kReadAtLeast, kReadAtMost);
    const Channel::Read read =
        co_await caller.channel.read(in.free(), in.room(), now() + core.settings.stall);
    if (read.end == End::late) co_return 408;
    if (read.end != End::well) co_return 499;  // nobody is there to read it
    in.add(read.bytes);
  }
}

// False: refused.
Awaitable<bool> take_request(Core& core, Caller& caller, std::uint64_t limit, Room& room,
                             http::Request& request) {
  request = request_of(caller);
  const int refused = co_await read_body(core, caller, limit, room, request.body);
  caller.read_all = refused == 0;
  if (refused == 0) co_return true;
  if (refused == 499) {
    caller.keep = false;
    caller.read_all = true;
    co_return false;
  }
  const char* const why = refused == 400   ? "the body is not chunked as it says"
                          : refused == 408 ? "the body comes too slowly"
                          : refused == 503 ? "too many bodies are being read"
                                           : "the body is too large";
  co_await caller.refuse(refused, why, refused == 503 ? "1" : "");
  co_return false;
}

Awaitable<void> answer(Caller& caller, Awaitable<http::Response> page) {
  http::Response response;
  try {
    response = co_await std::move(page);
  } catch (const std::exception& error) {
    response.status = 500;
    response.body = std::string(error.what()) + "\n";
  }
  co_await caller.reply(response);
}

}  // namespace

Awaitable<void> serve_page(Core& core, Caller& caller) {
  http::Request request;
  Room room(core);
  const bool taken = co_await take_request(core, caller, kPageBody, room, request);
  if (!taken) co_return;
  if (!core.hooks.pages) {
    co_await caller.refuse(404, "there is no such page");
    co_return;
  }
  co_await answer(caller, core.hooks.pages(std::move(request)));
}

Awaitable<void> serve_async(Core& core, Caller& caller, FunctionName function, std::string rest) {
  http::Request request;
  Room room(core);
  const bool taken = co_await take_request(core, caller, core.settings.async_body, room, request);
  if (!taken) co_return;
  co_await answer(caller, core.hooks.async(function, std::move(rest), std::move(request)));
}

}  // namespace thaw::gateway
