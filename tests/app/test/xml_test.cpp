// What XML 1.0 lets a document hold (section 2.2, production 2, and section 3.3.3 for attributes).
#include "app/test/xml.hpp"

#include <gtest/gtest.h>

namespace thaw::app {
namespace {

const std::string kReplaced = "\xEF\xBF\xBD";

TEST(Xml, EscapesMarkup) {
  EXPECT_EQ(xml_escaped("p95(f) < 2s && x > \"1\""),
            "p95(f) &lt; 2s &amp;&amp; x &gt; &quot;1&quot;");
}

TEST(Xml, KeepsEndsOfLinesInAttributes) {
  EXPECT_EQ(xml_escaped("a\nb\tc\r"), "a&#10;b&#9;c&#13;");
}

TEST(Xml, KeepsWhatIsNotAscii) {
  EXPECT_EQ(xml_escaped("1 → 0 · µ 🂡"), "1 → 0 · µ 🂡");
  EXPECT_EQ(xml_escaped("\x7F"), "\x7F");
}

TEST(Xml, ReplacesControlCharacters) {
  EXPECT_EQ(xml_escaped(std::string("a\0b\x01\x1F", 5)),
            "a" + kReplaced + "b" + kReplaced + kReplaced);
  EXPECT_EQ(xml_escaped("\xEF\xBF\xBF"), kReplaced + kReplaced + kReplaced) << "U+FFFF";
}

TEST(Xml, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(xml_escaped("\xC3("), kReplaced + "(") << "a beginning without its end";
  EXPECT_EQ(xml_escaped("\xC3"), kReplaced) << "cut off";
  EXPECT_EQ(xml_escaped("\xC0\xAF"), kReplaced + kReplaced) << "longer than need be";
  EXPECT_EQ(xml_escaped("\xED\xA0\x80"), kReplaced + kReplaced + kReplaced) << "a surrogate";
  EXPECT_EQ(xml_escaped("\xF5"), kReplaced) << "above U+10FFFF";
}

}  // namespace
}  // namespace thaw::app
