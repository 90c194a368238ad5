#include "drivers/applied/application.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <exception>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <random>
#include <set>
#include <utility>

#include "drivers/applied/clean.hpp"
#include "drivers/applied/owner.hpp"
#include "drivers/applied/standing.hpp"
#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/micro_time.hpp"
#include "drivers/kubernetes/sleep.hpp"

namespace thaw::applied {
namespace {

using kubernetes::ApiError;
using kubernetes::Json;
using kubernetes::text_at;

constexpr Duration kWriteWithin = 30s;
constexpr Duration kAccountWithin = 30s;

ApiError with_purpose(const ApiError& error, const std::string& title) {
  ApiError::Facts facts{error.kind(), error.status(),      error.request(),       error.reason(),
                        error.mend(), error.retry_after(), error.maybe_received()};
  facts.request = "applying " + title + ": " + facts.request;
  return ApiError(std::move(facts));
}

class Application {
 public:
  Application(kubernetes::Reader& reader, kubernetes::Writer& writer, const Plan& plan,
              const ApplySettings& settings)
      : reader_(reader), writer_(writer), plan_(plan), settings_(settings) {
    applied_.run = plan.run;
  }

  Awaitable<void> make(const Standing& standing) {
    for (const std::string& ns : standing.missing) co_await make_namespace(ns);
    for (const std::string& ns : homes()) co_await make_owner(ns);
    bool told = !settings_.before_workloads;
    for (std::size_t i = 0; i < plan_.objects.size(); ++i) {
      if (!told && makes_pods(plan_.objects[i].resource)) {
        told = true;
        co_await settings_.before_workloads();
      }
      if (!standing.used[i]) co_await make_object(plan_.objects[i]);
      if (settings_.after_workload && makes_pods(plan_.objects[i].resource))
        co_await settings_.after_workload(plan_.objects[i]);
    }
    if (!told) co_await settings_.before_workloads();
  }

  const Applied& applied() const { return applied_; }
  // Whether anything may have been written.
  bool began() const { return began_; }

 private:
  // Where its ConfigMaps are. Without a namespace of its own there must be one all the same.
  std::vector<std::string> homes() const {
    if (plan_.namespaces.empty()) return {"default"};
    return plan_.namespaces;
  }

  void heed() const {
    if (settings_.stopped && settings_.stopped()) throw Interrupted("interrupted");
  }

  void log(const std::string& line) const {
    if (settings_.log) settings_.log(line);
  }

  // One that the server has made though its answer was lost is ours; one of another is in the way.
  Awaitable<Json> create(const Resource& resource, const std::string& ns, const Json& object) {
    heed();
    began_ = true;
    const std::string name = text_at(object, {"metadata", "name"});
    const std::string title = title_of(resource.kind, ns, name);
    std::optional<ApiError> error;
    try {
      // As kubectl asks for it: a misspelt field is refused, not dropped.
      const std::string where = collection_of(resource, ns) + "?fieldValidation=Strict";
      const auto repeat =
          name.empty() ? kubernetes::Repeat::unseen_only : kubernetes::Repeat::absolute;
      Json made = co_await writer_.create(where, object, kWriteWithin, repeat);
      log(title + " is made");
      co_return made;
    } catch (const ApiError& failed) {
      error = failed;
    }
    if (error->kind() != ApiError::Kind::conflict || name.empty())
      throw with_purpose(*error, title);
    const std::string path = path_of(resource, ns, name);
    Json there = co_await reader_.get(path);
    if (run_of(there) != plan_.run) throw Refused(title + " came in between, " + whose(there));
    co_return there;
  }

  Awaitable<void> make_namespace(std::string ns) {
    Json object{
        {"apiVersion", "v1"},
        {"kind", "Namespace"},
        {"metadata", {{"name", ns}, {"labels", {{kManagedBy, "thaw"}, {kRunLabel, plan_.run}}}}}};
    for (const Planned& one : plan_.objects)
      if (one.resource.kind == kNamespaces.kind && one.name == ns) object = Json::parse(one.json);
    const std::string cluster;
    co_await create(kNamespaces, cluster, object);
    applied_.made_namespaces.push_back(ns);
  }

