#include "engine/scenario/shell.hpp"

#include <gtest/gtest.h>

namespace thaw {
namespace shell_test {

ShellText read(std::string_view text, const std::string& file, int first_line) {
  Diagnostics problems;
  return read_shell(text, file, first_line, problems);
}

std::vector<std::string> words(const ShellCommand& command) {
  std::vector<std::string> texts;
  for (const ShellWord& word : command.words) texts.push_back(word.text);
  return texts;
}

TEST(Shell, ContinuedLinesAreOneCommandWithPlaces) {
  const ShellText shown =
      read("gcloud pools create x \\\n    --zone us-east1-b --num-nodes=1\n", "d.md", 10);
  ASSERT_EQ(shown.commands.size(), 1U);
  const ShellCommand& command = shown.commands[0];
  EXPECT_EQ(words(command), (std::vector<std::string>{"gcloud", "pools", "create", "x", "--zone",
                                                      "us-east1-b", "--num-nodes=1"}));
  EXPECT_EQ(command.words[4].place.line, 11);
  EXPECT_EQ(command.words[4].place.column, 5);
  EXPECT_EQ(command.option("--zone")->text, "us-east1-b");
  EXPECT_EQ(command.option("--num-nodes")->text, "1");
  EXPECT_FALSE(command.option("--spot"));
}

TEST(Shell, PipesAndCommentsEndCommands) {
  const ShellText shown = read("curl -d '{\"a\": 1}' http://x | jq # said\nls; pwd\n", "d", 1);
  ASSERT_EQ(shown.commands.size(), 4U);
  EXPECT_EQ(words(shown.commands[0]),
            (std::vector<std::string>{"curl", "-d", "{\"a\": 1}", "http://x"}));
  EXPECT_EQ(words(shown.commands[1]), std::vector<std::string>{"jq"});
}

TEST(Shell, HereDocumentKeepsItsLine) {
  const ShellText shown = read("kubectl apply -f- << EOF\nkind: A\nEOF\nls\n", "d", 5);
  ASSERT_EQ(shown.documents.size(), 1U);
  EXPECT_EQ(shown.documents[0].text, "kind: A\n");
  EXPECT_EQ(shown.documents[0].first_line, 6);
  ASSERT_EQ(shown.commands.size(), 2U);
  EXPECT_EQ(shown.commands[1].words[0].place.line, 8);
}

TEST(Shell, EndsOnWhateverIsLeftOpen) {
  EXPECT_EQ(read("echo 'abc", "d", 1).commands.size(), 1U);
  EXPECT_EQ(read("cat << EOF\nno end", "d", 1).documents.size(), 1U);
  EXPECT_EQ(read("a \\", "d", 1).commands.size(), 1U);
}

}  // namespace shell_test
}  // namespace thaw
