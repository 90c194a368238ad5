// Asio's own code, once: what includes its headers then compiles in half the time.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
