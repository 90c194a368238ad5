#include "drivers/http/listen.hpp"

#include <fcntl.h>

#include "drivers/http/failure.hpp"

namespace thaw::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

tcp::endpoint listening_endpoint(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  std::string host = listen.substr(0, colon == std::string::npos ? 0 : colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']')
    host = host.substr(1, host.size() - 2);
  boost::system::error_code wrong;
  const auto address = asio::ip::make_address(host, wrong);
  unsigned port = 65536;
  const std::string digits = colon == std::string::npos ? "" : listen.substr(colon + 1);
  if (!digits.empty() && digits.size() <= 5 &&
      digits.find_first_not_of("0123456789") == std::string::npos)
    port = static_cast<unsigned>(std::stoul(digits));
  if (wrong || port > 65535)
    throw Failure(Failure::Kind::connect, "cannot listen on \"" + listen +
                                              "\": expected ADDRESS:PORT such as 0.0.0.0:8080");
  return {address, static_cast<std::uint16_t>(port)};
}

}  // namespace

tcp::acceptor listen_on(const asio::any_io_executor& executor, const std::string& where) {
  const tcp::endpoint endpoint = listening_endpoint(where);
  tcp::acceptor acceptor(executor);
  boost::system::error_code wrong;
  acceptor.open(endpoint.protocol(), wrong);
  if (!wrong) acceptor.set_option(tcp::acceptor::reuse_address(true), wrong);
  if (!wrong) acceptor.bind(endpoint, wrong);
  if (!wrong) acceptor.listen(asio::socket_base::max_listen_connections, wrong);
  if (wrong)
    throw Failure(Failure::Kind::connect, "cannot listen on \"" + where + "\": " + wrong.message());
  fcntl(acceptor.native_handle(), F_SETFD, FD_CLOEXEC);
  return acceptor;
}

}  // namespace thaw::http
