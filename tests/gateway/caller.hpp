// A client of the rigs: one connection, one call at a time, its answer read to the end.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "tests/gateway/reader.hpp"
#include "tests/gateway/stream.hpp"

namespace thaw::rigs {

class Caller final : public Stream::Owner {
 public:
  // How a call ended; status 0: the connection ended before the answer did.
  struct End {
    int status = 0;
    bool own = false;    // X-Target is the call's, or the gateway answered itself
    bool begun = false;  // a byte of it came
    Instant sent, at;
    Message answer;
  };
  using Told = std::function<void(const End&)>;

  Caller(Loop& loop, std::uint16_t port) : loop_(loop), port_(port) {}

  // Over the connection that is there, or a new one; told in a later round of the loop. `wire` is
  // the whole request, `target` what the origin will see of it. Not while another is under way.
  void call(std::string_view method, std::string_view wire, std::string target, Told told);
  void drop() { stream_.reset(); }  // the connection; nothing is told

 private:
  void came(std::string_view bytes) override;
  void ended() override;
  void tell(bool own, Message answer);

  Loop& loop_;
  std::uint16_t port_;
  std::optional<Stream> stream_;
  Reader reader_{Reader::Reads::answers};
  bool called_ = false, begun_ = false;
  std::string target_;
  Instant sent_;
  Told told_;
};

// "GET /function/NAME/REST HTTP/1.1", or a POST where there is a body; `fields` are whole lines.
std::string request_for(const std::string& path, const std::string& body = {},
                        const std::string& fields = {});

}  // namespace thaw::rigs
