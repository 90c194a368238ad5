// Damaged scenario files. Whatever is done to a file, loading it ends, and ends in a Scenario or in
// an InputError. The seed is fixed: the same ten thousand files every time.
#include <gtest/gtest.h>

#include <cstdint>
#include <ctime>
#include <random>
#include <string>
#include <vector>

#include "tests/scenario/scratch.hpp"

namespace thaw {
namespace mutation_test {

constexpr int kMutations = 10'000;

class Mutator {
 public:
  explicit Mutator(std::uint64_t seed) : engine_(seed) {}

  std::size_t below(std::size_t bound) {
    return bound == 0 ? 0 : static_cast<std::size_t>(engine_() % bound);
  }

  std::string damaged(std::string text, const std::string& other) {
    for (std::size_t blows = 1 + below(3); blows > 0; --blows) text = hit(std::move(text), other);
    return text;
  }

 private:
  std::string hit(std::string text, const std::string& other) {
    const std::size_t at = below(text.size()), length = below(12);
    switch (below(7)) {
      case 0: {  // a bit flips
        if (!text.empty()) text[at] = static_cast<char>(text[at] ^ (1 << below(8)));
        return text;
      }
      case 1:
        return text.erase(std::min(at, text.size()), length);
      case 2:
        return text.insert(at, text.substr(at, length));
      case 3:
        return text.insert(at, 1, kMeaningful[below(kMeaningful.size())]);
      case 4: {  // a line goes
        const auto [begin, end] = line(text);
        return text.erase(begin, end - begin);
      }
      case 5: {  // a line comes twice
        const auto [begin, end] = line(text);
        return text.insert(begin, text.substr(begin, end - begin));
      }
      default: {  // a line of another file comes in
        const auto [begin, end] = line(other);
        return text.insert(line(text).first, other.substr(begin, end - begin));
      }
    }
  }

  std::pair<std::size_t, std::size_t> line(const std::string& text) {
    const std::size_t at = below(text.size());
    const std::size_t before = at == 0 ? std::string::npos : text.rfind('\n', at - 1);
    const std::size_t after = text.find('\n', at);
    return {before == std::string::npos ? 0 : before + 1,
            after == std::string::npos ? text.size() : after + 1};
  }

  const std::string kMeaningful = "{}[]:,-?&*!|>'\"%#\t\n ~0.9e";
  std::mt19937_64 engine_;
};

TEST(Mutation, EveryDamagedScenarioLoadsOrIsRefused) {
  const Scratch scratch;
  const std::vector<std::string> names = {"scenario.yaml", "everything.yaml", "smaller.yaml",
                                          "smallest.yaml"};
  std::vector<std::string> texts;
  for (const std::string& name : names) {
    texts.push_back(read_text(kGood + name));
    scratch.write(name, texts.back());
  }
  Mutator mutator(20260105);
  int loaded = 0, refused = 0;
  for (int i = 0; i < kMutations; ++i) {
    const std::string text =
        mutator.damaged(texts[mutator.below(texts.size())], texts[mutator.below(texts.size())]);
    const std::string path = scratch.write("damaged.yaml", text);
    const std::clock_t begin = std::clock();
    try {
      const Scenario scenario = load_scenario(path);
      EXPECT_FALSE(scenario.functions.empty());
      ++loaded;
    } catch (const InputError& error) {
      EXPECT_FALSE(error.problems().empty());
      ++refused;
    }  // anything else ends the test, which is the point
    // A file of two kilobytes takes about a millisecond.
    ASSERT_LT(std::clock() - begin, 5 * CLOCKS_PER_SEC) << "mutation " << i << ":\n" << text;
  }
  // Were all refused, the damage would be too heavy to reach what lies behind the parser.
  EXPECT_GT(loaded, kMutations / 20);
  EXPECT_GT(refused, kMutations / 4);
}

}  // namespace mutation_test
}  // namespace thaw
