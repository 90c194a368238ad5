#include "drivers/metrics/api_groups.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "drivers/metrics/kubernetes_paths.hpp"

namespace thaw::metrics {
namespace {

constexpr Duration kKept = std::chrono::minutes(10);
constexpr Duration kMissing = std::chrono::seconds(30);

}  // namespace

Awaitable<ApiGroup> ApiGroups::look(std::string group) {
  ApiGroup found;
  try {
    const http::Response response = co_await transport_.get("/apis/" + group, deadline_);
    found = read_group(group, static_cast<unsigned>(response.status), response.body,
                       versions_of(group));
  } catch (const kubernetes::ApiError& error) {
    found = {Presence::error, {}, error.what()};
  }
  co_return found;
}

Awaitable<ApiGroup> ApiGroups::find(std::string_view group) {
  auto at = known_.find(group);
  if (at == known_.end()) {
    at = known_.try_emplace(std::string(group), transport_.executor()).first;
  }
  Known& known = at->second;
  while (known.is_looking) {
    boost::system::error_code woken;
    co_await known.looking.async_wait(
        boost::asio::redirect_error(boost::asio::use_awaitable, woken));
  }
  if (clock_.now() < known.until) co_return known.group;
  known.is_looking = true;
  known.looking.expires_at(boost::asio::steady_timer::time_point::max());
  known.group = co_await look(at->first);
  known.until = clock_.now() + (known.group.presence == Presence::ok ? kKept : kMissing);
  known.is_looking = false;
  known.looking.cancel();
  co_return known.group;
}

}  // namespace thaw::metrics
