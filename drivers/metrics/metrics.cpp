#include "drivers/metrics/metrics.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <map>
#include <string>
#include <tuple>

#include "drivers/metrics/answer.hpp"
#include "drivers/metrics/api_groups.hpp"
#include "drivers/metrics/at_once.hpp"
#include "drivers/metrics/kubernetes_values.hpp"

namespace thaw::metrics {
namespace {

constexpr Duration kDeadline = std::chrono::seconds(5);
// Of each API, as many connections as its client keeps: what waits for an answer that does not come
// is no more, and none has to be opened for a single question.
constexpr int kAtOnce = 8;
// A thousand questions are not asked in one instant.
constexpr Duration kSpread = std::chrono::milliseconds(5);

// One question that is asked again and again, and its last answer.
struct Question {
  Question(const boost::asio::any_io_executor& executor, MetricRef what, PodsOf of, Duration every)
      : metric(std::move(what)), pods(std::move(of)), period(every), timer(executor) {}

  MetricRef metric;
  PodsOf pods;
  Duration period;
  boost::asio::steady_timer timer;
  bool is_wanted = true;
  Answer answer = Answer::absent("not asked yet");
  std::vector<PodSample> samples;  // the answer's pods, as the world knows them
};

// Two questions are one where all of this is equal. A query is the same for every function.
using Key = std::tuple<MetricSource, std::string, std::string, std::string, std::string,
                       std::string, std::string, Duration>;

Key key_of(const MetricRef& metric, const PodsOf& pods, Duration period) {
  const bool query = metric.source == MetricSource::query;
  return {metric.source,
          metric.name,
          metric.object,
          metric.container,
          metric.selector,
          query ? std::string() : pods.ns,
          query ? std::string() : pods.selector,
          period};
}

}  // namespace

class Metrics::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(boost::asio::any_io_executor executor, Apis apis, const Clock& clock, const PodIds& pods,
       Freshness freshness)
      : executor_(std::move(executor)),
        apis_(apis),
        clock_(clock),
        pods_(pods),
        limit_(freshness.limit()),
        at_cluster_(executor_, kAtOnce),
        at_store_(executor_, kAtOnce) {
    if (apis_.cluster) groups_.emplace(*apis_.cluster, clock_, kDeadline);
  }

  void ask(std::vector<Asked> all);
  void stop();
  std::span<const MetricFacts> read(FunctionId function);
  std::string_view trouble(FunctionId function, std::size_t index) const;

 private:
  struct Function {
    std::vector<std::shared_ptr<Question>> questions;
    std::vector<MetricFacts> facts;
  };
  static Awaitable<void> keep_asking(std::shared_ptr<Impl> self, std::shared_ptr<Question> question,
                                     Duration wait);
  Awaitable<Answer> answer(const Question& question);
  Awaitable<Answer> of_cluster(const Question& question);
  void take(Question& question, Answer answer);
  MetricFacts facts_of(const Question& question) const;

  boost::asio::any_io_executor executor_;
  Apis apis_;
  const Clock& clock_;
  const PodIds& pods_;
  Duration limit_;
  AtOnce at_cluster_, at_store_;
  std::optional<ApiGroups> groups_;
  std::map<Key, std::shared_ptr<Question>> questions_;
  std::map<FunctionId, Function> functions_;
};

void Metrics::Impl::ask(std::vector<Asked> all) {
  std::map<Key, std::shared_ptr<Question>> before;
  before.swap(questions_);
  functions_.clear();
  std::vector<std::shared_ptr<Question>> fresh;
  for (Asked& asked : all) {
    Function& function = functions_[asked.function];
    for (MetricRef& metric : asked.metrics) {
      const Key key = key_of(metric, asked.pods, asked.period);
      std::shared_ptr<Question>& question = questions_[key];
      const auto old = before.find(key);
      if (!question && old != before.end()) question = old->second;
      if (!question) {
        question =
            std::make_shared<Question>(executor_, std::move(metric), asked.pods, asked.period);
        fresh.push_back(question);
      }
      function.questions.push_back(question);
    }
    function.facts.resize(function.questions.size());
  }
  for (const auto& [key, question] : before) {
    if (questions_.contains(key)) continue;
    question->is_wanted = false;
    question->timer.cancel();
  }
  for (std::size_t i = 0; i < fresh.size(); ++i) {
    const auto place = static_cast<std::int64_t>(i),
               count = static_cast<std::int64_t>(fresh.size());
    const Duration wait = std::min(place * kSpread, fresh[i]->period * place / count);
    boost::asio::co_spawn(executor_, keep_asking(shared_from_this(), fresh[i], wait),
                          boost::asio::detached);
  }
}

