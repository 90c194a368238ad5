#include "engine/scenario/yaml.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace thaw {
namespace yaml_test {

using yaml::Node;
using Texts = std::vector<std::string>;

struct Parsed {
  std::vector<Node> documents;
  Texts problems;
};

Texts problems_of(const Diagnostics& d) {
  Texts texts;
  try {
    d.throw_if_any();
  } catch (const InputError& e) {
    for (const Diagnostic& problem : e.problems()) texts.push_back(to_text(problem));
  }
  return texts;
}

Parsed parse(std::string_view text, const yaml::Limits& limits = yaml::kScenarioLimits) {
  Diagnostics d;
  auto documents = yaml::parse(text, "f", limits, d);
  return {std::move(documents), problems_of(d)};
}

// The tree on one line, with places: "{a@1:1: 1@1:4}".
std::string show(const Node& node) {
  const std::string place =
      "@" + std::to_string(node.place.line) + ":" + std::to_string(node.place.column);
  std::string text;
  switch (node.kind) {
    case Node::Kind::null:
      return "~" + place;
    case Node::Kind::scalar:
      return (node.quoted ? "'" + node.scalar + "'" : node.scalar) + place;
    case Node::Kind::map:
      for (const auto& [key, value] : node.map)
        text += (text.empty() ? "" : ", ") + show(key) + ": " + show(value);
      return "{" + text + "}" + place;
    case Node::Kind::list:
      for (const Node& item : node.list) text += (text.empty() ? "" : ", ") + show(item);
      return "[" + text + "]" + place;
  }
  return text;
}

std::string tree(std::string_view text, const yaml::Limits& limits = yaml::kManifestLimits) {
  const Parsed parsed = parse(text, limits);
  EXPECT_EQ(parsed.problems, Texts{});
  std::string all;
  for (const Node& document : parsed.documents)
    all += (all.empty() ? "" : " --- ") + show(document);
  return all;
}

TEST(Yaml, RemembersWhereEverythingStood) {
  EXPECT_EQ(tree("a: 1\nb:\n  - x\n  - {c: 'y'}\n"),
            "{a@1:1: 1@1:4, b@2:1: [x@3:5, {c@4:6: 'y'@4:9}@4:5]@3:3}@1:1");
}

TEST(Yaml, KeepsScalarsAsWritten) {
  EXPECT_EQ(tree("[yes, 0x10, 010, 1e3, \"1\", ~, null, '']"),
            "[yes@1:2, 0x10@1:7, 010@1:13, 1e3@1:18, '1'@1:23, ~@1:28, ~@1:31, ''@1:37]@1:1");
}

TEST(Yaml, PlacesAnEmptyValueAtItsKey) {
  EXPECT_EQ(tree("a:\nb: 1\n"), "{a@1:1: ~@1:1, b@2:1: 1@2:4}@1:1");
}

TEST(Yaml, ReadsDocumentsInOrderAndLeavesOutEmptyOnes) {
  EXPECT_EQ(tree("---\na: 1\n---\n---\n# nothing\n---\nb: 2\n...\n"),
            "{a@2:1: 1@2:4}@2:1 --- {b@7:1: 2@7:4}@7:1");
  EXPECT_EQ(tree(""), "");
  EXPECT_EQ(tree("# only a comment\n"), "");
}

TEST(Yaml, ReadsBlockTextAndByteOrderMark) {
  EXPECT_EQ(tree("a: |\n  x\n  \ty\n"), "{a@1:1: 'x\n\ty\n'@1:4}@1:1");
  EXPECT_EQ(tree("\xef\xbb\xbf"
                 "a: 1\n"),
            "{a@1:1: 1@1:4}@1:1");
}

TEST(Yaml, FindsKeysOfMaps) {
  const Parsed parsed = parse("a: 1\nb: 2\n");
  ASSERT_EQ(parsed.documents.size(), 1U);
  ASSERT_NE(parsed.documents[0].find("b"), nullptr);
  EXPECT_EQ(parsed.documents[0].find("b")->scalar, "2");
  EXPECT_EQ(parsed.documents[0].find("c"), nullptr);
}

TEST(Yaml, DescribesWhatItFound) {
  const Parsed parsed = parse("[1, '1', [], {}, ~, \"" + std::string(100, 'x') + "\", \"a\\nb\"]");
  ASSERT_EQ(parsed.documents.size(), 1U);
  Texts found;
  for (const Node& node : parsed.documents[0].list) found.push_back(node.describe());
  EXPECT_EQ(found, (Texts{"\"1\"", "the text \"1\"", "a list", "a map", "nothing",
                          "the text \"" + std::string(60, 'x') + "…\"", "the text \"a\\nb\""}));
}

TEST(Yaml, RefusesDuplicateKeysAndKeepsTheFirst) {
  const Parsed parsed = parse("a: 1\nb: {x: 1, x: 2}\na: 2\n");
  EXPECT_EQ(parsed.problems,
            (Texts{"f:2:11: the key \"x\" is here twice", "f:3:1: the key \"a\" is here twice"}));
  ASSERT_EQ(parsed.documents.size(), 1U);
  EXPECT_EQ(show(parsed.documents[0]), "{a@1:1: 1@1:4, b@2:1: {x@2:5: 1@2:8}@2:4}@1:1");
}

TEST(Yaml, RefusesKeysThatAreNotText) {
  EXPECT_EQ(
      parse("? [a]\n: 1\n? {b: 1}\n: 2\n~: 3\n").problems,
      (Texts{"f:1:3: a key must be text, found a list", "f:3:3: a key must be text, found a map",
             "f:5:1: a key must be text, found nothing"}));
}

TEST(Yaml, RefusesTabsInIndentation) {
  const Texts expected = {"f:2:1: a tab in the indentation: YAML indents with spaces"};
  EXPECT_EQ(parse("a: 1\n\tb: 2\n").problems, expected);
  EXPECT_EQ(parse("a:\n\tb: 2\n").problems, expected);
  EXPECT_EQ(parse("a:\n\t- 2\n").problems, expected);
  EXPECT_EQ(parse("a:\n  \tb: 2\n").problems,
            (Texts{"f:2:3: a tab in the indentation: YAML indents with spaces"}));
  // Between words, in text and within brackets a tab is no indentation.
  EXPECT_EQ(parse("a:\t1\nb: {\n\tc: 1}\nd: x\ty\n").problems, Texts{});
}

TEST(Yaml, RefusesAnchorsInScenariosOnly) {
  EXPECT_EQ(parse("a: &x 1\nb: *x\n").problems,
            (Texts{"f:1:4: an anchor is not allowed here: write the value where it is used",
                   "f:2:4: an alias is not allowed here: write the value itself"}));
  EXPECT_EQ(tree("a: &x [1]\nb: *x\n"), "{a@1:1: [1@1:8]@1:4, b@2:1: [1@1:8]@2:4}@1:1");
}

TEST(Yaml, MergesKeysInManifests) {
  EXPECT_EQ(tree("a: &x {k: 1, l: 2}\nb: {<<: *x, l: 3}\n"),
            "{a@1:1: {k@1:8: 1@1:11, l@1:14: 2@1:17}@1:4, b@2:1: {l@2:13: 3@2:16, k@1:8: "
            "1@1:11}@2:4}@1:1");
  EXPECT_EQ(parse("a: {<<: 1}\n", yaml::kManifestLimits).problems,
            (Texts{"f:1:9: << needs a map, found \"1\""}));
}

TEST(Yaml, RefusesAnAliasOfItself) {
  EXPECT_EQ(parse("a: &x [*x]\n", yaml::kManifestLimits).problems,
            (Texts{"f:1:8: this alias stands for something that contains it"}));
}

TEST(Yaml, RefusesTagsButPlainText) {
  EXPECT_EQ(tree("a: !!str 4\n"), "{a@1:1: '4'@1:4}@1:1");
  EXPECT_EQ(parse("a: !!int 3\nb: !x {}\n").problems,
            (Texts{"f:1:4: the tag \"tag:yaml.org,2002:int\" is not supported",
                   "f:2:4: the tag \"!x\" is not supported"}));
}

TEST(Yaml, RefusesWhatYamlCppLetsPass) {
  EXPECT_EQ(parse("a: \"x\nb: 1\n").problems, (Texts{"f:1:4: this quote is never closed"}));
  EXPECT_EQ(parse("a: 'x''\nb: 1\n").problems, (Texts{"f:1:4: this quote is never closed"}));
  EXPECT_EQ(parse("a: \"x\\\"\nb: 1\n").problems, (Texts{"f:1:4: this quote is never closed"}));
  EXPECT_EQ(parse("\"a\" \"b\"\n").problems,
            (Texts{"f:1:5: not valid YAML: unexpected text after the end of a value"}));
  EXPECT_EQ(parse("- a\nb: c\n").problems,
            (Texts{"f:2:1: not valid YAML: unexpected text after the end of a value"}));
}

TEST(Yaml, RefusesBytesThatAreNoText) {
  EXPECT_EQ(parse("a: \xff b\n").problems, (Texts{"f:1:4: the byte 0xFF is not UTF-8"}));
  EXPECT_EQ(parse("a: 1\nb: x\xc3").problems, (Texts{"f:2:5: the byte 0xC3 is not UTF-8"}));
  EXPECT_EQ(parse("a: \xed\xa0\x80").problems,
            (Texts{"f:1:4: the byte 0xED is not UTF-8"}));  // half a surrogate pair
  EXPECT_EQ(parse("a: \xc0\xaf").problems,
            (Texts{"f:1:4: the byte 0xC0 is not UTF-8"}));  // '/' in two bytes
  // yaml-cpp would take 0x04 for the end of the file and drop the rest in silence.
  EXPECT_EQ(parse("a: 1\n\x04\nb: 1\n").problems,
            (Texts{"f:2:1: the byte 0x04 is a control character"}));
  EXPECT_EQ(parse(std::string_view("a: \0", 4)).problems,
            (Texts{"f:1:4: the byte 0x00 is a control character"}));
  EXPECT_EQ(tree("a: \xe2\x82\xac\xf0\x9f\x99\x82\n"),
            "{a@1:1: \xe2\x82\xac\xf0\x9f\x99\x82@1:4}@1:1");
}

TEST(Yaml, TellsAPlaceForBadSyntax) {
  EXPECT_EQ(parse("a: [1, 2\n").problems,
            (Texts{"f:2:1: not valid YAML: end of sequence flow not found"}));
  EXPECT_EQ(parse("a: b: c\n").problems, (Texts{"f:1:5: not valid YAML: illegal map value"}));
}

TEST(Yaml, KeepsTheDocumentsBeforeABrokenOne) {
  const Parsed parsed = parse("a: 1\n---\nb: [\n");
  EXPECT_EQ(parsed.documents.size(), 1U);
  EXPECT_EQ(parsed.problems.size(), 1U);
}

TEST(Yaml, RefusesLargeFiles) {
  const yaml::Limits small{10, 100, false};
  EXPECT_EQ(parse("a: 1234567", small).problems, Texts{});
  EXPECT_EQ(parse("a: 12345678", small).problems, (Texts{"f: larger than 10 bytes"}));
  EXPECT_EQ(parse(std::string((1 << 20) + 1, ' ')).problems,
            (Texts{"f: larger than 1048576 bytes"}));
}

TEST(Yaml, RefusesManyNodesAndDeepOnes) {
  std::string many = "[";
  for (int i = 0; i < 100'000; ++i) many += "1,";  // with the list itself one too many
  EXPECT_EQ(parse(many + "]").problems,
            (Texts{"f:1:200000: more than 100000 values in one file, aliases expanded"}));
  EXPECT_EQ(parse(many.substr(0, many.size() - 2) + "]").problems, Texts{});
  EXPECT_EQ(parse(std::string(64, '[') + std::string(64, ']')).problems, Texts{});
  EXPECT_EQ(parse(std::string(65, '[') + std::string(65, ']')).problems,
            (Texts{"f:1:65: nested more than 64 levels deep"}));
}

// Ten aliases to a list of ten aliases, nine levels: a billion values from a few hundred bytes.
TEST(Yaml, RefusesAnAliasBomb) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int level = 1; level < 9; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    bomb += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below;
    for (int i = 1; i < 10; ++i) bomb += "," + below;
    bomb += "]\n";
  }
  const Parsed parsed = parse(bomb, yaml::kManifestLimits);
  EXPECT_TRUE(parsed.documents.empty());
  ASSERT_EQ(parsed.problems.size(), 1U);
  EXPECT_NE(parsed.problems[0].find("more than 100000 values in one file, aliases expanded"),
            std::string::npos);
}

