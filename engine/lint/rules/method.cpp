// TH406: a GET where only a POST is taken.
//
// SlimFaas's wake (any method up to 0.57, POST alone from 0.60); of Ollama what generates, loads or
// pulls. Source: SlimFaas's endpoints 0.24 and 0.81; Ollama's docs/api.md.
#include <algorithm>
#include <array>
#include <optional>
#include <string>

#include "engine/lint/asleep.hpp"
#include "engine/lint/rule.hpp"
#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/scenario/slimfaas_gateway.hpp"

namespace thaw::lint::method {
namespace {

constexpr std::array<std::string_view, 11> kOllamaPosts{
    "/api/generate", "/api/chat",   "/api/embed", "/api/embeddings", "/api/pull",
    "/api/push",     "/api/create", "/api/show",  "/api/copy",       "/v1/chat/completions",
    "/v1/embeddings"};

bool is_wake(std::string_view path) {
  return path.find("/wake-function/") != std::string_view::npos ||
         path.ends_with("/wake-functions");
}

bool is_ollama_post(std::string_view path) {
  path = path.substr(0, path.find_first_of("?#"));
  return std::ranges::any_of(kOllamaPosts,
                             [&](std::string_view end) { return path.ends_with(end); });
}

// What curl does: -X says it, data makes it a POST. The values of options are not looked at.
struct CurlCall {
  bool get = true;
  std::optional<ShellWord> url;
};

bool sends_data(const std::string& word) {
  constexpr std::array<std::string_view, 4> kData{"--data", "--json", "--form", "--upload-file"};
  const bool is_short = word.size() >= 2 && word[0] == '-' && word[1] != '-';
  return std::ranges::any_of(kData, [&](std::string_view d) { return word.starts_with(d); }) ||
         (is_short && word.find_first_of("dFT") != std::string::npos);
}

CurlCall read_curl(const ShellCommand& command) {
  CurlCall call;
  std::optional<std::string> method;
  for (std::size_t i = 1; i < command.words.size(); ++i) {
    const std::string& text = command.words[i].text;
    const bool has_next = i + 1 < command.words.size();
    if ((text == "-X" || text == "--request") && has_next) {
      method = command.words[++i].text;
    } else if (text.starts_with("-X")) {
      method = text.substr(2);
    } else if (text.starts_with("--request=")) {
      method = text.substr(10);
    } else if (text == "-I" || text == "--head") {
      method = "HEAD";
    } else if (text == "-G" || text == "--get") {
      method = "GET";
    } else if (sends_data(text)) {
      call.get = false;
      if (text.find('=') == std::string::npos) ++i;  // its value is a word of its own
    } else if (!text.starts_with('-') && (is_wake(text) || is_ollama_post(text))) {
      call.url = command.words[i];
    }
  }
  if (method) call.get = *method == "GET";
  return call;
}

void tell_wake(const Place& place, const std::optional<Version>& version, Report& report) {
  if (version && slimfaas::wakes_by_get(*version)) return;
  const std::string which = version ? "SlimFaas " + to_text(*version) + " wakes by POST alone"
                                    : "SlimFaas wakes by POST alone since 0.60 (a GET did up to "
                                      "0.57), and which version this is for is not said";
  report.add(version ? Severity::error : Severity::warning, place,
             "this is a GET, and " + which + ": it answers 405 and the function sleeps on",
             "call it by POST: curl -X POST");
}

void tell_ollama(const Place& place, const std::string& path, Report& report) {
  report.add(place, "this is a GET, and Ollama takes " + path + " by POST alone: it answers 405",
             "send the question as a POST with a JSON body");
}

void check_commands(const Subject& subject, const std::optional<Version>& version, Report& report) {
  for (const ShellCommand& command : subject.commands) {
    if (!command.is("curl")) continue;
    const CurlCall call = read_curl(command);
    if (!call.get || !call.url) continue;
    const std::string& url = call.url->text;
    if (is_wake(url)) {
      tell_wake(call.url->place, version, report);
    } else if (url.find("ollama") != std::string::npos || url.find(":11434") != std::string::npos) {
      tell_ollama(call.url->place, url, report);
    }
  }
}

// The function that a path of a workload names, if it runs Ollama.
bool calls_ollama(const Scenario& scenario, const std::string& path, const std::string& function) {
  return std::ranges::any_of(scenario.functions, [&](const FunctionSpec& one) {
    if (one.standalone) return false;
    const Workload& workload = scenario.manifests.workloads[one.workload];
    const bool meant = function == one.name || path.starts_with("/function/" + one.name + "/");
    return meant && std::ranges::any_of(workload.images, [](const std::string& image) {
             return image.find("ollama") != std::string::npos;
           });
  });
}

void check_scenario(const Scenario& scenario, Report& report) {
  const auto judge = [&](const auto& caller, const std::string& function) {
    if (caller.method != Method::get) return;
    if (is_wake(caller.path) && slimfaas_of(scenario.manifests)) {
      tell_wake(caller.place, scenario.versions.slimfaas, report);
    } else if (is_ollama_post(caller.path) && calls_ollama(scenario, caller.path, function)) {
      tell_ollama(caller.place, caller.path, report);
    }
  };
  for (const Step& step : scenario.steps) judge(step, "");
  for (const Arrivals& stream : scenario.arrivals) judge(stream, stream.function);
}

void check(const Subject& subject, Report& report) {
  if (subject.scenario) return check_scenario(*subject.scenario, report);
  check_commands(subject, slimfaas_version_of(subject.manifests), report);
}

}  // namespace

Rule rule() {
  return {"TH406", "method", Severity::error, "a GET where only a POST is taken", check};
}

}  // namespace thaw::lint::method
