#include "sim/audit.hpp"

#include <algorithm>
#include <utility>

namespace thaw::sim {
namespace {

constexpr int kBillionths = 9;

std::string seconds_of(Wide ns) { return decimal(ns, kBillionths) + " s"; }

std::string counted(std::size_t n, const char* what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

// Holds until the first thing that does not fit, and names it: only then `where` is asked.
class Proof {
 public:
  explicit Proof(std::string name) : proof_{std::move(name), true, ""} {}

  template <class Where>
  void same(Wide one, Wide other, const Where& where, int places = kBillionths) {
    if (one == other || !proof_.held) return;
    proof_.held = false;
    proof_.detail = where() + ": " + decimal(one, places) + " is not " + decimal(other, places) +
                    ", off by " + decimal(one - other, places);
  }
  template <class Where>
  void not_negative(Wide value, const Where& where) {
    ++seen_;
    if (value >= 0 || !proof_.held) return;
    proof_.held = false;
    proof_.detail = where() + " is " + decimal(value);
  }
  std::size_t seen() const { return seen_; }
  Summary::Audit::Proof conclude(const std::string& what_holds) {
    if (proof_.held) proof_.detail = what_holds;
    return proof_;
  }

 private:
  Summary::Audit::Proof proof_;
  std::size_t seen_ = 0;
};

template <class Values>
Wide sum_of(const Values& values) {
  Wide sum = 0;
  for (const auto& value : values) sum += value;
  return sum;
}

Wide sum_of(const StageTimes& stages) {
  Wide sum = 0;
  for (const Duration stage : stages) sum += stage.count();
  return sum;
}

Wide in_ns(const Integral& integral) {
  return static_cast<Wide>(integral.seconds) * 1'000'000'000 + integral.nanoseconds;
}

std::string stage_name(std::size_t stage) { return std::string(kColdStartStages[stage]); }

Summary::Audit::Proof prove_waits(const Books& books) {
  Proof proof("waits");
  std::vector<Wide> waited(books.functions.size()), cold(books.functions.size());
  std::vector<std::array<Wide, kColdStages>> stages(books.functions.size());
  for (std::size_t i = 0; i < books.waits.size(); ++i) {
    const WaitLedger::Line& line = books.waits[i];
    const Wide wait = (line.began - line.arrived).count();
    proof.same(sum_of(line.stages), wait, [&] {
      return "the stages of waiting request " + std::to_string(i + 1) + " of " +
             books.functions[line.function].name + ", against its wait";
    });
    waited[line.function] += wait;
    if (!line.cold) continue;
    cold[line.function] += wait;
    for (std::size_t s = 0; s < kColdStages; ++s)
      stages[line.function][s] += line.stages[s].count();
  }
  for (std::size_t f = 0; f < books.functions.size(); ++f) {
    const Books::Function& function = books.functions[f];
    proof.same(waited[f], function.stays.waited, [&] {
      return function.name + ": waits in the ledger, against those of served requests";
    });
    proof.same(cold[f], function.cold_waits,
               [&] { return function.name + ": waits of cold requests, against the summary's"; });
    for (std::size_t s = 0; s < kColdStages; ++s)
      proof.same(stages[f][s], function.stages[s], [&] {
        return function.name + ": " + stage_name(s) + " of cold requests, against the summary's";
      });
  }
  return proof.conclude(counted(books.waits.size(), "waiting request") + ", " +
                        seconds_of(sum_of(waited)) + ": the stages of each add up to its wait");
}

Wide billed_of(const Books& books, const Books::NodeLife& node) {
  const Duration life = node.until - node.ordered;
  return (node.gone ? billed(life, books.pools[node.pool].machine) : life).count();
}

Summary::Audit::Proof prove_nodes(const Books& books) {
  constexpr int kPlaces = kBillionths + 6;  // of a second: nanoseconds in millionths
  Proof proof("nodes");
  std::vector<Wide> lives(books.pools.size());
  for (const Books::NodeLife& node : books.nodes) {
    const Wide life = billed_of(books, node);
    lives[node.pool] += life;
    proof.same(
        node.booked, life * Ledger::kWhole,
        [&] { return node.name + ": booked time, against its billed life"; }, kPlaces);
  }
  for (std::size_t p = 0; p < books.pools.size(); ++p) {
    Wide booked = 0;
    for (const Parts& parts : books.pools[p].booked) booked += sum_of(parts);
    proof.same(
        booked, lives[p] * Ledger::kWhole,
        [&] { return books.pools[p].name + ": parts of the bill, against its nodes' lives"; },
        kPlaces);
  }
  return proof.conclude(counted(books.nodes.size(), "node") + ", " + seconds_of(sum_of(lives)) +
                        " billed: each node-nanosecond is in one part, once");
}

Summary::Audit::Proof prove_money(const Books& books) {
  Proof proof("money");
  Wide total = 0;
  for (std::size_t p = 0; p < books.pools.size(); ++p) {
    const Books::Pool& pool = books.pools[p];
    Wide lives = 0;
    for (const Books::NodeLife& node : books.nodes)
      if (node.pool == p) lives += billed_of(books, node);
    proof.same(pool.bill.total, to_nanomoney(lives * Ledger::kWhole, pool.machine.price.per_hour),
               [&] { return pool.name + ": the bill, against its nodes' lives times the price"; });
    proof.same(sum_of(pool.bill.nanomoney), pool.bill.total,
               [&] { return pool.name + ": the parts, against the bill"; });
    for (std::size_t part = 0; part < kParts; ++part) {
      Wide of_functions = 0;
      for (const Parts& parts : pool.bill.by_function) of_functions += parts[part];
      proof.same(of_functions, pool.bill.nanomoney[part], [&] {
        return pool.name + ": what functions and nobody have of a part, against the part";
      });
    }
    total += pool.bill.total;
  }
  const std::string currency =
      books.pools.empty() ? "" : " " + books.pools.front().machine.price.currency;
  return proof.conclude(decimal(total, kBillionths) + currency +
                        ": parts and functions add up to the nodes' lives times their prices");
}

Summary::Audit::Proof prove_littles_law(const Books& books) {
  Proof proof("little's law");
  Wide stays = 0;
  for (const Books::Function& function : books.functions) {
    proof.same(function.stays.waited + function.stays.waited_in_vain, in_ns(function.queued), [&] {
      return function.name + ": waits of its requests, against its queue over time";
    });
    proof.same(function.stays.served, in_ns(function.in_flight), [&] {
      return function.name + ": services of its requests, against those in service over time";
    });
    stays += function.stays.waited + function.stays.waited_in_vain + function.stays.served;
  }
  return proof.conclude(counted(books.functions.size(), "function") + ", " + seconds_of(stays) +
                        " of requests: as many as were there over time");
}

Summary::Audit::Proof prove_signs(const Books& books) {
  Proof proof("signs");
  for (const WaitLedger::Line& line : books.waits)
    for (std::size_t s = 0; s < kColdStages; ++s)
      proof.not_negative(line.stages[s].count(),
                         [&] { return "a request's " + stage_name(s) + ", in ns,"; });
  for (const Books::Function& function : books.functions)
    for (const Wide stay :
         {function.stays.waited, function.stays.waited_in_vain, function.stays.served})
      proof.not_negative(stay, [&] { return function.name + ": time of its requests, in ns,"; });
  for (const Books::NodeLife& node : books.nodes)
    proof.not_negative((node.until - node.ordered).count(),
                       [&] { return node.name + ": its life, in ns,"; });
  for (const Books::Pool& pool : books.pools) {
    for (const Parts& parts : pool.booked)
      for (const Wide part : parts)
        proof.not_negative(part, [&] { return pool.name + ": time booked to a part"; });
    for (const Parts& parts : pool.bill.by_function)
      for (const Wide part : parts)
        proof.not_negative(part, [&] { return pool.name + ": money of a part"; });
  }
  return proof.conclude(std::to_string(proof.seen()) + " entries, none negative");
}

}  // namespace

Summary::Audit audit(const Books& books) {
  return {{prove_waits(books), prove_nodes(books), prove_money(books), prove_littles_law(books),
           prove_signs(books)}};
}

}  // namespace thaw::sim
