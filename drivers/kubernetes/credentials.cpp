#include "drivers/kubernetes/credentials.hpp"

#include <chrono>
#include <fstream>
#include <iterator>
#include <optional>

#include "drivers/http/base64.hpp"
#include "drivers/kubernetes/exec_plugin.hpp"
#include "drivers/kubernetes/sleep.hpp"

namespace thaw::kubernetes {
namespace {

constexpr Duration kFileFresh = 1min;
// A credential that is about to expire is renewed before a request with it is on its way.
constexpr Duration kLeeway = 10s;

TimePoint wall_now() { return {std::chrono::system_clock::now().time_since_epoch()}; }

std::optional<std::string> token_in(const std::string& path) {
  std::ifstream file(path);
  std::string token{std::istreambuf_iterator<char>(file), {}};
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r' || token.back() == ' ')) {
    token.pop_back();
  }
  if (token.empty()) return std::nullopt;
  return token;
}

}  // namespace

class Credentials::Impl {
 public:
  explicit Impl(CredentialSource source) : source_(std::move(source)) {
    if (const auto* token = std::get_if<StaticToken>(&source_)) {
      known_ = Credential{"Bearer " + token->token, "", ""};
    } else if (const auto* basic = std::get_if<BasicAuth>(&source_)) {
      known_ =
          Credential{"Basic " + http::to_base64(basic->username + ":" + basic->password), "", ""};
    } else if (std::holds_alternative<std::monostate>(source_)) {
      known_.emplace();
    }
  }

  static Awaitable<Credential> current(std::shared_ptr<Impl> self) {
    if (const auto* file = std::get_if<TokenFile>(&self->source_)) self->read(*file);
    if (const auto* plugin = std::get_if<ExecPlugin>(&self->source_)) {
      while (!self->fresh()) {
        if (self->running_) {
          co_await self->other_run();
        } else {
          co_await self->run(*plugin);
        }
      }
    }
    co_return *self->known_;
  }

  bool rejected(const Credential& credential) {
    if (!std::holds_alternative<TokenFile>(source_) &&
        !std::holds_alternative<ExecPlugin>(source_)) {
      return false;
    }
    const bool same = known_ && known_->authorization == credential.authorization &&
                      known_->certificate == credential.certificate;
    if (same) stale_ = true;
    return true;
  }

 private:
  bool fresh() const {
    return known_ && !stale_ && (!expires_ || wall_now() + kLeeway < *expires_);
  }

  // The kubelet writes a new token long before the old one ends: what cannot be read now is read
  // the next time, and the old one goes on.
  void read(const TokenFile& file) {
    const SteadyInstant now = steady_now();
    if (known_ && !stale_ && now - read_at_ < kFileFresh) return;
    if (const auto token = token_in(file.path)) {
      known_ = Credential{"Bearer " + *token, "", ""};
      read_at_ = now;
      stale_ = false;
    } else if (!known_) {
      throw CredentialError("the token file " + file.path + " is empty or cannot be read");
    }
  }

  Awaitable<void> other_run() {
    const auto gate = gate_;
    co_await sleep(*gate, 1h);
  }

  Awaitable<void> run(const ExecPlugin& plugin) {
    // Whoever comes meanwhile waits for this run, however it ends.
    struct Running {
      explicit Running(Impl& of) : impl(of) { impl.running_ = true; }
      Running(const Running&) = delete;
      Running& operator=(const Running&) = delete;
      ~Running() {
        impl.running_ = false;
        impl.gate_->cancel();
      }
      Impl& impl;
    };
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    gate_ = std::make_shared<boost::asio::steady_timer>(executor);
    const Running running(*this);
    ExecCredential given = co_await run_exec_plugin(plugin);
    if (given.expires && *given.expires <= wall_now() + kLeeway) {
      throw CredentialError("the credential program " + plugin.command +
                            " printed a credential that expires within " + thaw::to_text(kLeeway));
    }
    known_ = std::move(given.credential);
    expires_ = given.expires;
    stale_ = false;
  }

  CredentialSource source_;
  std::optional<Credential> known_;
  std::optional<TimePoint> expires_;
  SteadyInstant read_at_{};
  bool stale_ = false, running_ = false;
  std::shared_ptr<boost::asio::steady_timer> gate_;
};

Credentials::Credentials(CredentialSource source)
    : impl_(std::make_shared<Impl>(std::move(source))) {}
Credentials::~Credentials() = default;
Awaitable<Credential> Credentials::current() { return Impl::current(impl_); }
bool Credentials::rejected(const Credential& credential) { return impl_->rejected(credential); }

}  // namespace thaw::kubernetes
