#include "drivers/kubernetes/list_parser.hpp"

#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "drivers/kubernetes/json_fields.hpp"

namespace thaw::kubernetes {

std::optional<Chunk> parse_list(std::string_view text, const std::function<void(Json&&)>& object) {
  std::string key, kind, version;  // the key that the parser is below, of the list itself
  const auto seen = [&](int depth, Json::parse_event_t event, Json& parsed) {
    if (depth == 1 && event == Json::parse_event_t::key) key = parsed.get<std::string>();
    if (depth == 1 && event == Json::parse_event_t::value && parsed.is_string()) {
      if (key == "kind") kind = parsed.get<std::string>();
      if (key == "apiVersion") version = parsed.get<std::string>();
    }
    if (depth != 2 || event != Json::parse_event_t::object_end || key != "items") return true;
    if (kind.ends_with("List") && !parsed.contains("kind")) {
      parsed["kind"] = kind.substr(0, kind.size() - 4);
    }
    if (!version.empty() && !parsed.contains("apiVersion")) parsed["apiVersion"] = version;
    object(std::move(parsed));
    return false;  // and is forgotten
  };
  const Json list = Json::parse(text, seen, false);
  if (!list.is_object() || !list.contains("items")) return std::nullopt;
  const auto metadata = list.find("metadata");
  if (metadata == list.end() || !metadata->is_object()) return std::nullopt;
  return Chunk{text_at(*metadata, {"resourceVersion"}), text_at(*metadata, {"continue"})};
}

}  // namespace thaw::kubernetes
