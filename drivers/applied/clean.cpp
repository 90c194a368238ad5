#include "drivers/applied/clean.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>

#include "drivers/applied/owner.hpp"
#include "drivers/applied/plan.hpp"
#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/sleep.hpp"

namespace thaw::applied {
namespace {

using kubernetes::ApiError;
using kubernetes::Json;
using kubernetes::text_at;

constexpr const char* kRuntimeClasses = "/apis/node.k8s.io/v1/runtimeclasses";
constexpr Duration kLook = 250ms;

std::string name_of(const Json& object) { return text_at(object, {"metadata", "name"}); }
std::string ns_of(const Json& object) { return text_at(object, {"metadata", "namespace"}); }
bool has_owner(const Json& object) {
  const Json* const owners = kubernetes::field(object, {"metadata", "ownerReferences"});
  return owners && owners->is_array() && !owners->empty();
}
std::string title_of(const Json& object) {
  return applied::title_of(text_at(object, {"kind"}), ns_of(object), name_of(object));
}

// What bears the label; nothing where nobody serves the kind, or one may not look and need not.
Awaitable<std::vector<Json>> list(kubernetes::Reader& reader, std::string path, std::string label,
                                  bool needed = true) {
  std::vector<Json> objects;
  const kubernetes::Collection collection{std::move(path), std::move(label)};
  try {
    objects = co_await reader.list_all(collection);
  } catch (const ApiError& error) {
    const bool harmless = error.kind() == ApiError::Kind::not_found ||
                          (!needed && error.kind() == ApiError::Kind::forbidden);
    if (!harmless) throw;
  }
  co_return objects;
}

// The ConfigMaps that own what runs made; `run` empty: of any run.
Awaitable<std::vector<Json>> owner_maps(kubernetes::Reader& reader,
                                        std::vector<std::string> namespaces, std::string run) {
  if (namespaces.empty()) namespaces.emplace_back();
  std::vector<Json> maps;
  const std::string label = label_selector(run);
  for (const std::string& ns : namespaces) {
    const std::string path = collection_of(kConfigMaps, ns);
    std::vector<Json> found = co_await list(reader, path, label);
    for (Json& map : found)
      if (name_of(map) == owner_name(run_of(map))) maps.push_back(std::move(map));
  }
  co_return maps;
}

// The namespaces that a run made, or any run.
Awaitable<std::vector<Json>> made_namespaces(kubernetes::Reader& reader,
                                             std::vector<std::string> namespaces, std::string run) {
  std::vector<Json> made;
  const std::string all = collection_of(kNamespaces, ""), label = label_selector(run);
  if (namespaces.empty()) made = co_await list(reader, all, label);
  for (const std::string& ns : namespaces) {
    const std::string path = path_of(kNamespaces, "", ns);
    Json found;
    try {
      found = co_await reader.get(path);
    } catch (const ApiError& error) {
      if (error.kind() != ApiError::Kind::not_found) throw;
      continue;
    }
    const std::string of = run_of(found);
    found["kind"] = kNamespaces.kind;
    if (!of.empty() && (run.empty() || of == run)) made.push_back(std::move(found));
  }
  co_return made;
}

// What every namespace has, whoever made it.
bool is_everywhere(const Json& object) {
  constexpr std::array<std::string_view, 3> kMaps{"kube-root-ca.crt", "istio-ca-root-cert",
                                                  "openshift-service-ca.crt"};
  const std::string kind = text_at(object, {"kind"}), name = name_of(object);
  if (kind == "ServiceAccount") return name == "default";
  if (kind == "ConfigMap") return std::ranges::find(kMaps, name) != kMaps.end();
  return kind == "Event" || kind == "Endpoints" || kind == "EndpointSlice";
}

class Cleaner {
 public:
  Cleaner(kubernetes::Reader& reader, kubernetes::Writer& writer, const std::string& run,
          const CleanSettings& settings)
      : reader_(reader),
        writer_(writer),
        run_(run),
        label_(label_selector(run)),
        settings_(settings),
        until_(kubernetes::steady_now() + settings.within) {}

