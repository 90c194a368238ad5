#include "engine/report/timeline.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

namespace thaw {
namespace timeline_test {

constexpr TimePoint kBegun{1'767'571'200s};  // 2026-01-05T00:00:00Z: 20,458 days of 86,400 s

Timeline small_timeline() {
  return {
      {kBegun + 5s,
       EventKind::decision,
       "ollama",
       "wake",
       "ollama → 1: called",
       {{"desired", std::int64_t{1}}}},
      {kBegun + 602'600ms, EventKind::node, "gpu", "allocatable", "gpu-1 GPU allocatable", {}},
      {kBegun + 20h, EventKind::check, "pod gone", "failed", "", {{"held", false}, {"seen", 1.5}}},
  };
}

TEST(TimelineText, AlignsOneLineAnEvent) {
  EXPECT_EQ(to_text(small_timeline(), kBegun, false),
            "           5s  decision  ollama → 1: called\n"
            "     10min03s  node      gpu-1 GPU allocatable\n"
            "  20h00min00s  check     pod gone failed\n");
}

TEST(TimelineText, PaintsOnlyWhenAsked) {
  const std::string text = to_text(small_timeline(), kBegun, true);
  EXPECT_NE(text.find("\x1b[31mpod gone failed\x1b[0m\n"), std::string::npos) << text;
  EXPECT_EQ(to_text(small_timeline(), kBegun, false).find('\x1b'), std::string::npos);
}

TEST(TimelineText, IsEmptyWhenNothingHappened) {
  EXPECT_EQ(to_text(Timeline{}, kBegun, false), "");
}

TEST(TimelineJson, WritesOneObjectALineTimeAndKindFirst) {
  EXPECT_EQ(
      to_jsonl(small_timeline(), kBegun),
      "{\"t_s\":5,\"kind\":\"decision\",\"name\":\"ollama\",\"what\":\"wake\",\"desired\":1}\n"
      "{\"t_s\":602.6,\"kind\":\"node\",\"name\":\"gpu\",\"what\":\"allocatable\"}\n"
      "{\"t_s\":72000,\"kind\":\"check\",\"name\":\"pod "
      "gone\",\"what\":\"failed\",\"held\":false,\"seen\":1.5}\n");
}

TEST(TimelineJson, KeepsTheNanosecondAfterAYear) {
  const Timeline late = {{kBegun + 31'536'000s + 1ns, EventKind::note, "n", "w", "", {}}};
  EXPECT_EQ(to_jsonl(late, kBegun),
            "{\"t_s\":31536000.000000001,\"kind\":\"note\",\"name\":\"n\",\"what\":\"w\"}\n");
}

TEST(TimelineJson, LeavesOutWhatJsonCannotSay) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double inf = std::numeric_limits<double>::infinity();
  const Timeline odd = {
      {kBegun, EventKind::note, "n", "w", "", {{"a", nan}, {"b", -inf}, {"c", 0.1}}}};
  EXPECT_EQ(to_jsonl(odd, kBegun),
            "{\"t_s\":0,\"kind\":\"note\",\"name\":\"n\",\"what\":\"w\",\"c\":0.1}\n");
}

TEST(TimelineJson, EscapesTextAndReplacesBrokenUtf8) {
  const Timeline odd = {
      {kBegun, EventKind::fault, "quote \" and\nline", "\xff", "", {{"why", std::string("→")}}}};
  const auto line = nlohmann::json::parse(to_jsonl(odd, kBegun));
  EXPECT_EQ(line.at("name"), "quote \" and\nline");
  EXPECT_EQ(line.at("what"), "\xEF\xBF\xBD");  // U+FFFD, the replacement character
  EXPECT_EQ(line.at("why"), "→");
}

TEST(TimelineJsonDeathTest, RefusesAFieldThatHidesAnother) {
  const Timeline twice = {{kBegun, EventKind::note, "n", "w", "", {{"name", true}}}};
  EXPECT_DEATH(to_jsonl(twice, kBegun), "names each field once");
}

}  // namespace timeline_test
}  // namespace thaw