void Metrics::Impl::stop() { ask({}); }

// A free-standing loop with a share in all that it touches: it ends at its next turn once the
// question is not wanted any more.
Awaitable<void> Metrics::Impl::keep_asking(std::shared_ptr<Impl> self,
                                           std::shared_ptr<Question> question, Duration wait) {
  auto turn = std::chrono::steady_clock::now() + wait;
  while (true) {
    question->timer.expires_at(turn);
    boost::system::error_code woken;
    co_await question->timer.async_wait(
        boost::asio::redirect_error(boost::asio::use_awaitable, woken));
    if (!question->is_wanted) co_return;
    const bool of_store = question->metric.source == MetricSource::query;
    std::optional<AtOnce::Turn> in_line =
        co_await (of_store ? self->at_store_ : self->at_cluster_).turn();
    if (!question->is_wanted) co_return;
    Answer answer = co_await self->answer(*question);
    in_line.reset();
    if (!question->is_wanted) co_return;
    self->take(*question, std::move(answer));
    // On its own grid; turns that passed while an answer was awaited are left out.
    const auto now = std::chrono::steady_clock::now();
    turn += question->period * ((now - turn) / question->period + 1);
  }
}

Awaitable<Answer> Metrics::Impl::answer(const Question& question) {
  if (question.metric.source != MetricSource::query) co_return co_await of_cluster(question);
  if (!apis_.store) co_return Answer::absent("no store of metrics is configured");
  co_return co_await apis_.store->query(question.metric.name);
}

Awaitable<Answer> Metrics::Impl::of_cluster(const Question& question) {
  if (!groups_) co_return Answer::absent("no cluster is asked");
  ApiGroup group = co_await groups_->find(group_of(question.metric.source));
  if (group.presence != Presence::ok) {
    co_return Answer::without(group.presence, std::move(group.trouble));
  }
  Answer answer;
  try {
    const http::Response response = co_await apis_.cluster->get(
        metric_path(question.metric, question.pods, group.version), kDeadline);
    answer = read_values(question.metric, static_cast<unsigned>(response.status), response.body,
                         clock_.now());
  } catch (const kubernetes::ApiError& error) {
    answer = Answer::error(error.what());
  }
  co_return answer;
}

void Metrics::Impl::take(Question& question, Answer answer) {
  const TimePoint now = clock_.now();
  if (answer.presence == Presence::absent || answer.presence == Presence::error) answer.taken = now;
  drop_stale(answer, now, limit_);
  question.samples.clear();
  question.answer = std::move(answer);
  for (const PodValue& value : question.answer.pods) {
    const auto id = pods_.id_of(question.pods.ns, value.pod);
    if (!id) continue;
    question.samples.push_back({*id, value.value, value.taken, value.window, value.container});
  }
}

// Between two questions it gets older, by no more than a period unless answers stay away.
MetricFacts Metrics::Impl::facts_of(const Question& question) const {
  const Answer& answer = question.answer;
  MetricFacts facts{answer.presence, answer.taken, answer.series, question.samples};
  if (facts.presence == Presence::ok && clock_.now() - facts.taken > limit_ + question.period) {
    facts = {Presence::absent, answer.taken};
  }
  return facts;
}

std::span<const MetricFacts> Metrics::Impl::read(FunctionId id) {
  const auto found = functions_.find(id);
  if (found == functions_.end()) return {};
  Function& function = found->second;
  for (std::size_t i = 0; i < function.questions.size(); ++i) {
    function.facts[i] = facts_of(*function.questions[i]);
  }
  return function.facts;
}

std::string_view Metrics::Impl::trouble(FunctionId id, std::size_t index) const {
  const auto found = functions_.find(id);
  if (found == functions_.end() || index >= found->second.questions.size()) return {};
  return found->second.questions[index]->answer.trouble;
}

Metrics::Metrics(boost::asio::any_io_executor executor, Apis apis, const Clock& clock,
                 const PodIds& pods, Freshness freshness)
    : impl_(std::make_shared<Impl>(std::move(executor), apis, clock, pods, freshness)) {}

Metrics::~Metrics() { stop(); }

void Metrics::ask(std::vector<Asked> all) { impl_->ask(std::move(all)); }

void Metrics::stop() { impl_->stop(); }

std::span<const MetricFacts> Metrics::read(FunctionId function) { return impl_->read(function); }

const MetricFacts& Metrics::read(FunctionId function, std::size_t index) {
  static const MetricFacts kNone;
  const auto all = read(function);
  return index < all.size() ? all[index] : kNone;
}

std::string_view Metrics::trouble(FunctionId function, std::size_t index) const {
  return impl_->trouble(function, index);
}

}  // namespace thaw::metrics
