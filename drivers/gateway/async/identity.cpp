#include "drivers/gateway/async/identity.hpp"

#include <sys/random.h>

#include <array>
#include <cerrno>
#include <system_error>

namespace thaw::gateway::async {
namespace {

constexpr std::string_view kLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void append_base32(std::string& text, std::uint64_t number, int letters) {
  for (int i = letters - 1; i >= 0; --i) text += kLetters[(number >> (5 * i)) & 31];
}

void fill_random(void* into, std::size_t count) {
  auto* bytes = static_cast<unsigned char*>(into);
  while (count > 0) {
    const ssize_t got = getrandom(bytes, count, 0);
    if (got < 0 && errno != EINTR) {
      throw std::system_error(errno, std::generic_category(), "getrandom");
    }
    if (got <= 0) continue;
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
}

}  // namespace

std::string new_id(TimePoint now) {
  std::array<std::uint64_t, 2> random{};
  fill_random(random.data(), sizeof random);
  std::string id;
  id.reserve(26);
  append_base32(id, static_cast<std::uint64_t>(now.ns()) / 1'000'000, 10);
  for (const std::uint64_t half : random) append_base32(id, half, 8);
  return id;
}

std::uint64_t fingerprint(const http::Request& request) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto take = [&](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
    hash = (hash ^ 0xff) * 0x100000001b3;  // an end: no UTF-8 has this byte
  };
  take(request.method);
  take(request.target);
  take(request.body);
  return hash;
}

}  // namespace thaw::gateway::async
