// HAMi's fit test on a card and its choice of cards. Numbers are of a card of 10,000 MiB, so that 1
// % of it is 100 MiB.
#include "sim/sharing/vgpu.hpp"

#include <gtest/gtest.h>

#include <numeric>

#include "engine/random.hpp"

namespace thaw::sim {
namespace vgpu_test {

constexpr std::int64_t kMemoryMiB = 10'000;
constexpr Version k24{2, 4, 0}, k26{2, 6, 0}, k27{2, 7, 0};
using Which = std::vector<std::size_t>;

GpuSharing sharing(int split = 10, Version hami = k27) {
  GpuSharing made;
  made.mode = GpuSharing::Mode::vgpu;
  made.per_card = split;
  made.hami = hami;
  return made;
}

// 0: not said.
Resources request(int cards, int cores, int percent = 0, int mib = 0) {
  Resources made;
  if (cards > 0) made.extended["nvidia.com/gpu"] = cards;
  if (cores > 0) made.extended["nvidia.com/gpucores"] = cores;
  if (percent > 0) made.extended["nvidia.com/gpumem-percentage"] = percent;
  if (mib > 0) made.extended["nvidia.com/gpumem"] = mib;
  return made;
}

VgpuCards with(int cards, const GpuSharing& how, const std::vector<Resources>& pods) {
  VgpuCards made(cards, Bytes{kMemoryMiB << 20}, how);
  std::uint64_t owner = 0;
  for (const Resources& pod : pods) made.take(++owner, pod);
  return made;
}

CardRefusal refusal(const std::vector<Resources>& there, const Resources& next, int split = 10) {
  return with(1, sharing(split), there).choose(next).refusal;
}

// --- what is asked for ---

TEST(CardAsk, MemoryIsMiBOrTheIntegerPartOfAPercentage) {
  EXPECT_EQ(card_ask_of(request(1, 18, 0, 777), sharing(), kMemoryMiB).memory_mib, 777);
  EXPECT_EQ(card_ask_of(request(1, 18, 18), sharing(), 24'576).memory_mib, 4423);  // of 4423.68
}

TEST(CardAsk, APartOfACardWithoutAWordOfCardsIsOfOne) {
  EXPECT_EQ(card_ask_of(request(0, 18), sharing(), kMemoryMiB).cards, 1);
  EXPECT_EQ(card_ask_of(request(0, 0, 0, 500), sharing(), kMemoryMiB).cards, 1);
  EXPECT_EQ(card_ask_of(request(0, 0), sharing(), kMemoryMiB).cards, 0) << "asks for none";
}

TEST(CardAsk, CoresEndAtTheWholeCard) {
  EXPECT_EQ(card_ask_of(request(1, 250, 10), sharing(), kMemoryMiB).cores_percent, 100);
}

TEST(CardAsk, WithoutMemoryItIsTheDefaultOrAllOfIt) {
  GpuSharing old = sharing(10, k24);
  old.default_memory = Bytes{std::int64_t{5000} << 20};
  EXPECT_EQ(card_ask_of(request(1, 0), old, kMemoryMiB).memory_mib, 5000);
  EXPECT_EQ(card_ask_of(request(1, 18), old, kMemoryMiB).memory_mib, 5000);
  EXPECT_EQ(card_ask_of(request(1, 0), sharing(10, k26), kMemoryMiB).memory_mib, kMemoryMiB);
}

TEST(CardAsk, CardsAloneAreExclusiveSince27) {
  const auto cores = [](const Resources& asked, Version hami) {
    return card_ask_of(asked, sharing(10, hami), kMemoryMiB).cores_percent;
  };
  EXPECT_EQ(cores(request(1, 0), k26), 0);
  EXPECT_EQ(cores(request(1, 0), k27), 100);
  EXPECT_EQ(cores(request(1, 0, 100), k26), 0);
  EXPECT_EQ(cores(request(1, 0, 100), k27), 100);
  EXPECT_EQ(cores(request(1, 0, 99), k27), 0) << "less than all the memory: shared as before";
  EXPECT_EQ(cores(request(1, 0, 0, 500), k27), 0);
  EXPECT_EQ(cores(request(1, 30), k27), 30) << "cores are said";
}

// --- the fit test, rule by rule ---

TEST(VgpuCards, FivePodsOf18PercentShareACardAndTheSixthDoesNot) {
  const Resources client = request(1, 18, 18);
  std::vector<Resources> there;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(refusal(there, client), CardRefusal::none) << i;
    there.push_back(client);
  }
  EXPECT_EQ(refusal(there, client), CardRefusal::memory);  // 90 % are taken
}

TEST(VgpuCards, ACardCarriesAsManyPodsAsItIsSplitFor) {
  EXPECT_EQ(refusal({request(1, 1, 1)}, request(1, 1, 1), 2), CardRefusal::none);
  EXPECT_EQ(refusal({request(1, 1, 1), request(1, 1, 1)}, request(1, 1, 1), 2), CardRefusal::pods);
}

TEST(VgpuCards, AllCoresNeedACardWithNobodyOnIt) {
  EXPECT_EQ(refusal({}, request(1, 100, 10)), CardRefusal::none);
  EXPECT_EQ(refusal({request(1, 0, 1)}, request(1, 100, 10)), CardRefusal::not_empty);
}

TEST(VgpuCards, CoresEndAtAHundred) {
  EXPECT_EQ(refusal({request(1, 60, 10)}, request(1, 40, 10)), CardRefusal::none);
  EXPECT_EQ(refusal({request(1, 60, 10)}, request(1, 41, 10)), CardRefusal::cores);
}

TEST(VgpuCards, WithAllCoresGivenNobodyComesWithoutAnyEither) {
  EXPECT_EQ(refusal({request(1, 60, 10), request(1, 40, 10)}, request(1, 0, 10)),
            CardRefusal::no_cores);
  EXPECT_EQ(refusal({request(1, 60, 10), request(1, 39, 10)}, request(1, 0, 10)),
            CardRefusal::none);
}

TEST(VgpuCards, TheRulesAreAskedInHamisOrder) {
  // A card that breaks every rule for the next pod; each line mends the first one that was told.
  const Resources half = request(1, 50, 50), other = request(1, 50, 40);
  EXPECT_EQ(refusal({half, other}, request(1, 100, 60), 2), CardRefusal::pods);
  EXPECT_EQ(refusal({half, other}, request(1, 100, 60)), CardRefusal::not_empty);
  EXPECT_EQ(refusal({half, other}, request(1, 99, 60)), CardRefusal::memory);
  EXPECT_EQ(refusal({half, other}, request(1, 99, 10)), CardRefusal::cores);
  EXPECT_EQ(refusal({half, other}, request(1, 0, 10)), CardRefusal::no_cores);
}

// --- which cards ---

TEST(VgpuCards, SeveralAreDistinctAndNoMoreThanThereAre) {
  const VgpuCards two = with(2, sharing(), {});
  EXPECT_EQ(two.choose(request(2, 18, 18)).cards, (Which{0, 1}));
  EXPECT_EQ(two.choose(request(3, 18, 18)).refusal, CardRefusal::too_few_cards)
      << "20 are on offer, 2 are there";
  EXPECT_TRUE(two.choose(request(3, 18, 18)).cards.empty());
}

TEST(VgpuCards, SeveralNeedRoomOnEachOfThem) {
  const VgpuCards two = with(2, sharing(), {request(1, 90, 10)});
  EXPECT_EQ(two.choose(request(2, 20, 10)).refusal, CardRefusal::cores);
  EXPECT_EQ(two.choose(request(2, 10, 10)).cards, (Which{1, 0}));
}

TEST(VgpuCards, TheEmptiestCardIsTakenFirst) {
  VgpuCards three = with(3, sharing(), {});
  const Resources small = request(1, 10, 10), big = request(1, 50, 50);
  three.take(1, big);
  three.take(2, small);
  three.take(3, small);
  EXPECT_EQ(three.choose(small).cards, (Which{1}));  // 1 and 2 are alike: the first
  three.take(4, small);
  EXPECT_EQ(three.choose(small).cards, (Which{2}));
  three.free(1);
  EXPECT_EQ(three.choose(small).cards, (Which{0}));
}

TEST(VgpuCards, UsedScoreIsTheSumOfThreeParts) {
  // Of two cards: 1 of 20 pods, 30 of 200 % of cores, 2,000 of 20,000 MiB.
  EXPECT_NEAR(with(2, sharing(), {request(1, 30, 20)}).used_score(), 0.05 + 0.15 + 0.1, 1e-12);
}

TEST(VgpuCards, TheKubeletCountsCardsAndWhatIsNotHamis) {
  Resources asked = request(0, 18, 18);
  asked.cpu = Millicores(2000);
  asked.extended["example.com/dongle"] = 1;
  const Resources counted = with(1, sharing(), {}).counted(asked);
  EXPECT_EQ(counted.cpu, Millicores(2000));
  EXPECT_EQ(counted.extended, (std::map<std::string, std::int64_t>{{"example.com/dongle", 1},
                                                                   {"nvidia.com/gpu", 1}}));
}

TEST(VgpuCards, NeverGiveAwayMoreThanThereIsAndTakeAllBack) {
  Random random(1, "cards");
  VgpuCards cards(3, Bytes{kMemoryMiB << 20}, sharing(4));
  std::vector<std::uint64_t> owners;
  int taken = 0;
  for (std::uint64_t i = 1; i <= 5000; ++i) {
    if (!owners.empty() && random.below(3) == 0) {
      const std::size_t gone = random.below(owners.size());
      cards.free(owners[gone]);
      owners.erase(owners.begin() + static_cast<std::ptrdiff_t>(gone));
      continue;
    }
    const Resources asked =
        request(1 + static_cast<int>(random.below(3)), static_cast<int>(random.below(101)),
                1 + static_cast<int>(random.below(100)));
    if (cards.choose(asked).refusal != CardRefusal::none) continue;
    cards.take(i, asked);
    owners.push_back(i);
    ++taken;
    for (const Card& card : cards.cards()) {
      ASSERT_LE(card.pods, 4);
      ASSERT_LE(card.cores_percent, 100);
      ASSERT_LE(card.memory_mib, kMemoryMiB);
    }
  }
  EXPECT_GT(taken, 500);
  for (const std::uint64_t owner : owners) cards.free(owner);
  EXPECT_EQ(cards.used_score(), 0);
}

}  // namespace vgpu_test
}  // namespace thaw::sim
