// From paths to a Subject.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "engine/lint/code_blocks.hpp"
#include "engine/lint/subject.hpp"
#include "engine/scenario/charts.hpp"
#include "engine/scenario/discover.hpp"
#include "engine/scenario/files.hpp"
#include "engine/scenario/load.hpp"

namespace thaw::lint {
namespace {

namespace fs = std::filesystem;
using yaml::Node;

std::vector<Diagnostic> problems_of(const Diagnostics& diagnostics) {
  try {
    diagnostics.throw_if_any();
  } catch (const InputError& error) {
    return error.problems();
  }
  return {};
}

void shift(Node& node, int lines) {
  node.place.line += lines;
  for (auto& [key, value] : node.map) {
    shift(key, lines);
    shift(value, lines);
  }
  for (Node& item : node.list) shift(item, lines);
}

// Of values in a file or a text, told by the keys that only this chart has.
std::string chart_of(const Node& values) {
  const Node* const ollama = values.find("ollama");
  if (ollama && ollama->kind == Node::Kind::map && (ollama->find("models") || ollama->find("gpu")))
    return std::string(kCharts[0]);
  const Node* const rules = values.find("rules");
  if (rules && rules->kind == Node::Kind::map && (rules->find("custom") || rules->find("default")))
    return std::string(kCharts[1]);
  return "";
}

bool begins_like_python(std::string_view text) {
  return text.starts_with("import ") || text.starts_with("from ") || text.starts_with("def ");
}

class Reader {
 public:
  explicit Reader(Subject& subject) : subject_(subject) {}

  void file(const std::string& path) {
    std::error_code failed;
    const auto size = fs::file_size(path, failed);
    std::ifstream stream(path, std::ios::binary);
    if (failed || !stream) throw InputError({{{path, 0, 0}, "", "cannot be read"}});
    if (size > yaml::kManifestLimits.bytes)
      throw InputError({{{path, 0, 0}, "", "is larger than 8 MiB"}});
    const std::string text{std::istreambuf_iterator<char>(stream),
                           std::istreambuf_iterator<char>()};
    subject_.texts.push_back({path, text});
    const std::string ending = fs::path(path).extension().string();
    if (ending == ".py") {
      subject_.scripts.push_back({path, 1, text});
    } else if (ending == ".sh") {
      shell(text, path, 1);
    } else if (ending == ".md" || ending == ".txt") {
      for (const CodeBlock& block : code_blocks(text)) code(block, path);
    } else {
      documents(text, path, 0, true);
    }
  }

  void chart_values(const std::string& path, const std::string& chart, const std::string& ns) {
    asked_chart_ = chart;
    asked_ns_ = ns;
    file(path);
    asked_chart_.clear();
    asked_ns_.clear();
  }

  // The typed view of what was read.
  void finish() {
    name_releases();
    if (subject_.scenario) return;
    std::vector<ParsedDocument> parsed;
    for (const Object& object : subject_.objects) parsed.push_back({object.node});
    for (const Node* const stack : subject_.stacks) parsed.push_back({stack});
    for (const Values& values : subject_.values)
      if (!values.chart.empty()) parsed.push_back({values.node, values.ns, values.chart});
    Diagnostics diagnostics;
    subject_.manifests = read_documents(parsed, diagnostics);
    for (Diagnostic& problem : problems_of(diagnostics))
      subject_.refused.push_back(std::move(problem));
  }

 private:
  void code(const CodeBlock& block, const std::string& path) {
    const auto is = [&](std::initializer_list<std::string_view> names) {
      return std::ranges::find(names, block.language) != names.end();
    };
    if (block.text.find("<<") != std::string::npos && block.text.find("<<.") == std::string::npos)
      return shell(block.text, path, block.first_line);
    if (is({"python", "py"}) || begins_like_python(block.text)) {
      subject_.scripts.push_back({path, block.first_line, block.text});
    } else if (is({"yaml", "yml"})) {
      documents(block.text, path, block.first_line - 1, true);
    } else if (is({"bash", "sh", "shell", "console"})) {
      shell(block.text, path, block.first_line);
    } else if (block.language.empty() &&
               !documents(block.text, path, block.first_line - 1, false)) {
      shell(block.text, path, block.first_line);
    }
  }

