#include "engine/params.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace params_test {

using Texts = std::vector<std::string>;

Params params(const std::vector<std::pair<std::string, std::string>>& entries) {
  Params result;
  int line = 0;
  for (const auto& [key, value] : entries) result.set(key, value, {"m.yaml", ++line, 5});
  return result;
}

Texts problems_of(const Diagnostics& d) {
  Texts texts;
  try {
    d.throw_if_any();
  } catch (const InputError& e) {
    for (const Diagnostic& problem : e.problems()) texts.push_back(to_text(problem));
  }
  return texts;
}

TEST(Params, ALaterSetWins) {
  Params p = params({{"a", "1"}});
  p.set("a", "2", {"--policy", 1, 1});
  ASSERT_NE(p.find("a"), nullptr);
  EXPECT_EQ(p.find("a")->value, "2");
  EXPECT_EQ(p.find("a")->place.file, "--policy");
  EXPECT_EQ(p.entries().size(), 1U);
  EXPECT_TRUE(p.has("a"));
  EXPECT_EQ(p.find("b"), nullptr);
}

TEST(ParamsReader, ReadsEachKind) {
  const Params p = params({{"on", "True"},
                           {"off", "false"},
                           {"n", "-3"},
                           {"t", "x y"},
                           {"c", "b"},
                           {"l", " a, b ,,c"}});
  Diagnostics d;
  ParamsReader r(p, d, "f");
  EXPECT_TRUE(r.boolean("on", false));
  EXPECT_FALSE(r.boolean("off", true));
  EXPECT_EQ(r.integer("n", 0, -5), -3);
  EXPECT_EQ(r.text("t", ""), "x y");
  EXPECT_EQ(r.one_of("c", "a", {"a", "b"}), "b");
  EXPECT_EQ(r.list("l"), (Texts{"a", "b", "c"}));
  r.finish();
  EXPECT_EQ(problems_of(d), Texts{});
}

TEST(ParamsReader, FallsBackWhereNothingIsSet) {
  const Params p;
  Diagnostics d;
  ParamsReader r(p, d, "f");
  EXPECT_TRUE(r.boolean("on", true));
  EXPECT_EQ(r.integer("n", 7, 0), 7);
  EXPECT_EQ(r.text("t", "x"), "x");
  EXPECT_EQ(r.one_of("c", "a", {"a", "b"}), "a");
  EXPECT_EQ(r.list("l"), Texts{});
  EXPECT_EQ(r.items("i"), Texts{});
  EXPECT_EQ(r.children("k"), Texts{});
  r.finish();
  EXPECT_TRUE(d.ok());
}

TEST(ParamsReader, ReportsNonsenseAtItsPlaceAndFallsBack) {
  const Params p =
      params({{"on", "yes"}, {"n", "3x"}, {"m", "0"}, {"o", "11"}, {"c", "z"}, {"e", ""}});
  Diagnostics d;
  ParamsReader r(p, d, "ollama");
  EXPECT_TRUE(r.boolean("on", true));
  EXPECT_EQ(r.integer("n", 7, 0), 7);
  EXPECT_EQ(r.integer("m", 7, 1), 7);
  EXPECT_EQ(r.integer("o", 7, 1, 10), 7);
  EXPECT_EQ(r.one_of("c", "a", {"a", "b"}), "a");
  EXPECT_EQ(r.integer("e", 7, 0), 7);
  EXPECT_EQ(problems_of(d),
            (Texts{"m.yaml:1:5: ollama.on: expected true or false, found \"yes\"",
                   "m.yaml:2:5: ollama.n: expected an integer of at least 0, found \"3x\"",
                   "m.yaml:3:5: ollama.m: expected an integer of at least 1, found \"0\"",
                   "m.yaml:4:5: ollama.o: expected an integer from 1 to 10, found \"11\"",
                   "m.yaml:5:5: ollama.c: expected one of a, b, found \"z\"",
                   "m.yaml:6:5: ollama.e: expected an integer of at least 0, found \"\""}));
}

TEST(ParamsReader, ReadsFlattenedListsAndMaps) {
  const Params p = params({{"S.b.W.0", "07:00"},
                           {"S.b.W.1", "08:00"},
                           {"S.b.W.3", "lost"},
                           {"S.a.X", "1"},
                           {"Sx", "2"},
                           {"T.c", "3"}});
  Diagnostics d;
  ParamsReader r(p, d, "");
  EXPECT_EQ(r.items("S.b.W"), (Texts{"07:00", "08:00"}));
  EXPECT_EQ(r.children("S"), (Texts{"a", "b"}));
  EXPECT_EQ(r.children("S.b.W"), (Texts{"0", "1", "3"}));
  EXPECT_EQ(r.children(""), (Texts{"S", "Sx", "T"}));
  // Nothing but the two items has been read: children() only looks.
  r.finish();
  EXPECT_EQ(problems_of(d).size(), 4U);
}

TEST(ParamsReader, NamesTheNearestSettingForAnUnreadKey) {
  const Params p =
      params({{"TimeoutSecondBeforeSetReplicaMin", "5"}, {"Colour", "red"}, {"Known", "x"}});
  Diagnostics d;
  ParamsReader r(p, d, "f");
  r.integer("TimeoutSecondBeforeSetReplicasMin", 300, 0);
  r.ignore("Known");
  r.finish();
  EXPECT_EQ(problems_of(d),
            (Texts{"m.yaml:1:5: f.TimeoutSecondBeforeSetReplicaMin: unknown setting, did you mean "
                   "TimeoutSecondBeforeSetReplicasMin?",
                   "m.yaml:2:5: f.Colour: unknown setting"}));
}

TEST(ParamsReader, ReportsAProblemOfTheOwnersAtTheKey) {
  const Params p = params({{"a", "1"}});
  Diagnostics d;
  ParamsReader r(p, d, "f");
  r.error("a", "too small for b");
  r.error("b", "is missing");
  EXPECT_EQ(problems_of(d), (Texts{"f.b: is missing", "m.yaml:1:5: f.a: too small for b"}));
}

}  // namespace params_test
}  // namespace thaw
