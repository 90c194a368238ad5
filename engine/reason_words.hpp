// The words of one family of reasons, a file each (engine/reason_*.cpp); to_words() picks among
// them.
#pragma once

#include <string>

#include "engine/reason.hpp"

namespace thaw::words {

// At most milliseconds, without the zeros that say nothing: 1201 and 1200.5, not 1201.000.
std::string number(double value);
// "; limit max 5", or nothing for Limit::none.
std::string limit(double code, double value);

std::string knative(const Reason& why);
std::string hpa(const Reason& why);
std::string openfaas(const Reason& why);
std::string slimfaas(const Reason& why);
std::string weighing(const Reason& why);
std::string general(const Reason& why);

}  // namespace thaw::words
