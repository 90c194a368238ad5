// Whatever lint is given, it ends: seeded mutations of real manifests, texts and values.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "engine/random.hpp"
#include "tests/lint/linted.hpp"

namespace thaw::lint {
namespace mutation_test {

namespace fs = std::filesystem;

constexpr int kMutations = 1500;

std::vector<std::pair<std::string, std::string>> originals() {
  std::vector<std::pair<std::string, std::string>> texts;
  for (const char* folder : {"tests/lint/documents", "tests/lint/clean",
                             "scenarios/slimfaas-kapsule/manifests", "scenarios/suse-hpa/values"})
    for (const auto& entry : fs::directory_iterator(folder)) {
      std::ifstream file(entry.path(), std::ios::binary);
      texts.emplace_back(entry.path().filename().string(),
                         std::string{std::istreambuf_iterator<char>(file), {}});
    }
  std::ranges::sort(texts);
  return texts;
}

// Takes a piece out, writes one twice, or puts a character that means something somewhere.
void mutate(std::string& text, Random& random) {
  static const std::string kMeaning = "{}[]:,\"'&*#|>-\t\n\\`<$0\x01\xff";
  const std::size_t at = random.below(text.size() + 1);
  const std::size_t length = random.below(40);
  switch (random.below(3)) {
    case 0:
      text.erase(at, length);
      break;
    case 1:
      text.insert(at, text.substr(at, length));
      break;
    default:
      text.insert(at, 1, kMeaning[random.below(kMeaning.size())]);
  }
}

TEST(MutatedInput, NeverCrashesOrHangsIt) {
  const auto texts = originals();
  ASSERT_GT(texts.size(), 15U);
  Random random(7, "mutations of lint", 0);
  for (int i = 0; i < kMutations; ++i) {
    auto [name, text] = texts[random.below(texts.size())];
    const std::uint64_t changes = 1 + random.below(6);
    for (std::uint64_t c = 0; c < changes; ++c) mutate(text, random);
    const Result result = linted({{name, text}});
    EXPECT_FALSE(to_text(result, false).empty());
    EXPECT_FALSE(to_sarif(result, "0").empty());
  }
}

}  // namespace mutation_test
}  // namespace thaw::lint