TEST(Yaml, CountsEachAliasAgainstTheLimit) {
  // A list of 1,000 values and 100 aliases to it are 101,000 values and more.
  std::string text = "a: &a [";
  for (int i = 0; i < 1'000; ++i) text += "1,";
  text += "]\nb: [";
  for (int i = 0; i < 100; ++i) text += "*a,";
  ASSERT_EQ(parse(text + "]\n", yaml::kManifestLimits).problems.size(), 1U);
}

TEST(Yaml, RefusesDepthThroughAliases) {
  // Each line wraps the one before it once more: line 64 would be 65 levels deep with the map
  // around it.
  std::string text = "a0: &a0 [x]\n";
  for (int level = 1; level < 64; ++level) {
    text += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [*a" +
            std::to_string(level - 1) + "]\n";
  }
  const Parsed parsed = parse(text, yaml::kManifestLimits);
  ASSERT_EQ(parsed.problems.size(), 1U);
  EXPECT_NE(parsed.problems[0].find("nested more than 64 levels deep"), std::string::npos);
}

TEST(Yaml, CountsNestedAnchorsAgainstTheLimit) {
  // 60 anchors around 2,000 values would each keep a copy of them: 120,000.
  std::string text;
  for (int i = 0; i < 60; ++i) text += "&a" + std::to_string(i) + " [";
  for (int i = 0; i < 2'000; ++i) text += "1,";
  text += std::string(60, ']');
  ASSERT_EQ(parse(text, yaml::kManifestLimits).problems.size(), 1U);
}

// Inputs that a parser may take quadratic time or endless recursion for, as large as a manifest may
// be.
TEST(Yaml, SurvivesGarbageOfFullSize) {
  for (const std::string piece : {"[", "{", "- ", "a: ", "\"", "&a ", "? ", "! ", "\n", "a\n",
                                  "{a: ", "[a,", "|\n", "---\n", "*a ", "- &a [*a", ": "}) {
    std::string text;
    while (text.size() + piece.size() <= yaml::kScenarioLimits.bytes) text += piece;
    parse(text, yaml::kManifestLimits);
    parse(text, yaml::kScenarioLimits);
  }
}

TEST(YamlFile, BlamesTheReferenceForAMissingFile) {
  Diagnostics d;
  EXPECT_TRUE(yaml::parse_file("no/such.yaml", yaml::kScenarioLimits, {"s.yaml", 3, 8}, d).empty());
  EXPECT_TRUE(yaml::parse_file("tests", yaml::kScenarioLimits, {"s.yaml", 4, 8}, d).empty());
  EXPECT_EQ(problems_of(d), (Texts{"s.yaml:3:8: cannot read the file \"no/such.yaml\"",
                                   "s.yaml:4:8: cannot read the file \"tests\""}));
}

TEST(YamlFile, ReadsNoMoreThanTheLimit) {
  Diagnostics d;
  // Endless, were it read to its end.
  EXPECT_TRUE(yaml::parse_file("/dev/zero", yaml::kScenarioLimits, {}, d).empty());
  EXPECT_EQ(problems_of(d), (Texts{"/dev/zero: larger than 1048576 bytes"}));
}

}  // namespace yaml_test
}  // namespace thaw
