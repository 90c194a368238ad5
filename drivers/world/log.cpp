#include "drivers/world/log.hpp"

namespace thaw::world {

void Log::info(std::string_view kind, std::string_view message, nlohmann::json fields) {
  write("info", kind, message, std::move(fields));
}

void Log::warning(std::string_view kind, std::string_view message, nlohmann::json fields) {
  write("warning", kind, message, std::move(fields));
}

void Log::write(const char* level, std::string_view kind, std::string_view message,
                nlohmann::json fields) {
  nlohmann::ordered_json line;
  if (clock_) line["time"] = to_text(clock_->now());
  line["level"] = level;
  line["kind"] = kind;
  line["message"] = message;
  for (auto& [key, value] : fields.items()) line[key] = std::move(value);
  sink_(line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace thaw::world
