#include "drivers/kubernetes/exec_plugin.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <csignal>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "drivers/kubernetes/json.hpp"
#include "drivers/kubernetes/sleep.hpp"
#include "engine/scenario/rfc3339.hpp"

extern char** environ;

namespace thaw::kubernetes {
namespace {

constexpr std::size_t kLongestOutput = 1 << 20;

// The child and its group; killed and reaped when it has not ended by itself.
class Child {
 public:
  explicit Child(pid_t process) : process_(process) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (ended()) return;
    kill();
    waitpid(process_, &status_, 0);
  }
  void kill() const { ::kill(-process_, SIGKILL); }
  bool ended() {
    if (!ended_) ended_ = waitpid(process_, &status_, WNOHANG) != 0;
    return ended_;
  }
  std::string outcome() const {  // empty: it ended well
    if (WIFSIGNALED(status_)) return "was ended by signal " + std::to_string(WTERMSIG(status_));
    const int code = WEXITSTATUS(status_);
    return code == 0 ? "" : "ended with " + std::to_string(code);
  }

 private:
  pid_t process_;
  int status_ = 0;
  bool ended_ = false;
};

[[noreturn]] void refuse(const ExecPlugin& plugin, const std::string& what) {
  std::string text = "the credential program " + plugin.command + " " + what;
  if (!plugin.install_hint.empty()) text += "; " + plugin.install_hint;
  throw CredentialError(text);
}

std::vector<std::string> environment_of(const ExecPlugin& plugin) {
  Json info{{"apiVersion", plugin.api_version},
            {"kind", "ExecCredential"},
            {"spec", {{"interactive", false}}}};
  if (!plugin.cluster.empty()) info["spec"]["cluster"] = Json::parse(plugin.cluster);
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) continue;
    variables[std::string(text.substr(0, equals))] = text.substr(equals + 1);
  }
  for (const auto& [name, value] : plugin.env) variables[name] = value;
  variables["KUBERNETES_EXEC_INFO"] = info.dump();
  std::vector<std::string> lines;
  for (const auto& [name, value] : variables) lines.push_back(name + "=" + value);
  return lines;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Starts it with its standard output into `output`.
pid_t spawn(const ExecPlugin& plugin, int output) {
  std::vector<std::string> arguments{plugin.command};
  arguments.insert(arguments.end(), plugin.args.begin(), plugin.args.end());
  std::vector<std::string> variables = environment_of(plugin);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  pid_t process = -1;
  const int error = posix_spawnp(&process, plugin.command.c_str(), &files, &attributes,
                                 pointers_to(arguments).data(), pointers_to(variables).data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) refuse(plugin, std::string("cannot be run: ") + std::strerror(error));
  return process;
}

// All that it prints, until it closes its output.
Awaitable<std::string> read_all(boost::asio::posix::stream_descriptor& output,
                                const ExecPlugin& plugin) {
  std::string text;
  std::array<char, 4'096> piece{};
  for (;;) {
    boost::system::error_code end;
    const std::size_t count = co_await output.async_read_some(
        boost::asio::buffer(piece), boost::asio::redirect_error(boost::asio::use_awaitable, end));
    text.append(piece.data(), count);
    if (text.size() > kLongestOutput) refuse(plugin, "prints more than 1 MiB");
    if (end) co_return text;
  }
}

}  // namespace

Awaitable<ExecCredential> run_exec_plugin(ExecPlugin plugin) {
  const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
  std::array<int, 2> pipe{};
  if (pipe2(pipe.data(), O_CLOEXEC) != 0) refuse(plugin, "cannot be run: no pipe");
  boost::asio::posix::stream_descriptor output(executor, pipe[0]), input(executor, pipe[1]);
  const auto child = std::make_shared<Child>(spawn(plugin, pipe[1]));
  input.close();
  const auto late = std::make_shared<bool>(false);
  boost::asio::steady_timer limit(executor, plugin.within);
  limit.async_wait([child, late](const boost::system::error_code& cancelled) {
    if (cancelled || child->ended()) return;
    *late = true;
    child->kill();
  });
  const std::string text = co_await read_all(output, plugin);
  // Its output is closed; it may take a moment to end.
  boost::asio::steady_timer moment(executor);
  while (!child->ended()) co_await sleep(moment, 2ms);
  limit.cancel();
  if (*late) refuse(plugin, "took longer than " + thaw::to_text(plugin.within));
  if (const std::string outcome = child->outcome(); !outcome.empty()) refuse(plugin, outcome);
  try {
    co_return parse_exec_credential(text, plugin.api_version);
  } catch (const CredentialError& problem) {
    refuse(plugin, problem.what());
  }
}

ExecCredential parse_exec_credential(const std::string& text, const std::string& api_version) {
  const Json answer = Json::parse(text, nullptr, false);
  const auto string_at = [](const Json& object, const char* key) -> std::string {
    const auto found = object.find(key);
    if (found == object.end() || found->is_null()) return "";
    if (!found->is_string())
      throw CredentialError(std::string("printed a ") + key + " that is no text");
    return found->get<std::string>();
  };
  if (!answer.is_object()) throw CredentialError("printed no JSON object");
  if (string_at(answer, "kind") != "ExecCredential") {
    throw CredentialError("printed something else than an ExecCredential");
  }
  if (string_at(answer, "apiVersion") != api_version) {
    throw CredentialError("printed an apiVersion other than " + api_version);
  }
  const auto status = answer.find("status");
  if (status == answer.end() || !status->is_object()) throw CredentialError("printed no status");
  ExecCredential result;
  if (const std::string token = string_at(*status, "token"); !token.empty()) {
    result.credential.authorization = "Bearer " + token;
  }
  result.credential.certificate = string_at(*status, "clientCertificateData");
  result.credential.key = string_at(*status, "clientKeyData");
  if (result.credential.certificate.empty() != result.credential.key.empty()) {
    throw CredentialError("printed a client certificate without its key, or the other way round");
  }
  if (result.credential.authorization.empty() && result.credential.certificate.empty()) {
    throw CredentialError("printed neither a token nor a client certificate");
  }
  std::string expires = string_at(*status, "expirationTimestamp");
  if (expires.empty()) return result;
  if (expires.ends_with("+00:00")) expires.replace(expires.size() - 6, 6, "Z");
  result.expires = scenario::parse_rfc3339(expires);
  if (!result.expires) throw CredentialError("printed an expirationTimestamp that is no UTC time");
  return result;
}

}  // namespace thaw::kubernetes
