#include "engine/random.hpp"

#include "engine/invariant.hpp"

namespace thaw {
namespace {

// ISO C++ has no 128-bit integer; GCC and Clang do.
__extension__ typedef unsigned __int128 Wide;

constexpr std::uint64_t kGoldenStep = 0x9e3779b97f4a7c15;  // 2^64 / the golden ratio, odd

// splitmix64's finisher: one to one, and each bit of the argument moves half of the result's.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

// Each step is one to one in what it adds, so streams of one purpose never meet by their index, nor
// those of one seed by their purpose unless FNV-1a itself collides.
std::uint64_t stream_hash(std::uint64_t seed, std::string_view purpose, std::uint64_t index) {
  const std::uint64_t of_seed = mixed(seed + kGoldenStep);
  const std::uint64_t of_purpose = mixed(of_seed ^ fnv1a(purpose));
  return mixed(of_purpose ^ mixed(index + kGoldenStep));
}

}  // namespace

Random::Random(std::uint64_t seed, std::string_view purpose, std::uint64_t index) {
  std::uint64_t x = stream_hash(seed, purpose, index);
  for (std::uint64_t& word : state_) word = mixed(x += kGoldenStep);
}

// Lemire, "Fast random integer generation in an interval", 2019: the high half of bits · bound is
// the draw; low halves under 2^64 mod bound are drawn again, which leaves each draw the same count.
std::uint64_t Random::below(std::uint64_t bound) {
  THAW_CHECK(bound >= 1, "nothing is below 0");
  Wide product = Wide{bits()} * bound;
  if (static_cast<std::uint64_t>(product) < bound) {
    const std::uint64_t unfair = (0 - bound) % bound;
    while (static_cast<std::uint64_t>(product) < unfair) product = Wide{bits()} * bound;
  }
  return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace thaw
