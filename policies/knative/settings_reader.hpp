// Values of Knative's settings as Go reads them, one by one, each with what Knative asks of it.
//
// A value that cannot be parsed is absent. One that is parsed and refused by Knative's webhook is
// returned all the same, as the autoscaler would take it, and told as a Problem.
// Units: as the value's. Errors: Problems.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "policies/knative/settings.hpp"

namespace thaw::knative {

class SettingsReader {
 public:
  SettingsReader(const Texts& texts, std::vector<Problem>& problems)
      : texts_(texts), problems_(problems) {}

  template <class T>
  using Accepts = std::function<bool(T)>;

  std::optional<bool> boolean(const std::string& key);
  std::optional<double> number(const std::string& key, const std::string& expected,
                               const Accepts<double>& accepts);
  std::optional<std::int32_t> integer(const std::string& key, std::int32_t least);
  std::optional<Duration> duration(const std::string& key, Duration least, Duration most,
                                   bool whole_seconds);
  // Also reads the key's older spelling: minScale for min-scale.
  SettingsReader& or_camel_case();

  std::optional<std::string> text(const std::string& key);
  void problem(const std::string& key, const std::string& message);

 private:
  struct Found {
    std::string key, text;
  };

  std::optional<Found> find(const std::string& key);
  void refuse(const Found& found, const std::string& expected);

  const Texts& texts_;
  std::vector<Problem>& problems_;
  bool camel_case_too_ = false;
};

}  // namespace thaw::knative
