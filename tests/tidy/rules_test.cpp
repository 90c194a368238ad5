// Each rule sees what it is there for, and nothing beside it.
#include "tests/tidy/rules.hpp"

#include <gtest/gtest.h>

namespace thaw::tidy {
namespace {

TEST(Includes, PointFromTheWorldsToTheEngine) {
  const Tree tree = {
      source_file("engine/a.cpp", "#include \"engine/time.hpp\"\n#include <vector>\n"),
      source_file("engine/b.cpp", "\n#include \"sim/run.hpp\"\n"),
      source_file("policies/c.cpp", "#include \"sim/run.hpp\"\n"),
      source_file("sim/d.cpp", "#include \"policies/all.hpp\"\n#include \"sim/fluid/fluid.hpp\"\n"),
      source_file("sim/fluid/e.cpp", "#include \"sim/run.hpp\"\n"),
      source_file("app/f.cpp", "#include \"sim/run.hpp\"\n#include \"tests/fixture.hpp\"\n"),
      source_file("tests/g.cpp", "#include \"sim/run.hpp\"\n"),
  };
  EXPECT_EQ(includes_against_the_grain(tree),
            (Findings{"engine/b.cpp:2: engine must not include \"sim/run.hpp\"",
                      "policies/c.cpp:1: policies must not include \"sim/run.hpp\"",
                      "sim/d.cpp:1: sim must not include \"policies/all.hpp\"",
                      "sim/fluid/e.cpp:1: sim/fluid must not include \"sim/run.hpp\"",
                      "app/f.cpp:2: app must not include \"tests/fixture.hpp\""}));
}

TEST(Libraries, StandInOnePlaceEach) {
  const Tree tree = {
      source_file("engine/scenario/yaml.cpp", "#include <yaml-cpp/yaml.h>\n"),
      source_file("engine/scenario/load.cpp", "#include <yaml-cpp/yaml.h>\n"),
      source_file("sim/world.cpp", "#include <simgrid/s4u.hpp>\n"),
      source_file("sim/fluid/world.cpp", "#include <simgrid/s4u.hpp>\n"),
      source_file("policies/a.cpp", "#include <nlohmann/json.hpp>\n#include <fmt/format.h>\n"),
      source_file("engine/a.hpp", "#include <fmt/format.h>\n"),
      source_file("engine/b.cpp", "#include \"CLI/CLI.hpp\"\n"),
      source_file("tests/report/a.cpp", "#include <gtest/gtest.h>\n#include <nlohmann/json.hpp>\n"),
  };
  EXPECT_EQ(
      libraries_out_of_place(tree),
      (Findings{"engine/scenario/load.cpp:1: <yaml-cpp/yaml.h> belongs to engine/scenario/yaml.cpp",
                "sim/world.cpp:1: <simgrid/s4u.hpp> belongs to sim/fluid/",
                "policies/a.cpp:1: <nlohmann/json.hpp> belongs to engine/scenario/",
                "engine/a.hpp:1: {fmt} is for .cpp files only",
                "engine/b.cpp:1: <CLI/CLI.hpp> belongs to app/"}));
}

TEST(Math, IsOurOwn) {
  const Tree tree = {
      source_file("sim/a.cpp", "double x = std::log(y);\nx = math::log(y);  // std::exp(y)\n"),
      source_file("policies/b.cpp",
                  "auto z = pow (a, b);\nlogger.log(a);\ncatalog(a);\nstd::sqrt(a);\n"),
      source_file("engine/c.cpp", "#include <random>\n#include <cmath>\n"),
      source_file("engine/math.cpp", "double log(double x) {\n  return std::log(x);\n}\n"),
      source_file("engine/math.hpp",
                  "double cos_turns(double);\nstd::cos(x);\nstd::sin(x);\nstd::tan(x);\n"
                  "std::tgamma(x);\nstd::sqrt(x);\n"),
      source_file("sim/b.cpp", "std::cos(x);\nstd::tgamma(x);\nmath::cos(x);\n"),
      source_file("tests/d.cpp", "#include <random>\nstd::exp(1.0);\n"),
  };
  EXPECT_EQ(
      machine_dependent_math(tree),
      (Findings{
          "sim/a.cpp:1: log() is libm's: use engine/math.hpp",
          "policies/b.cpp:1: pow() is libm's: use engine/math.hpp",
          "sim/b.cpp:1: cos() is libm's: use engine/math.hpp",
          "sim/b.cpp:2: tgamma() is libm's: use engine/math.hpp",
          "engine/math.cpp:2: log() is libm's", "engine/math.hpp:2: cos() is libm's",
          "engine/math.hpp:3: sin() is libm's", "engine/math.hpp:4: tan() is libm's",
          "engine/math.hpp:5: tgamma() is libm's",
          "engine/c.cpp:1: <random> differs between standard libraries: use engine/random.hpp"}));
}

TEST(Clocks, AreTheWorlds) {
  const Tree tree = {
      source_file("engine/a.cpp", "auto t = std::chrono::system_clock::now();\n"),
      source_file("sim/b.cpp", "srand(time(nullptr));\nauto t = service.time(now);\nruntime(0);\n"),
      source_file("policies/c.cpp", "std::random_device seed;\n"),
      source_file("app/d.cpp", "auto t = std::chrono::steady_clock::now();\n"),
  };
  EXPECT_EQ(clocks_of_the_machine(tree),
            (Findings{"engine/a.cpp:1: system_clock reads the machine, not the world's clock",
                      "sim/b.cpp:1: time reads the machine, not the world's clock",
                      "policies/c.cpp:1: random_device reads the machine, not the world's clock"}));
}

TEST(CatchAll, IsSeenInCodeAlone) {
  const Tree tree = {
      source_file("app/a.cpp",
                  "try {\n} catch (const std::exception& e) {\n} catch ( ... ) {\n}\n"),
      source_file("app/b.cpp", "// catch (...)\n")};
  EXPECT_EQ(
      catch_all(tree),
      (Findings{"app/a.cpp:3: catch (...) survives what must not be survived: name the type"}));
}

TEST(LongFiles, BeginAtLine501) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "\n";
  const Tree tree = {source_file("sim/fits.cpp", text), source_file("sim/long.cpp", text + "\n"),
                     source_file("README.md", text + "\n")};
  EXPECT_EQ(long_files(tree), (Findings{"sim/long.cpp:501: the file has more than 500 lines"}));
}

TEST(Headers, SayPragmaOnce) {
  const Tree tree = {source_file("sim/a.hpp", "// A.\n#pragma once\n"),
                     source_file("sim/b.hpp", "// #pragma once\n"),
                     source_file("sim/c.cpp", "int x;\n")};
  EXPECT_EQ(headers_without_pragma_once(tree),
            (Findings{"sim/b.hpp:1: the header does not say #pragma once"}));
}

TEST(Sources, AreNamedByAListAboveThem) {
  const Tree tree = {
      source_file("sim/CMakeLists.txt",
                  "# lost.cpp\nthaw_library(thaw_sim\n  SOURCES run.cpp sharing/mps.cpp)\n"),
      source_file("sim/run.cpp", ""),
      source_file("sim/sharing/mps.cpp", ""),
      source_file("sim/lost.cpp", ""),
      source_file("policies/run.cpp", ""),
      source_file("drivers/CMakeLists.txt", "file(GLOB all CONFIGURE_DEPENDS *.cpp */*.cpp)\n"),
      source_file("drivers/a.cpp", ""),
      source_file("drivers/b/a.cpp", ""),
      source_file("drivers/b/c/a.cpp", ""),
      source_file("engine/lint/CMakeLists.txt", "file(GLOB rules CONFIGURE_DEPENDS rules/*.cpp)\n"),
      source_file("engine/lint/rules/a.cpp", ""),
      source_file("engine/lint/pages/a.cpp", ""),
      source_file("tests/must_not_compile/a.cpp", ""),
  };
  EXPECT_EQ(sources_in_no_build(tree),
            (Findings{"sim/lost.cpp:1: no CMakeLists.txt names this source",
                      "policies/run.cpp:1: no CMakeLists.txt names this source",
                      "drivers/b/c/a.cpp:1: no CMakeLists.txt names this source",
                      "engine/lint/pages/a.cpp:1: no CMakeLists.txt names this source"}));
}

TEST(Paths, OfOneMachineAreSeenInAnyText) {
  const std::string ours = std::string("/wo") + "rk/";
  const std::string home = std::string("/ro") + "ot/";
  const Tree tree = {
      source_file("README.md", "see\n`" + ours + "main`\n"),
      source_file("docs/a.md", "https://example.org" + ours + "x and net" + ours + "x\n"),
      source_file("scenarios/a.yaml", "mountPath: " + home + ".ollama\n"),
      source_file("dev", "cd " + home + "thaw\n")};
  EXPECT_EQ(paths_of_one_machine(tree),
            (Findings{"README.md:2: " + ours + " is a path of one machine",
                      "dev:1: " + home + " is a path of one machine"}));
}

}  // namespace
}  // namespace thaw::tidy
