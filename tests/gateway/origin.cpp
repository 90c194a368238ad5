#include "tests/gateway/origin.hpp"

#include <algorithm>
#include <charconv>

namespace thaw::rigs {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kPiece = 65536;

std::optional<std::string_view> query_value(std::string_view target, std::string_view name) {
  std::string_view query = target.substr(std::min(target.find('?'), target.size()));
  while (!query.empty()) {
    query.remove_prefix(1);
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    if (pair.starts_with(name) && pair.size() > name.size() && pair[name.size()] == '=') {
      return pair.substr(name.size() + 1);
    }
    query.remove_prefix(end);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::uint64_t> query_number(std::string_view target, std::string_view name) {
  const auto text = query_value(target, name);
  std::uint64_t value = 0;
  if (!text ||
      std::from_chars(text->data(), text->data() + text->size(), value).ec != std::errc()) {
    return std::nullopt;
  }
  return value;
}

// One connection. Requests that come while one is answered wait.
class Origin::Peer final : public Stream::Owner, public std::enable_shared_from_this<Peer> {
 public:
  Peer(Origin& origin, int descriptor)
      : origin_(origin), stream_(origin.loop_, *this, descriptor) {}

 private:
  void came(std::string_view bytes) override {
    const bool was_wrong = !reader_.wrong.empty();
    reader_.take(bytes);
    for (const Message& head : reader_.heads) {
      if (origin_.hooks_.head) origin_.hooks_.head(head);
    }
    reader_.heads.clear();
    if (!was_wrong && !reader_.wrong.empty()) {
      if (origin_.hooks_.wrong) origin_.hooks_.wrong(reader_.wrong);
      stream_.close();
    }
    next();
    if (!stream_.open()) gone();
  }

  void ended() override { gone(); }
  void drained() override {
    if (left_ > 0 && !pours_) pour();
    if (ends_) end();
  }

  // The origin lets go of this one; what timers hold of it is not kept alive by them.
  void gone() {
    origin_.loop_.soon([origin = &origin_, self = weak_from_this()] {
      if (const auto kept = self.lock()) origin->peers_.remove(kept);
    });
  }

  void later(milliseconds after, std::function<void()> what) {
    origin_.loop_.at(now() + after, [self = weak_from_this(), what = std::move(what)] {
      if (self.lock()) what();
    });
  }

  void next() {
    while (!busy_ && stream_.open() && !reader_.whole.empty()) {
      busy_ = true;
      request_ = std::move(reader_.whole.front());
      reader_.whole.erase(reader_.whole.begin());
      if (origin_.hooks_.whole) origin_.hooks_.whole(request_);
      const auto delay = query_number(request_.target, "delay");
      if (delay) {
        later(milliseconds(*delay), [this] { answer(); });
      } else {
        answer();
      }
    }
  }

  void answer() {
    if (!stream_.open()) return;
    if (origin_.hooks_.bytes) {
      if (const auto bytes = origin_.hooks_.bytes(request_)) return answer_with(*bytes);
    }
    const std::string_view die = query_value(request_.target, "die").value_or("");
    if (die == "head") return end();
    const std::size_t size = query_number(request_.target, "size").value_or(0);
    const std::size_t chunks = query_number(request_.target, "chunks").value_or(0);
    std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Target: ";
    head += request_.target;
    if (chunks > 0) {
      stream_.send(head + "\r\nTransfer-Encoding: chunked\r\n\r\n");
      return chunk(chunks, std::max<std::size_t>(size, 1));
    }
    const std::size_t length = size > 0 ? size : 2;
    head += "\r\nContent-Length: " + std::to_string(length + (die == "body" ? 1 : 0)) + "\r\n\r\n";
    if (request_.method == "HEAD") {
      stream_.send(head);
      return done();
    }
    stream_.send(size > 0 ? head : head + "ok");
    if (die == "body") return end();
    left_ = size;
    if (size > 0) return pour();
    done();
  }

  void answer_with(const std::pair<std::string, bool>& bytes) {
    stream_.send(bytes.first);
    if (bytes.second) return end_once_sent();
    done();
  }

  void end_once_sent() {
    ends_ = true;
    if (stream_.unsent() == 0) end();
  }

  void end() {
    stream_.close();
    gone();
  }

  // A large body, as the other side takes it.
  void pour() {
    static const std::string kBytes(kPiece, 'x');
    pours_ = true;
    while (left_ > 0 && stream_.open() && stream_.unsent() == 0) {
      const std::size_t count = std::min(left_, kPiece);
      left_ -= count;
      stream_.send(std::string_view(kBytes).substr(0, count));
    }
    pours_ = false;
    if (left_ == 0 && busy_) done();
  }

  void chunk(std::size_t left, std::size_t size) {
    if (!stream_.open()) return;
    if (left == 0) {
      stream_.send("0\r\n\r\n");
      return done();
    }
    stream_.send(hex(size) + "\r\n" + std::string(size, 'x') + "\r\n");
    later(milliseconds(query_number(request_.target, "pause").value_or(0)),
          [this, left, size] { chunk(left - 1, size); });
  }

  void done() {
    busy_ = false;
    if (!request_.lasts) return end_once_sent();
    origin_.loop_.soon([self = weak_from_this()] {
      if (const auto kept = self.lock()) kept->next();
    });
  }

  Origin& origin_;
  Reader reader_{Reader::Reads::requests};
  Message request_;
  bool busy_ = false, pours_ = false, ends_ = false;
  std::size_t left_ = 0;
  Stream stream_;
};

Origin::Origin(Loop& loop, std::uint16_t port, Hooks hooks)
    : loop_(loop), hooks_(std::move(hooks)), listener_(loop, port, [this](int descriptor) {
        peers_.push_back(std::make_shared<Peer>(*this, descriptor));
      }) {}

Origin::~Origin() = default;

}  // namespace thaw::rigs