  void shell(std::string_view text, const std::string& path, int first_line) {
    Diagnostics ignored;  // a text may show half a command
    ShellText read = read_shell(text, path, first_line, ignored);
    for (ShellCommand& command : read.commands) subject_.commands.push_back(std::move(command));
    for (const HereDocument& document : read.documents)
      documents(document.text, path, document.first_line - 1, false);
  }

  // Whether it is YAML that means something here; where it must be, what is wrong with it is told.
  bool documents(std::string_view text, const std::string& path, int lines_before, bool must_be) {
    Diagnostics diagnostics;
    std::vector<Node> read = yaml::parse(text, path, yaml::kManifestLimits, diagnostics);
    const bool kubernetes = text.find("apiVersion:") != std::string_view::npos;
    if (!diagnostics.ok()) {
      if (!must_be && !kubernetes) return false;
      for (Diagnostic problem : problems_of(diagnostics)) {
        if (problem.place.line > 0) problem.place.line += lines_before;
        subject_.unreadable.push_back(std::move(problem));
      }
      return true;
    }
    const bool maps = std::ranges::all_of(
        read, [](const Node& document) { return document.kind == Node::Kind::map; });
    if (!must_be && (!maps || read.empty())) return false;
    for (Node& document : read) {
      if (lines_before > 0) shift(document, lines_before);
      take(subject_.trees.emplace_back(std::move(document)), path);
    }
    return true;
  }

  void take(const Node& document, const std::string& path) {
    // Of thaw's own, a Drive is a file among manifests; it is no object of the cluster.
    if (document.kind != Node::Kind::map || text_at(document, "apiVersion") == "thaw/v1") {
      subject_.fragments.push_back({&document});
    } else if (!asked_chart_.empty()) {
      subject_.values.push_back({&document, asked_chart_, asked_ns_});
    } else if (document.find("kind") && document.find("apiVersion")) {
      object(document);
    } else if (is_openfaas_stack(document)) {
      subject_.stacks.push_back(&document);
    } else if (std::string chart = chart_of(document); !chart.empty()) {
      subject_.values.push_back({&document, std::move(chart), {}});
    } else if (path.find("values") != std::string::npos) {
      subject_.values.push_back({&document, "", {}});
    } else {
      subject_.fragments.push_back({&document});
    }
  }

  void object(const Node& node) {
    const Node* const items = node.find("items");
    if (text_at(node, "kind").ends_with("List") && items && items->kind == Node::Kind::list) {
      for (const Node& item : items->list)
        if (item.kind == Node::Kind::map) object(item);
      return;
    }
    Object made{&node,
                text_at(node, "apiVersion"),
                text_at(node, "kind"),
                text_at(node, "metadata.name"),
                text_at(node, "metadata.namespace"),
                node.place};
    subject_.objects.push_back(std::move(made));
  }

  // `helm upgrade -i NAME …/CHART -n NAMESPACE` in a text says where its values go.
  void name_releases() {
    for (Values& values : subject_.values) {
      for (const ShellCommand& command : subject_.commands) {
        const auto ns = command.option("-n", "--namespace");
        const bool of_chart = std::ranges::any_of(command.words, [&](const ShellWord& word) {
          return !values.chart.empty() && word.text.ends_with("/" + values.chart);
        });
        if (command.is("helm") && of_chart && ns && values.ns.empty()) values.ns = ns->text;
      }
    }
  }

