// Short answers in words.
#pragma once

#include <string>
#include <utility>

#include "drivers/http/message.hpp"

namespace thaw::gateway::async {

inline http::Response plain(int status, std::string text) {
  return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(text)};
}

}  // namespace thaw::gateway::async
