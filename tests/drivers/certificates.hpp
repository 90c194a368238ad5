// Certificates made on the spot: an authority, and who it vouches for. PEM.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace thaw::loopback {

struct Identity {
  std::string certificate, key;
};

class Authority {
 public:
  explicit Authority(const std::string& name);
  ~Authority();
  // `names`: "DNS:api.example", "IP:127.0.0.1". Empty for a client.
  Identity issue(const std::string& name, const std::vector<std::string>& names = {}) const;
  std::string certificate() const;

 private:
  struct Made;
  std::unique_ptr<Made> made_;
};

}  // namespace thaw::loopback
