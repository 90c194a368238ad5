// Prints the page of a thaw.compare/v1 file: comparison_page FILE.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "engine/report/html/page.hpp"

int main(int, char** arguments) {
  std::ifstream file(arguments[1]);
  const std::string json{std::istreambuf_iterator<char>(file), {}};
  std::fputs(thaw::comparison_html(json).c_str(), stdout);
  return file.bad() || json.empty() ? 1 : 0;
}
