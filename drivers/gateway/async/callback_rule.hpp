// Where a result may be posted: what X-Callback-Url may name.
//
// A caller chooses this URL, and the gateway stands inside the cluster's network: unchecked, anyone
// who may call could make it post to what only it can reach. So: http and https only, no user name
// in it, at most 2 KiB, redirects are not followed, and
//   - with no list of hosts: any host, but none of its addresses may be the gateway's own machine
//     (loopback, unspecified), link-local (where clouds keep credentials: 169.254.0.0/16,
//     fe80::/10), multicast, broadcast, or a metadata service's elsewhere (fd00:ec2::254,
//     100.100.100.200, 168.63.129.16, 192.0.0.192), also as IPv4 in IPv6 and behind 64:ff9b::/96.
//     An address is judged after the name is looked up, and it is that one that is connected to, so
//     that a name cannot change in between. Private networks stay allowed: there the cluster's own
//     Services are, and posting to those is what callbacks are for.
//   - with a list: these hosts alone, and ".example.com" for those below it. Who lists a host
//   vouches
//     for its addresses: they are not judged.
// Sources: OWASP's notes on server-side request forgery; RFC 6890; the clouds' own documents.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "drivers/http/endpoint.hpp"

namespace thaw::gateway::async {

struct CallbackTarget {
  http::Endpoint endpoint;  // its base path is empty
  std::string path;         // with query, "/" at least
  bool vouched = false;     // its addresses need no judgement
};

class CallbackRule {
 public:
  explicit CallbackRule(std::vector<std::string> hosts);
  // The string says what is wrong.
  std::variant<CallbackTarget, std::string> target(std::string_view url) const;

 private:
  std::vector<std::string> hosts_;  // in small letters
};

// Bytes of an IPv4 (4) or IPv6 (16) address, in network order.
bool may_be_posted_to(const std::vector<std::uint8_t>& address);

}  // namespace thaw::gateway::async