  Awaitable<Cleaned> clean() {
    const std::vector<Json> maps = co_await owner_maps(reader_, settings_.namespaces, run_);
    const std::vector<Json> spaces = co_await made_namespaces(reader_, settings_.namespaces, run_);
    paths_.insert(kRuntimeClasses);
    for (const Json& map : maps)
      for (const std::string& path : notes_in(map).collections) paths_.insert(path);
    paths_.erase(collection_of(kNamespaces, ""));
    for (const Json& map : maps) add_home(ns_of(map));
    for (const Json& space : spaces) add_home(name_of(space));
    for (const Json& map : maps) {
      const std::string path = path_of(kConfigMaps, ns_of(map), name_of(map));
      co_await remove(path, map);
    }
    for (const std::string& path : paths_) co_await remove_all(path);
    const bool gone = co_await wait_for_objects();
    for (const Json& space : spaces) {
      if (gone) co_await remove_space(space);
    }
    co_return std::move(cleaned_);
  }

 private:
  // Where its pods are, which its workloads made.
  void add_home(const std::string& ns) {
    homes_.insert("/api/v1/namespaces/" + ns + "/pods");
    homes_.insert("/apis/apps/v1/namespaces/" + ns + "/replicasets");
    paths_.insert(collection_of(kConfigMaps, ns));
  }

  void log(const std::string& line) const {
    if (settings_.log) settings_.log(line);
  }

  Awaitable<void> remove(std::string path, const Json& object) {
    Json options{{"propagationPolicy", "Foreground"}};
    options["preconditions"]["uid"] = text_at(object, {"metadata", "uid"});
    try {
      co_await writer_.remove(path, options);
    } catch (const ApiError& error) {
      // Gone already; or another of this name by now, which is none of ours.
      if (error.kind() != ApiError::Kind::not_found && error.kind() != ApiError::Kind::conflict)
        throw;
    }
    if (told_.insert(path).second) {
      log(title_of(object) + " is removed");
      cleaned_.removed.push_back(title_of(object));
    }
  }

  // Of what bears the label only what the run's ConfigMap owns, or what is the cluster's.
  bool is_ours(const Json& object) const {
    const std::string name = name_of(object);
    return ns_of(object).empty() || is_owned(object, run_) || name == owner_name(run_) ||
           name == state_name(run_);
  }

  Awaitable<void> remove_all(std::string path) {
    const bool needed = path != kRuntimeClasses;
    const std::vector<Json> objects = co_await list(reader_, path, label_, needed);
    for (const Json& object : objects) {
      if (is_ours(object)) {
        const std::string one = path + "/" + http::percent_encoded(name_of(object));
        if (!is_going(object)) co_await remove(one, object);
      } else if (!has_owner(object)) {
        cleaned_.left.push_back(title_of(object) +
                                ": it bears the run's label, but is not owned by it");
      }
    }
  }

  // What is there of the run still, by title.
  Awaitable<std::vector<std::string>> still_there() {
    std::vector<std::string> titles;
    for (const auto* paths : {&paths_, &homes_}) {
      for (const std::string& path : *paths) {
        const bool needed = paths == &paths_ && path != kRuntimeClasses;
        const std::vector<Json> found = co_await list(reader_, path, label_, needed);
        for (const Json& object : found)
          if (is_ours(object) || has_owner(object)) titles.push_back(title_of(object));
      }
    }
    co_return titles;
  }

  Awaitable<void> pause() {
    boost::asio::steady_timer timer(reader_.transport().executor());
    co_await kubernetes::sleep(timer, kLook);
  }

  bool is_late() const { return kubernetes::steady_now() >= until_; }

  Awaitable<bool> wait_for_objects() {
    for (;;) {
      const std::vector<std::string> titles = co_await still_there();
      if (titles.empty()) co_return true;
      if (is_late()) {
        for (const std::string& title : titles)
          cleaned_.left.push_back(title + ": it is not gone yet");
        co_return false;
      }
      co_await pause();
    }
  }

