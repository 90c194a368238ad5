#include "drivers/gateway/caller.hpp"

#include <poll.h>

#include "drivers/gateway/forward.hpp"

namespace thaw::gateway {
namespace {

constexpr std::size_t kSmall = std::size_t{16} << 10;  // most heads are below it, with a small body
constexpr std::size_t kHeld = std::size_t{4} << 10;    // while one waits
constexpr std::string_view kToHead = "HEAD ";          // what is refused unread has no body either
constexpr Duration kLingers = std::chrono::seconds(2);

// As a pod's status has it: an IPv4 address is one, however it came.
std::string address_of(const Channel::Socket& socket) {
  boost::system::error_code wrong;
  const auto endpoint = socket.remote_endpoint(wrong);
  if (wrong) return "unknown";
  const auto address = endpoint.address();
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return boost::asio::ip::make_address_v4(boost::asio::ip::v4_mapped, address.to_v6())
        .to_string();
  }
  return address.to_string();
}

}  // namespace

Caller::Caller(Core& core, Channel::Socket socket, std::unique_ptr<http::TlsSession> tls)
    : peer(address_of(socket)),
      channel(std::move(socket), core.wheel, std::move(tls)),
      core_(core) {
  ++core_.connections;
  core_.callers.push_back(*this);
}

Caller::~Caller() { --core_.connections; }

Awaitable<bool> Caller::begin() {
  core_.headless.push_back(*this);
  const End end = co_await channel.shake_hands(now() + core_.settings.head_within);
  co_return end == End::well;
}

Awaitable<bool> Caller::read_head() {
  core_.headless.push_back(*this);
  head_end_.reset();
  if (idle()) in.shrink(kSmall);
  Instant until = now() + (idle() ? core_.settings.idle : core_.settings.head_within);
  HeadEnd::State state = HeadEnd::State::partial;
  while ((state = head_end_.look(in.view())) == HeadEnd::State::partial) {
    to_head = in.view().starts_with(kToHead);
    if (in.size() >= core_.settings.head || !in.make_room(kSmall, core_.settings.head)) {
      const bool long_target = in.view().find('\n') == std::string_view::npos;
      co_await refuse(long_target ? 414 : 431, "the head is too large");
      co_return false;
    }
    if (core_.draining && idle()) co_return false;
    const bool first = idle();
    const Channel::Read read = co_await channel.read(in.free(), in.room(), until);
    if (read.end == End::late && !first) {
      co_await refuse(408, "the head comes too slowly");
      co_return false;
    }
    if (read.end != End::well) co_return false;
    in.add(read.bytes);
    if (first) until = now() + core_.settings.head_within;
  }
  Linked<Headless>::unlink();
  head_size = head_end_.size();
  to_head = in.view().starts_with(kToHead);
  std::optional<Refusal> refusal;
  if (state == HeadEnd::State::malformed) {
    refusal = {400, "a line does not end in CR LF"};
  } else if (head_size > core_.settings.head) {
    refusal = {431, "the head is too large"};
  } else {
    refusal = parse(in.view().substr(0, head_size), head);
  }
  if (refusal) {
    co_await refuse(refusal->status, refusal->why);
    co_return false;
  }
  keep = !head.close && !core_.draining;
  read_all = head.framing == Framing::none;
  co_return true;
}

void Caller::spare_memory(std::string_view& text) {
  const std::ptrdiff_t at = text.data() - in.data();
  if (!in.shrink(kHeld)) return;
  parse(in.view().substr(0, head_size), head);  // as before: its texts are where the bytes are now
  text = std::string_view(in.data() + at, text.size());
}

Awaitable<End> Caller::write(Pieces& pieces) {
  const std::optional<End> written = channel.write_now(pieces);
  if (written) co_return *written;
  const End end = co_await channel.write_rest(pieces, now() + core_.settings.stall);
  co_return end;
}

Awaitable<void> Caller::reply(const http::Response& response) {
  keep = keep && read_all && !core_.draining;
  write_own(response, to_head, !keep, out);
  Pieces pieces;
  pieces.add(out);
  const End end = co_await write(pieces);
  if (end == End::well) co_return;
  keep = false;
  read_all = true;  // there is nobody to wait for
}

Awaitable<void> Caller::refuse(int status, std::string_view why, std::string_view retry_after) {
  http::Response response = http::plain(status, std::string(why).append("\n"));
  if (!retry_after.empty()) response.headers.emplace_back("Retry-After", retry_after);
  // Of what could not be read nobody knows the end.
  if (status == 400 || status == 408 || status == 414 || status == 417 || status == 431) {
    keep = read_all = false;
  }
  co_await reply(response);
}

Awaitable<void> Caller::linger() {
  if (read_all || channel.is_cut()) co_return;
  channel.end_writing();
  core_.headless.push_front(*this);  // nobody is more easily spared
  const Instant until = now() + kLingers;
  in.clear();
  if (!in.make_room(kSmall, kSmall * 4)) co_return;
  Channel::Read read;
  while (read.end == End::well && now() < until) {
    read = co_await channel.read(in.free(), in.room(), until);
  }
}

bool Caller::hung_up() {
  pollfd look{channel.handle(), POLLRDHUP, 0};
  return poll(&look, 1, 0) > 0;
}

}  // namespace thaw::gateway
