// TH308: a taint by a tag of Kapsule, whose key is another than it looks like.
//
// The tag taint=KEY=VALUE:EFFECT of a pool makes the taint k8s.scaleway.com/KEY=VALUE:EFFECT;
// taint=noprefix=KEY=VALUE:EFFECT keeps the key. Source: Scaleway's documentation of tags.
#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "engine/lint/node_fit.hpp"
#include "engine/lint/pods.hpp"
#include "engine/lint/rule.hpp"

namespace thaw::lint::kapsule_taint_key {
namespace {

struct Tag {
  std::string key, text;
  Place place;
};

bool is_text_of_people(const std::string& file) {
  return file.ends_with(".md") || file.ends_with(".txt") || file.ends_with(".sh");
}

bool names_kapsule(const std::string& text) {
  for (const char* name : {"Kapsule", "kapsule", "Scaleway", "scaleway"})
    if (text.find(name) != std::string::npos) return true;
  return false;
}

std::vector<Tag> tags_in(const SourceText& source) {
  static const std::regex tag(
      R"(taint=([A-Za-z0-9._/-]+)=([A-Za-z0-9._-]*):(NoSchedule|PreferNoSchedule|NoExecute))");
  std::vector<Tag> tags;
  if (source.text.find("taint=") == std::string::npos) return tags;
  int line = 1;
  for (std::size_t at = 0; at < source.text.size(); ++line) {
    const std::size_t end = std::min(source.text.find('\n', at), source.text.size());
    // Longer lines are data, not words.
    if (const std::string words = source.text.substr(at, end - at); words.size() < 4096) {
      for (std::sregex_iterator it(words.begin(), words.end(), tag), none; it != none; ++it)
        tags.push_back(
            {(*it)[1].str(), it->str(), {source.file, line, static_cast<int>(it->position()) + 1}});
    }
    at = end + 1;
  }
  return tags;
}

struct Tolerating {
  const Toleration* toleration;
  std::string who;
  Place place;
};

std::vector<Tolerating> tolerations_of(const Subject& subject) {
  std::vector<Tolerating> all;
  for (const Workload& workload : subject.manifests.workloads)
    for (const Toleration& one : workload.tolerations)
      all.push_back({&one, workload.name, workload.place});
  for (const ProfileObject& profile : subject.manifests.profiles)
    for (const Toleration& one : profile.tolerations)
      all.push_back({&one, "Profile " + profile.name, profile.place});
  return all;
}

// A toleration of the key as the tag has it is a mistake; none at all may stand elsewhere.
void check_tag(const Tag& tag, const std::vector<Tolerating>& all, Report& report) {
  const std::string key = "k8s.scaleway.com/" + tag.key;
  const auto has = [&](const std::string& wanted) {
    return std::ranges::find_if(
        all, [&](const Tolerating& one) { return one.toleration->key == wanted; });
  };
  if (has(key) != all.end()) return;
  const auto bare = has(tag.key);
  const std::string makes = fmt::format("Kapsule makes the key {} of the tag {}", key, tag.text);
  const std::string mend = fmt::format("tolerate the key {}, or tag the pool taint=noprefix={}",
                                       key, tag.text.substr(std::string_view("taint=").size()));
  if (bare == all.end()) {
    report.add(Severity::info, tag.place,
               fmt::format("{}: a toleration of the key {} does not match it", makes, tag.key),
               mend);
  } else {
    report.add(
        Severity::error, tag.place,
        fmt::format("{}, and {} tolerates {}: its pods never run there", makes, bare->who, tag.key),
        mend, {{bare->place, "tolerates the key without the prefix"}});
  }
}

void check_scenario(const Subject& subject, Report& report) {
  for (const Workload& workload : subject.manifests.workloads) {
    const auto nearest = nearest_pool(*subject.scenario, workload);
    if (!nearest || !nearest->only(LackOf::kapsule_toleration)) continue;
    const std::string& key = nearest->lacks.front().name;
    report.add(place_of_part(source_of(subject, workload), "tolerations", workload.place),
               fmt::format("{} tolerates the key {}, and the nodes of pool {} have the taint's key "
                           "{}: its pods never run there",
                           workload.name, without_kapsule_prefix(key), nearest->pool->name, key),
               fmt::format("tolerate the key {}, or tag the pool taint=noprefix=…", key));
  }
}

void check(const Subject& subject, Report& report) {
  if (subject.scenario) return check_scenario(subject, report);
  const std::vector<Tolerating> all = tolerations_of(subject);
  for (const SourceText& text : subject.texts) {
    if (!is_text_of_people(text.file) || !names_kapsule(text.text)) continue;
    for (const Tag& tag : tags_in(text))
      if (tag.key != "noprefix") check_tag(tag, all, report);
  }
}

}  // namespace

Rule rule() {
  return {"TH308", "kapsule-taint-key", Severity::error,
          "a taint by a tag of Kapsule, whose key is another than it looks like", check};
}

}  // namespace thaw::lint::kapsule_taint_key
