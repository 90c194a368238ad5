// A Sink that knows what is there, by name.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "drivers/kubernetes/json_fields.hpp"
#include "drivers/kubernetes/reflector.hpp"

namespace thaw::live {

struct Names final : kubernetes::Sink {
  std::map<std::string, std::string> known;  // "namespace/name" to its uid
  int complete = 0;                          // lists
  int told = 0;

  static std::string name_of(const kubernetes::Json& object) {
    return kubernetes::text_at(object, {"metadata", "namespace"}) + "/" +
           kubernetes::text_at(object, {"metadata", "name"});
  }
  void applied(const kubernetes::Json& object) override {
    known[name_of(object)] = kubernetes::text_at(object, {"metadata", "uid"});
    ++told;
  }
  void deleted(const kubernetes::Json& object) override {
    known.erase(name_of(object));
    ++told;
  }
  void synced() override { ++complete; }
};

}  // namespace thaw::live