  Awaitable<void> make_owner(std::string ns) {
    OwnerNotes notes{plan_.scenario, kubernetes::micro_time_now(), settings_.identity, {}};
    std::set<std::string> collections;
    for (const Planned& one : plan_.objects)
      collections.insert(collection_of(one.resource, one.ns));
    notes.collections.assign(collections.begin(), collections.end());
    const Json object = owner_map(plan_.run, ns, notes);
    const Json made = co_await create(kConfigMaps, ns, object);
    owners_[ns] = text_at(made, {"metadata", "uid"});
  }

  Awaitable<void> make_object(const Planned& one) {
    Json object = Json::parse(one.json);
    if (one.resource.namespaced)
      object["metadata"]["ownerReferences"] = owned_by(plan_.run, owners_.at(one.ns));
    if (one.resource.kind == "Pod") co_await wait_for_account(one.ns);
    const Json made = co_await create(one.resource, one.ns, object);
    applied_.objects.push_back({one.resource.kind, one.ns, text_at(made, {"metadata", "name"}),
                                text_at(made, {"metadata", "uid"})});
  }

  // A new namespace has its account a moment later, and no pod is admitted before.
  Awaitable<void> wait_for_account(std::string ns) {
    const auto until = kubernetes::steady_now() + kAccountWithin;
    const std::string path = "/api/v1/namespaces/" + ns + "/serviceaccounts/default";
    for (;;) {
      try {
        co_await reader_.get(path);
        co_return;
      } catch (const ApiError& error) {
        const bool soon = error.kind() == ApiError::Kind::not_found;
        if (error.kind() == ApiError::Kind::forbidden) co_return;  // the pod itself will tell
        if (!soon || kubernetes::steady_now() > until) throw;
      }
      boost::asio::steady_timer timer(reader_.transport().executor());
      co_await kubernetes::sleep(timer, 100ms);
    }
  }

  kubernetes::Reader& reader_;
  kubernetes::Writer& writer_;
  const Plan& plan_;
  const ApplySettings& settings_;
  Applied applied_;
  std::map<std::string, std::string> owners_;  // uid by namespace
  bool began_ = false;
};

}  // namespace

std::string new_run_id() {
  constexpr std::array<char, 33> kLetters{"0123456789abcdefghjkmnpqrstvwxyz"};
  std::string time = kubernetes::micro_time_now().substr(0, 19);  // 2026-01-05T14:30:00
  std::erase_if(time, [](char c) { return c == '-' || c == ':'; });
  time[8] = '-';
  std::random_device random;
  std::string id = time + "-";
  for (int i = 0; i < 4; ++i) id += kLetters[random() % 32];
  return id;
}

bool is_run_id(const std::string& text) {
  const auto inner = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 50 && std::ranges::all_of(text, inner) &&
         text.front() != '-' && text.back() != '-';
}

Awaitable<Applied> apply(kubernetes::Reader& reader, kubernetes::Writer& writer, Plan plan,
                         ApplySettings settings) {
  const Standing standing = co_await look(reader, plan);
  if (!standing.in_the_way.empty()) {
    std::string text = "nothing was applied:";
    for (const std::string& line : standing.in_the_way) text += "\n  " + line;
    throw Refused(text);
  }
  Application application(reader, writer, plan, settings);
  std::exception_ptr failure;
  try {
    co_await application.make(standing);
  } catch (const std::runtime_error&) {
    failure = std::current_exception();
  }
  if (!failure) co_return application.applied();
  if (application.began()) {
    CleanSettings cleaning{plan.namespaces, settings.clean_within, settings.log};
    if (cleaning.namespaces.empty()) cleaning.namespaces = {"default"};
    try {
      const Cleaned cleaned = co_await clean(reader, writer, plan.run, cleaning);
      if (settings.log)
        for (const std::string& left : cleaned.left) settings.log("left: " + left);
    } catch (const ApiError& error) {
      if (settings.log)
        settings.log(std::string("what was made could not be removed: ") + error.what() +
                     "; `thaw clean " + plan.run + "` does it later");
    }
  }
  std::rethrow_exception(failure);
}

}  // namespace thaw::applied