  Subject& subject_;
  std::string asked_chart_, asked_ns_;
};

bool is_scenario_file(const std::string& path) {
  std::ifstream stream(path);
  std::string line;
  while (std::getline(stream, line)) {
    if (line.starts_with("apiVersion: thaw/") || line.starts_with("base:")) return true;
    if (line.starts_with("apiVersion:")) return false;
  }
  return false;
}

bool is_read(const fs::path& path) {
  static const std::set<std::string> endings{".yaml", ".yml", ".json", ".md", ".txt", ".py", ".sh"};
  return endings.contains(path.extension().string());
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

// Files of a folder and below, sorted; folders that hold a scenario are another subject's.
void collect(const fs::path& folder, std::vector<std::string>& files,
             std::vector<std::string>& scenarios) {
  std::vector<fs::path> entries;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(folder, failed)) entries.push_back(entry.path());
  if (failed) throw InputError({{{folder.string(), 0, 0}, "", "cannot be read"}});
  std::ranges::sort(entries);
  for (const fs::path& entry : entries) {
    if (is_hidden(entry) || fs::is_symlink(entry)) continue;
    if (fs::is_directory(entry)) {
      if (fs::is_regular_file(entry / scenario::kMainFile)) {
        for (ScenarioFile& one : discover_scenarios({entry.string()}))
          scenarios.push_back(std::move(one.file));
      } else {
        collect(entry, files, scenarios);
      }
    } else if (is_read(entry)) {
      files.push_back(entry.string());
    }
  }
}

// One function for each workload: what governs it can then be judged.
Scenario scenario_of(const Subject& subject) {
  Scenario scenario;
  scenario.manifests = subject.manifests;
  std::set<std::string> names;
  for (std::size_t w = 0; w < scenario.manifests.workloads.size(); ++w) {
    const Workload& workload = scenario.manifests.workloads[w];
    if (!names.insert(workload.name).second) continue;
    FunctionSpec function;
    function.name = workload.name;
    function.place = workload.place;
    function.workload = w;
    scenario.functions.push_back(std::move(function));
  }
  return scenario;
}

void judge_settings(Subject& subject, SettingsJudge judge) {
  if (!judge) return;
  if (subject.scenario) {
    subject.settings = judge(*subject.scenario);
    return;
  }
  Scenario scenario = scenario_of(subject);
  const std::vector<Diagnostic> of_newest = judge(scenario);
  if (of_newest.empty()) return;
  scenario.versions = kOldestVersions;
  const std::vector<Diagnostic> of_oldest = judge(scenario);
  for (const Diagnostic& problem : of_newest) {
    const bool in_both = std::ranges::any_of(of_oldest, [&](const Diagnostic& other) {
      return other.key == problem.key && other.place.line == problem.place.line &&
             other.place.file == problem.place.file;
    });
    (in_both ? subject.settings : subject.settings_of_newest).push_back(problem);
  }
}

Subject read_scenario(const std::string& path, SettingsJudge judge) {
  Subject subject;
  Diagnostics unread;
  const auto sources = manifests_of_scenario(path, unread);
  Reader reader(subject);
  std::set<std::string> read;
  for (const ManifestSource& source : sources) {
    if (!read.insert(source.file).second) continue;
    if (source.chart.empty()) {
      reader.file(source.file);
    } else {
      reader.chart_values(source.file, source.chart, source.ns);
    }
  }
  try {
    subject.scenario = std::make_unique<Scenario>(load_scenario(path));
    subject.manifests = subject.scenario->manifests;
  } catch (const InputError& error) {
    const auto same = [](const Diagnostic& a, const Diagnostic& b) {
      return a.place.file == b.place.file && a.place.line == b.place.line && a.message == b.message;
    };
    for (const Diagnostic& problem : error.problems()) {
      const bool known = std::ranges::any_of(
          subject.unreadable, [&](const Diagnostic& other) { return same(problem, other); });
      if (!known) subject.refused.push_back(problem);
    }
  }
  reader.finish();
  judge_settings(subject, judge);
  return subject;
}

}  // namespace

std::vector<Subject> read_subjects(const std::vector<std::string>& paths, SettingsJudge judge) {
  std::vector<std::string> files, scenarios;
  for (const std::string& path : paths) {
    const bool folder = fs::is_directory(path);
    const scenario::Found found = scenario::find_scenario(path);
    if (!found.file.empty() && (folder || is_scenario_file(found.file))) {
      scenarios.push_back(path);
    } else if (folder) {
      collect(path, files, scenarios);
    } else {
      files.push_back(path);
    }
  }
  std::vector<Subject> subjects;
  for (const std::string& path : scenarios) subjects.push_back(read_scenario(path, judge));
  if (files.empty()) return subjects;
  Subject& subject = subjects.emplace_back();
  Reader reader(subject);
  std::set<std::string> read;
  for (const std::string& file : files)
    if (read.insert(file).second) reader.file(file);
  reader.finish();
  judge_settings(subject, judge);
  return subjects;
}

}  // namespace thaw::lint
