// thaw decide: recorded cases of a real autoscaler, decided again by the classes that this build
// decides with, and compared.
#include <cstdio>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "app/decide/case.hpp"
#include "app/decide/fields.hpp"
#include "app/verbs.hpp"
#include "engine/diagnostic.hpp"

namespace thaw::app {
namespace {

constexpr std::size_t kLongestFile = 64 << 20;  // bytes
constexpr int kDeepest = 64;                    // what is deeper nested is no case

std::string read_file(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::string text;
  std::vector<char> part(1 << 20);
  while (file && text.size() <= kLongestFile) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    text.append(part.data(), static_cast<std::size_t>(file.gcount()));
  }
  // A folder opens and then cannot be read.
  if (!file.eof() && text.size() <= kLongestFile) {
    throw InputError({Diagnostic{{name, 0, 0}, "", "cannot be read"}});
  }
  if (text.size() > kLongestFile) {
    throw InputError({Diagnostic{{name, 0, 0}, "", "is larger than 64 MiB"}});
  }
  return text;
}

// The place of a byte, counted from 1.
Place place_of(const std::string& name, const std::string& text, std::size_t byte) {
  Place place{name, 1, 1};
  for (std::size_t i = 0; i + 1 < byte && i < text.size(); ++i) {
    if (text[i] == '\n') {
      ++place.line;
      place.column = 1;
    } else {
      ++place.column;
    }
  }
  return place;
}

Json parse(const std::string& name, const std::string& text) {
  try {
    return Json::parse(text, [&name](int depth, Json::parse_event_t, Json&) {
      if (depth > kDeepest) {
        throw InputError({Diagnostic{{name, 0, 0}, "", "is nested deeper than 64"}});
      }
      return true;
    });
  } catch (const Json::parse_error& error) {
    throw InputError({Diagnostic{place_of(name, text, error.byte), "", "this is no JSON"}});
  } catch (const Json::exception&) {  // a number beyond every double
    throw InputError({Diagnostic{{name, 0, 0}, "", "has a number that is out of range"}});
  }
}

class Judgement {
 public:
  void decide_file(const std::string& name) {
    file_ = name;
    const Json document = parse(name, read_file(name));
    std::size_t nth = 0;
    for (const Json& one_case : cases_of(document)) decide_case(one_case, nth++);
  }

  int conclude() const {
    problems_.throw_if_any();
    std::printf("%s\n", Json({{"cases", cases_}, {"held", held_}}).dump().c_str());
    return cases_ == held_ ? kHeld : kFailed;
  }

 private:
  const Json& cases_of(const Json& document) const {
    const Json* cases =
        document.is_object() && document.contains("cases") ? &document.at("cases") : nullptr;
    if (!cases || !cases->is_array()) {
      throw InputError({Diagnostic{{file_, 0, 0}, "cases", "expected a list of cases"}});
    }
    return *cases;
  }

  // A case that cannot be read is told and does not keep the others from being decided.
  void decide_case(const Json& one_case, std::size_t nth) {
    std::string name = "cases[" + std::to_string(nth) + "]";
    try {
      const Fields fields(one_case);
      if (fields.has("name")) name = fields.text("name");
      const std::string kind = fields.text("kind");
      const Decide decide = find_kind(one_case);
      if (!decide) fields.fail("kind", "unknown: \"" + kind + "\"");
      print(name, kind, decide(one_case));
    } catch (const InputError& error) {
      for (const Diagnostic& problem : error.problems()) {
        const std::string below = problem.key.empty() ? "" : ": " + problem.key;
        problems_.error({file_, 0, 0}, name + below, problem.message);
      }
    }
  }

  void print(const std::string& name, const std::string& kind,
             const std::vector<Verdict>& verdicts) {
    bool all_held = true;
    for (const Verdict& verdict : verdicts) {
      all_held = all_held && verdict.held();
      const Json line = {{"case", name},
                         {"step", verdict.step},
                         {"kind", kind},
                         {"held", verdict.held()},
                         {"expected", verdict.expected},
                         {"decided", verdict.decided},
                         {"differs", verdict.differs}};
      std::printf("%s\n", line.dump().c_str());
    }
    ++cases_;
    held_ += all_held ? 1 : 0;
  }

  std::string file_;
  Diagnostics problems_;
  std::size_t cases_ = 0, held_ = 0;
};

int decide(const std::vector<std::string>& files) {
  Judgement judgement;
  for (const std::string& file : files) judgement.decide_file(file);
  return judgement.conclude();
}

}  // namespace

void add_decide(CLI::App& app, int& exit_code) {
  static std::vector<std::string> files;
  CLI::App* verb = app.add_subcommand(
      "decide",
      "decide recorded cases of a real autoscaler again and compare: a JSON line for each step\n"
      "Example: thaw decide tests/conformance/kpa.json");
  verb->add_option("CASES", files, "files of cases")->required();
  verb->callback([&exit_code] { exit_code = decide(files); });
}

}  // namespace thaw::app
