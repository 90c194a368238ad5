#include "drivers/trial/trial.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>
#include <variant>

#include "drivers/kubernetes/reach.hpp"
#include "drivers/trial/deployed.hpp"
#include "drivers/trial/stage.hpp"

namespace thaw::trial {
namespace {

std::optional<loadgen::Target> gateway_of(const std::string& url) {
  if (url.empty()) return std::nullopt;
  const auto parsed = http::parse_url(url);
  const auto* const wrong = std::get_if<std::string>(&parsed);
  if (wrong) throw InputError({{{"--gateway", 0, 0}, "", *wrong}});
  const http::Endpoint& endpoint = std::get<http::Endpoint>(parsed);
  if (endpoint.tls)
    throw InputError({{{"--gateway", 0, 0}, "", "expected http://HOST:PORT, found TLS"}});
  return loadgen::Target{endpoint.address.empty() ? endpoint.host : endpoint.address,
                         endpoint.port};
}

class Trial {
 public:
  Trial(const Scenario& scenario, const Options& options)
      : transport_(io_.get_executor(), kubernetes::reach(options.access, "run")),
        reader_(transport_),
        writer_(transport_),
        run_{scenario, options, applied::new_run_id(), gateway_of(options.gateway),
             scaling_of(scenario, options.policies, !options.gateway.empty())},
        deployed_(run_, reader_, writer_) {}

  Result run() {
    std::exception_ptr failed;
    boost::asio::co_spawn(io_, whole(), [&](const std::exception_ptr& thrown) {
      failed = thrown;
      io_.stop();
    });
    io_.run();
    if (!failed && stage_) failed = stage_->failure();
    if (failed) std::rethrow_exception(failed);
    return std::move(result_);
  }

 private:
  Awaitable<void> whole() {
    std::exception_ptr thrown;
    try {
      run_.say("run " + run_.id + " on " + kubernetes::title_of(transport_.access()));
      co_await deployed_.prepare();
      co_await play();
    } catch (const std::exception&) {
      thrown = std::current_exception();
    }
    try {
      if (stage_) stage_->leave();  // the driver would write to what goes
      co_await deployed_.take_away();
    } catch (const std::exception& error) {
      run_.say(std::string("what was made is not all removed: ") + error.what() + "; `thaw clean " +
               run_.id + "` does it later");
      if (!thrown) thrown = std::current_exception();
    }
    if (thrown && !is_interruption(thrown)) std::rethrow_exception(thrown);
  }

  // Everything that watches, decides and calls is up before the first workload is there.
  Awaitable<void> play() {
    applied::ApplySettings how;
    how.before_workloads = [this]() -> Awaitable<void> {
      stage_ = std::make_unique<Stage>(run_, deployed_, reader_);
      return stage_->set();
    };
    how.after_workload = [this](applied::Planned made) -> Awaitable<void> {
      return stage_->until_pods(std::move(made));
    };
    co_await deployed_.make(std::move(how));
    result_ = co_await stage_->play();
  }

  // Before anything was observed there are no results; that it was interrupted is one.
  bool is_interruption(const std::exception_ptr& thrown) {
    try {
      std::rethrow_exception(thrown);
    } catch (const applied::Interrupted&) {
      result_.interrupted = true;
    } catch (const std::exception&) {
    }
    return result_.interrupted;
  }

  boost::asio::io_context io_{1};
  kubernetes::Transport transport_;
  kubernetes::Reader reader_;
  kubernetes::Writer writer_;
  const Run run_;
  Deployed deployed_;
  std::unique_ptr<Stage> stage_;  // once something is to be put up
  Result result_;
};

}  // namespace

Result run(const Scenario& scenario, const Options& options) {
  return Trial(scenario, options).run();
}

}  // namespace thaw::trial
