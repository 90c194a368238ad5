#include "tests/drivers/loadgen/stand_in.hpp"

#include <algorithm>

namespace thaw::loadgen {

class StandIn::Peer final : public rigs::Stream::Owner, public std::enable_shared_from_this<Peer> {
 public:
  Peer(StandIn& server, int descriptor, int number)
      : server_(server), number_(number), stream_(server.loop_, *this, descriptor) {}

  void close() { stream_.close(); }

 private:
  void came(std::string_view bytes) override {
    reader_.take(bytes);
    if (!reader_.wrong.empty()) {
      const std::lock_guard lock(server_.mutex_);
      server_.wrong_ = reader_.wrong;
    }
    for (; taken_ < reader_.whole.size(); ++taken_) answer({reader_.whole[taken_], number_});
  }
  void ended() override { stream_.close(); }

  void answer(const Heard& heard) {
    {
      const std::lock_guard lock(server_.mutex_);
      server_.heard_.push_back(heard);
    }
    server_.most_ = std::max<int>(server_.most_, ++server_.under_way_);
    rigs::Instant when = rigs::now();
    const Talk talk = server_.answer_(heard);
    for (std::size_t i = 0; i < talk.size(); ++i) {
      const bool last = i + 1 == talk.size();
      when += talk[i].after;
      const auto say = [self = shared_from_this(), said = talk[i], last] {
        if (last) --self->server_.under_way_;
        if (!self->stream_.open()) return;
        self->stream_.send(said.bytes);
        if (said.close) self->stream_.finish();
      };
      if (talk[i].after.count() == 0 && i == 0) {
        say();
      } else {
        server_.loop_.at(when, say);
      }
    }
  }

  StandIn& server_;
  const int number_;
  rigs::Reader reader_{rigs::Reader::Reads::requests};
  std::size_t taken_ = 0;
  rigs::Stream stream_;
};

StandIn::StandIn(std::function<Talk(const Heard&)> answer) : answer_(std::move(answer)) {
  rigs::raise_descriptor_limit();
  listener_ = std::make_unique<rigs::Listener>(loop_, std::uint16_t{0}, [this](int descriptor) {
    peers_.push_back(std::make_shared<Peer>(*this, descriptor, ++connections_));
  });
  port_ = listener_->port();
  thread_ = std::thread([this] { serve(); });
}

StandIn::~StandIn() {
  over_ = true;
  thread_.join();
  for (const auto& peer : peers_) peer->close();
}

void StandIn::serve() {
  while (!over_) loop_.run(rigs::now() + std::chrono::milliseconds(10));
}

std::vector<StandIn::Heard> StandIn::heard() const {
  const std::lock_guard lock(mutex_);
  return heard_;
}

std::string StandIn::wrong() const {
  const std::lock_guard lock(mutex_);
  return wrong_;
}

StandIn::Talk StandIn::ok(std::string_view body, std::chrono::milliseconds after,
                          std::string_view fields) {
  return {{"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
               std::string(fields) + "\r\n" + std::string(body),
           after, false}};
}

StandIn::Talk StandIn::status(int status, std::string_view fields) {
  return {{"HTTP/1.1 " + std::to_string(status) + " Said\r\nContent-Length: 0\r\n" +
               std::string(fields) + "\r\n",
           {},
           false}};
}

}  // namespace thaw::loadgen
