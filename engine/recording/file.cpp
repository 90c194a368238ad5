#include "engine/recording/file.hpp"

#include <fstream>
#include <utility>

#include "engine/diagnostic.hpp"

namespace thaw::recording {

bool read_file(const std::string& path, const std::function<void(Line, int)>& tell) {
  std::ifstream in(path, std::ios::binary);
  Reader reader(path);
  bool cut_off = false;
  for (std::string line; std::getline(in, line);) {
    cut_off = in.eof();
    if (cut_off) break;
    if (std::optional<Line> read = reader.read(line)) tell(std::move(*read), reader.line());
  }
  if (in.bad() || reader.line() == 0)
    throw InputError({{{path, 0, 0},
                       "",
                       "is no recording: thaw run … --record FILE makes one, and thaw record"}});
  return cut_off;
}

}  // namespace thaw::recording
