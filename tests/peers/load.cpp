#include "tests/peers/load.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <mutex>

#include "tests/peers/knative_peer.hpp"

namespace thaw::peers {
namespace {

// Sends a request and reads until the other side closes; the status, or 0.
int exchange(const std::string& request) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(kActivator);
  inet_pton(AF_INET, kAddress, &address.sin_addr);
  std::string answer;
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      send(socket, request.data(), request.size(), MSG_NOSIGNAL) ==
          static_cast<ssize_t>(request.size())) {
    std::array<char, 4096> buffer{};
    for (ssize_t n = 0; (n = recv(socket, buffer.data(), buffer.size(), 0)) > 0;)
      answer.append(buffer.data(), static_cast<std::size_t>(n));
  }
  close(socket);
  return answer.starts_with("HTTP/1.1 ") ? std::atoi(answer.c_str() + 9) : 0;
}

}  // namespace

Answer Load::call(Clock::time_point start, Duration at) const {
  const int status =
      exchange("GET / HTTP/1.1\r\nHost: " + revision_ + "." + space_ +
               "\r\nKnative-Serving-Namespace: " + space_ +
               "\r\nKnative-Serving-Revision: " + revision_ + "\r\nConnection: close\r\n\r\n");
  return {at, std::chrono::duration_cast<Duration>(Clock::now() - start) - at, status};
}

std::vector<Answer> Load::closed(int clients, Duration length) const {
  const auto start = Clock::now();
  std::mutex mutex;
  std::vector<Answer> answers;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < clients; ++i) {
      threads.emplace_back([&] {
        for (auto now = start; now - start < length; now = Clock::now()) {
          const Answer answer = call(start, std::chrono::duration_cast<Duration>(now - start));
          if (answer.status == 0) std::this_thread::sleep_for(std::chrono::seconds(1));
          const std::scoped_lock lock(mutex);
          answers.push_back(answer);
        }
      });
    }
  }
  return answers;
}

std::vector<Answer> Load::open(const std::vector<Duration>& at) const {
  const auto start = Clock::now();
  std::vector<Answer> answers(at.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < at.size(); ++i) {
    std::this_thread::sleep_until(start + at[i]);
    threads.emplace_back([&, i] { answers[i] = call(start, at[i]); });
  }
  threads.clear();  // joins them
  return answers;
}

}  // namespace thaw::peers
