#include "drivers/loadgen/words.hpp"

#include <algorithm>

#include "engine/scenario/slimfaas_annotations.hpp"
#include "engine/workload/call_paths.hpp"

namespace thaw::loadgen {
namespace {

// Where nobody says how long a prompt is; and the longest that is sent.
constexpr std::uint32_t kShortPrompt = 4, kLongestPrompt = 1 << 17;

using Body = Words::Body;

Body body_of(Method method, std::string_view path) {
  if (method == Method::get) return Body::none;
  const std::string_view plain = path.substr(0, path.find('?'));
  if (plain.ends_with("/api/generate")) return Body::generate;
  return plain.ends_with("/api/chat") ? Body::chat : Body::text;
}

// What stands behind "/function/NAME", or the whole path.
std::string_view path_in_function(std::string_view path, bool behind_rule) {
  if (behind_rule || !workload::takes_prefix(path, "/function/")) return path;
  return path.substr(std::min(path.find_first_of("/?"), path.size()));
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= ' ') out += c;
  }
  return out + '"';
}

// A word a token.
std::string prompt_of(std::uint32_t tokens) {
  std::string text;
  tokens = std::min(tokens == 0 ? kShortPrompt : tokens, kLongestPrompt);
  text.reserve(tokens * std::size_t{2});
  for (std::uint32_t i = 0; i < tokens; ++i) text += i == 0 ? "a" : " a";
  return text;
}

std::string body_text(const Words& words, std::uint32_t prompt, std::uint32_t output) {
  if (words.body == Body::none) return "";
  if (words.body == Body::text) return "thaw\n";
  std::string json = "{\"model\":" + quoted(words.model);
  json += words.body == Body::generate
              ? ",\"prompt\":" + quoted(prompt_of(prompt))
              : ",\"messages\":[{\"role\":\"user\",\"content\":" + quoted(prompt_of(prompt)) + "}]";
  if (output > 0) json += ",\"options\":{\"num_predict\":" + std::to_string(output) + "}";
  return json + "}";
}

}  // namespace

Words words_of(const Scenario& scenario, const workload::Call& call, std::string_view path,
               bool behind_rule, std::string_view host) {
  using Kind = workload::Call::Kind;
  Words words;
  Method method = call.method;
  std::string target(path);
  if (call.kind == Kind::function || call.kind == Kind::wake) {
    const FunctionSpec& function = scenario.functions[call.function];
    const Workload& workload = scenario.manifests.workloads[function.workload];
    const bool bare = is_slimfaas_function(workload);  // SlimFaas knows no namespaces
    if (call.kind == Kind::wake) {
      target = "/wake-function/" + (bare ? "" : workload.ns + "/") + function.name;
    } else {
      std::string_view rest = path_in_function(path, behind_rule);
      if (function.service.llm && (rest.empty() || rest == "/")) {
        rest = "/api/generate";
        method = Method::post;
      }
      target = "/function/" + function.name + (bare ? "" : "." + workload.ns);
      target.append(rest.empty() || rest.front() == '?' ? "/" : "").append(rest);
      words.model = function.model ? function.model->name : function.name;
    }
    words.body = body_of(method, target);
    if (call.kind == Kind::wake) words.body = Body::none;
  }
  words.head = (method == Method::get ? "GET " : "POST ") + target + " HTTP/1.1\r\nHost: ";
  words.head.append(host).append("\r\n");
  return words;
}

std::string call_text(const Words& words, Duration work, std::uint32_t prompt,
                      std::uint32_t output) {
  std::string text = words.head;
  if (work >= Duration{0}) text += "Fake-Service: " + go_seconds(work) + "\r\n";
  const std::string body = body_text(words, prompt, output);
  if (words.body != Body::none) {
    text += words.body == Body::text ? "Content-Type: text/plain\r\n"
                                     : "Content-Type: application/json\r\n";
  }
  if (words.head.starts_with("POST"))
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + body;
}

std::string go_seconds(Duration duration) {
  std::string fraction = std::to_string(duration.count() % 1'000'000'000 + 1'000'000'000);
  fraction.front() = '.';
  while (fraction.back() == '0') fraction.pop_back();
  if (fraction == ".") fraction.clear();
  return std::to_string(duration.count() / 1'000'000'000) + fraction + "s";
}

}  // namespace thaw::loadgen
