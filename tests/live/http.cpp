#include "tests/live/http.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <stdexcept>

namespace thaw::live {
namespace {

constexpr int kPatience_s = 60;

// What comes over a socket, line by line or so many bytes.
class Connection {
 public:
  Connection(const std::string& address, int port)
      : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{kPatience_s, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in peer{};
    peer.sin_family = AF_INET;
    peer.sin_port = htons(static_cast<std::uint16_t>(port));
    inet_pton(AF_INET, address.c_str(), &peer.sin_addr);
    if (connect(socket_, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) != 0) {
      close(socket_);
      throw std::runtime_error("nothing listens on " + address + ":" + std::to_string(port));
    }
  }
  ~Connection() { close(socket_); }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(const std::string& text) const {
    std::size_t sent = 0;
    while (sent < text.size()) {
      const ssize_t count = ::send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (count <= 0) throw std::runtime_error("the request was not taken");
      sent += static_cast<std::size_t>(count);
    }
  }

  std::string line() {
    std::size_t end = 0;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      if (!more()) throw std::runtime_error("the answer was cut off");
    }
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return text;
  }

  std::string bytes(std::size_t count) {
    while (buffer_.size() < count) {
      if (!more()) throw std::runtime_error("the answer was cut off");
    }
    std::string text = buffer_.substr(0, count);
    buffer_.erase(0, count);
    return text;
  }

  std::string rest() {
    while (more()) {
    }
    return std::move(buffer_);
  }

 private:
  bool more() {
    std::array<char, 8192> block{};
    const ssize_t count = recv(socket_, block.data(), block.size(), 0);
    if (count < 0) throw std::runtime_error("no answer");
    buffer_.append(block.data(), static_cast<std::size_t>(count));
    return count > 0;
  }

  int socket_;
  std::string buffer_;
};

// "content-length: 5" in small letters, as names of headers have no case.
std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

void read_body(Connection& from, bool chunked, long length, Reply& reply) {
  if (!chunked) {
    reply.body = length >= 0 ? from.bytes(static_cast<std::size_t>(length)) : from.rest();
    return;
  }
  while (const unsigned long size = std::stoul(from.line(), nullptr, 16)) {
    std::string chunk = from.bytes(size);
    from.line();
    reply.body += chunk;
    reply.pieces.push_back({std::move(chunk), std::chrono::steady_clock::now()});
  }
}

}  // namespace

Reply http(const std::string& method, const std::string& url, const std::string& body,
           const std::vector<std::string>& more) {
  const std::string scheme = "http://";
  const std::size_t path = url.find('/', scheme.size());
  const std::string host = url.substr(scheme.size(), path - scheme.size());
  const std::size_t colon = host.find(':');
  Connection connection(host.substr(0, colon), std::stoi(host.substr(colon + 1)));
  std::string fields;
  for (const std::string& field : more) fields += field + "\r\n";
  connection.send(method + " " + (path == std::string::npos ? "/" : url.substr(path)) +
                  " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n" + fields +
                  "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  Reply reply;
  const std::string first = connection.line();  // HTTP/1.1 200 OK
  reply.status = std::stoi(first.substr(first.find(' ') + 1));
  bool chunked = false;
  long length = -1;
  for (std::string header = connection.line(); !header.empty(); header = connection.line()) {
    header = lower(header);
    chunked = chunked || header == "transfer-encoding: chunked";
    const std::string name = "content-length: ";
    if (header.starts_with(name)) length = std::stol(header.substr(name.size()));
  }
  read_body(connection, chunked, length, reply);
  return reply;
}

}  // namespace thaw::live
