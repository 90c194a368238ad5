#include "drivers/kubernetes/reflector.hpp"

#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>
#include <vector>

#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/sleep.hpp"

namespace thaw::kubernetes {
namespace {

// A watch that ends sooner was refused politely: without a wait it would be a busy loop.
constexpr Duration kShortestWatch = 1s;

}  // namespace

class Reflector::Impl {
 public:
  Impl(Reader& from, Collection what, Sink& to, ReflectorSettings how)
      : collection(std::move(what)),
        reader_(from),
        sink_(to),
        settings_(how),
        random_(unrepeatable("watches")),
        backoff_(how.backoff, random_),
        timer_(from.transport().executor()) {}

  Awaitable<void> run() {
    while (!stopped_ && !reader_.transport().closed()) {
      std::optional<ApiError> error;
      const SteadyInstant begin = steady_now();
      try {
        if (version_.empty()) {
          co_await list();
        } else {
          co_await watch();
        }
        last_error.clear();
      } catch (const ApiError& failed) {
        error = failed;
      }
      watching = false;
      const bool listed = !error && !watched_;
      const bool ended_well = !error && watched_ && steady_now() - begin >= kShortestWatch;
      watched_ = false;
      if (stopped_ || listed || ended_well) continue;
      if (error) note(*error);
      ++counters.errors;
      const Duration wait =
          backoff_.next(steady_now(), error ? error->retry_after() : std::nullopt);
      co_await sleep(timer_, wait);
    }
  }

  void stop() {
    stopped_ = true;
    timer_.cancel();
  }

  const Collection collection;
  ReflectorCounters counters;
  std::optional<Instant> heard;
  std::string last_error;
  bool synced = false, watching = false;
  std::size_t size() const { return known_.size(); }

 private:
  struct Known {
    std::string uid;
    std::uint64_t list = 0;  // the list that last saw it
  };

  void note(const ApiError& error) {
    last_error = error.what();
    if (error.kind() != ApiError::Kind::gone) return;
    // A continuation that expired would expire again: the next list is in one piece.
    whole_list_ = version_.empty();
    version_.clear();
    synced = false;
  }

  Awaitable<void> list() {
    synced = false;
    ++counters.lists;
    Chunk chunk;
    const std::function<void(Json &&)> applied = [this](Json&& object) { apply(object); };
    do {
      std::string more = std::move(chunk.more);
      const int limit = whole_list_ ? 0 : settings_.chunk;
      chunk = co_await reader_.list(collection, limit, std::move(more), applied);
    } while (!chunk.more.empty() && !stopped_);
    if (stopped_) co_return;
    whole_list_ = false;
    forget_unlisted();
    version_ = chunk.resource_version;
    synced = true;
    heard = steady_now();
    sink_.synced();
  }

  Awaitable<void> watch() {
    watched_ = true;
    ++counters.watches;
    Reader::Watch how;
    how.resource_version = version_;
    const std::int64_t span = (settings_.watch_most - settings_.watch_least).count();
    how.timeout =
        settings_.watch_least +
        Duration(static_cast<std::int64_t>(random_.uniform() * static_cast<double>(span)));
    how.silence = settings_.silence;
    const std::function<void(std::string_view, Json &&)> told =
        [this](std::string_view type, Json&& object) { event(type, object); };
    watching = true;
    co_await reader_.watch(collection, how, told);
    heard = steady_now();
  }

  void event(std::string_view type, Json& object) {
    const auto metadata = object.find("metadata");
    if (metadata == object.end() || !metadata->is_object()) return;
    if (std::string version = text_at(*metadata, {"resourceVersion"}); !version.empty()) {
      version_ = std::move(version);
    }
    heard = steady_now();
    if (type == "BOOKMARK") return;
    ++counters.events;
    if (type == "DELETED") {
      known_.erase(name_of(*metadata));
      sink_.deleted(object);
    } else {
      apply(object);
    }
  }

  static std::string name_of(const Json& metadata) {
    return text_at(metadata, {"namespace"}) + "/" + text_at(metadata, {"name"});
  }

  void apply(const Json& object) {
    const auto metadata = object.find("metadata");
    if (metadata == object.end() || !metadata->is_object()) return;
    if (kind_.empty()) {
      kind_ = text_at(object, {"kind"});
      api_version_ = text_at(object, {"apiVersion"});
    }
    std::string name = name_of(*metadata), uid = text_at(*metadata, {"uid"});
    Known& known = known_[name];
    // Deleted and made again under the same name while nobody watched.
    if (!known.uid.empty() && known.uid != uid) sink_.deleted(remains(name, known.uid));
    known = {std::move(uid), counters.lists};
    sink_.applied(object);
  }

  void forget_unlisted() {
    std::vector<std::pair<std::string, std::string>> gone;
    for (const auto& [name, known] : known_) {
      if (known.list != counters.lists) gone.emplace_back(name, known.uid);
    }
    for (const auto& [name, uid] : gone) {
      known_.erase(name);
      sink_.deleted(remains(name, uid));
    }
  }

  Json remains(const std::string& name, const std::string& uid) const {
    const std::size_t slash = name.find('/');
    Json metadata{{"name", name.substr(slash + 1)}, {"uid", uid}};
    if (slash > 0) metadata["namespace"] = name.substr(0, slash);
    return Json{{"kind", kind_}, {"apiVersion", api_version_}, {"metadata", std::move(metadata)}};
  }

  Reader& reader_;
  Sink& sink_;
  ReflectorSettings settings_;
  Random random_;
  Backoff backoff_;
  boost::asio::steady_timer timer_;
  std::unordered_map<std::string, Known> known_;  // by "namespace/name"
  std::string version_, kind_, api_version_;
  bool stopped_ = false, watched_ = false, whole_list_ = false;
};

Reflector::Reflector(Reader& reader, Collection collection, Sink& sink, ReflectorSettings settings)
    : impl_(std::make_unique<Impl>(reader, std::move(collection), sink, settings)) {}
Reflector::~Reflector() = default;
Awaitable<void> Reflector::run() { return impl_->run(); }
void Reflector::stop() { impl_->stop(); }
bool Reflector::synced() const { return impl_->synced; }
std::optional<Reflector::Instant> Reflector::heard() const { return impl_->heard; }
bool Reflector::watching() const { return impl_->watching; }
const ReflectorCounters& Reflector::counters() const { return impl_->counters; }
const std::string& Reflector::last_error() const { return impl_->last_error; }
const Collection& Reflector::collection() const { return impl_->collection; }
std::size_t Reflector::size() const { return impl_->size(); }

}  // namespace thaw::kubernetes