  Awaitable<void> remove_space(const Json& space) {
    const std::string name = name_of(space);
    const std::string path = path_of(kNamespaces, "", name);
    const std::vector<std::string> foreign = co_await foreign_in(name);
    if (!foreign.empty()) {
      std::string text = title_of(space) + ": it holds what is not the run's:";
      for (const std::string& title : foreign) text += " " + title + ",";
      text.back() = ';';
      cleaned_.left.push_back(text + " remove that first");
      co_return;
    }
    co_await remove(path, space);
    for (;;) {
      bool gone = false;
      try {
        co_await reader_.get(path);
      } catch (const ApiError& error) {
        gone = error.kind() == ApiError::Kind::not_found;
        if (!gone) throw;
      }
      if (gone) co_return;
      if (is_late()) {
        cleaned_.left.push_back(title_of(space) + ": it is not gone yet");
        co_return;
      }
      co_await pause();
    }
  }

  // What somebody else has put into a namespace that the run made.
  Awaitable<std::vector<std::string>> foreign_in(std::string ns) {
    if (!served_) {
      Served served = co_await discover_all(reader_);
      served_ = std::move(served);
    }
    std::vector<std::string> titles;
    const std::string everything;
    for (const Resource& resource : served_->all()) {
      if (!resource.namespaced || !resource.kept) continue;
      const std::string path = collection_of(resource, ns);
      const std::vector<Json> objects = co_await list(reader_, path, everything, false);
      for (const Json& object : objects)
        if (run_of(object) != run_ && !has_owner(object) && !is_going(object) &&
            !is_everywhere(object))
          titles.push_back(text_at(object, {"kind"}) + " " + name_of(object));
    }
    co_return titles;
  }

  kubernetes::Reader& reader_;
  kubernetes::Writer& writer_;
  const std::string& run_;
  const std::string label_;
  const CleanSettings& settings_;
  kubernetes::SteadyInstant until_;
  std::set<std::string> paths_;  // of what the run made
  std::set<std::string> homes_;  // of what its workloads made
  std::set<std::string> told_;
  std::optional<Served> served_;
  Cleaned cleaned_;
};

}  // namespace

Awaitable<std::vector<RunLeft>> runs(kubernetes::Reader& reader,
                                     std::vector<std::string> namespaces) {
  std::map<std::string, RunLeft> found;
  const auto add = [&](const std::string& run, const std::string& ns) -> RunLeft& {
    RunLeft& left = found[run];
    left.id = run;
    if (!ns.empty() && std::ranges::find(left.namespaces, ns) == left.namespaces.end())
      left.namespaces.push_back(ns);
    return left;
  };
  const std::string any, label = label_selector(any), classes = kRuntimeClasses;
  const std::vector<Json> maps = co_await owner_maps(reader, namespaces, any);
  for (const Json& map : maps) {
    RunLeft& left = add(run_of(map), ns_of(map));
    const OwnerNotes notes = notes_in(map);
    left.scenario = notes.scenario;
    left.since = notes.since;
    left.identity = notes.identity;
  }
  const std::vector<Json> spaces = co_await made_namespaces(reader, namespaces, any);
  for (const Json& space : spaces) add(run_of(space), name_of(space));
  const std::vector<Json> cluster_wide = co_await list(reader, classes, label, false);
  for (const Json& one : cluster_wide) add(run_of(one), any);
  std::vector<RunLeft> all;
  for (auto& [run, left] : found) {
    std::ranges::sort(left.namespaces);
    all.push_back(std::move(left));
  }
  co_return all;
}

Awaitable<Cleaned> clean(kubernetes::Reader& reader, kubernetes::Writer& writer, std::string run,
                         CleanSettings settings) {
  Cleaner cleaner(reader, writer, run, settings);
  Cleaned cleaned = co_await cleaner.clean();
  co_return cleaned;
}

}  // namespace thaw::applied
