#include "tests/gateway/caller.hpp"

#include <algorithm>
#include <utility>

namespace thaw::rigs {

void Caller::call(std::string_view method, std::string_view wire, std::string target, Told told) {
  if (!stream_ || !stream_->open() || !reader_.between()) {
    reader_ = Reader(Reader::Reads::answers);
    stream_.emplace(loop_, *this, port_);
  }
  called_ = true;
  begun_ = false;
  target_ = std::move(target);
  told_ = std::move(told);
  reader_.expect(method);
  sent_ = now();
  stream_->send(wire);
}

void Caller::came(std::string_view bytes) {
  begun_ = true;
  reader_.take(bytes);
  if (!reader_.wrong.empty()) return ended();
  reader_.heads.clear();
  std::erase_if(reader_.whole, [](const Message& message) { return message.status < 200; });
  if (reader_.whole.empty()) return;
  Message answer = std::move(reader_.whole.front());
  reader_.whole.clear();
  const auto target = answer.field("X-Target");
  const bool own = !target || *target == target_;
  if (!answer.lasts) stream_->close();
  tell(own, std::move(answer));
}

void Caller::ended() {
  stream_->close();
  tell(false, {});
}

void Caller::tell(bool own, Message answer) {
  if (!std::exchange(called_, false)) return;  // between calls
  loop_.soon([told = std::move(told_),
              end = End{answer.status, own, begun_, sent_, now(), answer}] { told(end); });
}

std::string request_for(const std::string& path, const std::string& body,
                        const std::string& fields) {
  std::string wire = body.empty() ? "GET " : "POST ";
  wire += path;
  wire += " HTTP/1.1\r\nHost: gateway\r\n";
  wire += fields;
  if (!body.empty()) wire += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  wire += "\r\n";
  wire += body;
  return wire;
}

}  // namespace thaw::rigs
