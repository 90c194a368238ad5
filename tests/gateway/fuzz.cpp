#include "tests/gateway/fuzz.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <ostream>
#include <tuple>

#include "tests/gateway/caller.hpp"
#include "tests/gateway/fuzz_connection.hpp"
#include "tests/gateway/grammar.hpp"
#include "tests/gateway/origin.hpp"
#include "tests/gateway/processes.hpp"

namespace thaw::rigs {
namespace {

using namespace std::chrono_literals;

// The gateway's limits, and what one connection may last once all is sent: five calls, each at the
// longest, and the idle time behind.
constexpr const char *kHeadWithin = "0.5", *kIdle = "0.4", *kStall = "0.5", *kTimeout = "1";
constexpr Duration kLongest = 5 * 1s + 1s;

constexpr std::size_t kShown = 2000, kMostFindings = 20;

// Of a text, so that it can be read and pasted.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\r') {
      out += "\\r";
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20 || byte > 0x7e) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += {'\\', 'x', kDigits[byte / 16], kDigits[byte % 16]};
    } else {
      out += c;
    }
  }
  return out + (text.size() > kShown ? "…" : "");
}

class Fuzzing {
 public:
  explicit Fuzzing(const FuzzSize& size)
      : size_(size),
        origin_(loop_, 0, hooks()),
        serve_(serve_command({"--head-within", kHeadWithin, "--idle", kIdle, "--stall", kStall,
                              "--drain", "0", "--function", "f=" + at_port(origin_.port()),
                              "--timeout", kTimeout})) {}

  Fuzzed run() {
    const std::uint64_t end = size_.first + size_.batches;
    for (batch_ = size_.first; batch_ < end && fuzzed_.findings.size() < kMostFindings; ++batch_) {
      run_batch();
      if (!serve_.alive()) {
        find("the gateway is dead", {});
        return fuzzed_;
      }
      if (batch_ == size_.first + size_.batches / 4) {
        fuzzed_.resident_early_bytes = serve_.resident_bytes();
      }
    }
    fuzzed_.resident_bytes = serve_.resident_bytes();
    if (serve_.stop() != 0) find("the gateway did not end in order", {});
    return fuzzed_;
  }

 private:
  using Key = std::pair<std::string, std::string>;  // method, tag
  using WithBody = std::tuple<std::string, std::string, std::string>;

  Origin::Hooks hooks() {
    return {.head =
                [this](const Message& head) {
                  ++reached_[{head.method, tag_in(head.target)}];
                },
            .whole =
                [this](const Message& request) {
                  ++bodies_[{request.method, tag_in(request.target), request.body}];
                },
            .wrong = [this](const std::string& why) { find("to the origin: " + why, {}); },
            .bytes = [this](const Message& request) -> std::optional<std::pair<std::string, bool>> {
              if (request.target.starts_with("/plain")) return std::nullopt;
              return drawn_answer(random_, request.method, tag_in(request.target));
            }};
  }

  void run_batch() {
    reached_.clear();
    bodies_.clear();
    random_ = Random(size_.seed, "batch", batch_);
    connections_.clear();
    for (std::uint32_t i = 0; i < size_.connections; ++i) {
      Random own(size_.seed, "connection", batch_ * size_.connections + i);
      std::string sent =
          drawn_requests(own, "b" + std::to_string(batch_) + "c" + std::to_string(i));
      connections_.push_back(
          std::make_shared<FuzzConnection>(loop_, serve_.port(), std::move(sent), own));
      connections_.back()->start();
    }
    loop_.run(now() + kLongest + 2s, [this] {
      return std::ranges::all_of(connections_, [](const auto& each) { return each->over(); });
    });
    call_plainly();
    judge();
  }

  // Also lets what is still under way reach the origin before it is counted.
  void call_plainly() {
    const std::string target = "/plain?n=" + std::to_string(batch_);
    Caller caller(loop_, serve_.port());
    std::optional<Caller::End> end;
    caller.call("GET", request_for("/function/f" + target), target,
                [&](const Caller::End& told) { end = told; });
    loop_.run(now() + 3s, [&] { return end.has_value(); });
    if (!end || end->status != 200 || !end->own) {
      find("a plain call after the batch got " + std::to_string(end ? end->status : -1), {});
    }
  }

  void judge() {
    std::map<Key, std::uint64_t> sent;
    std::map<WithBody, std::uint64_t> with_body;
    ++sent[{"GET", ""}];  // the plain call
    ++with_body[{"GET", "", ""}];
    for (const auto& connection : connections_) {
      for (const Message& head : connection->judged().heads) {
        ++sent[{head.method, tag_in(head.target)}];
      }
      for (const Message& each : connection->judged().whole) {
        ++with_body[{each.method, tag_in(each.target), each.body}];
      }
      judge_answers(*connection);
    }
    for (const auto& [key, count] : reached_) {
      fuzzed_.reached += count;
      if (count <= sent[key]) continue;
      find("reached the origin and was not sent: " + key.first + " " + key.second,
           bytes_of(key.second));
    }
    for (const auto& [key, count] : bodies_) {
      const auto& [method, tag, body] = key;
      if (count <= with_body[key]) continue;
      find("another body reached the origin: " + method + " " + tag + " \"" + escaped(body) + "\"",
           bytes_of(tag));
    }
  }

  void judge_answers(const FuzzConnection& connection) {
    ++fuzzed_.connections;
    fuzzed_.well_formed += connection.judged().heads.size();
    fuzzed_.answers += connection.answered().whole.size();
    for (const Message& answer : connection.answered().whole)
      fuzzed_.refused += answer.status == 400;
    if (connection.answered().in_body()) ++fuzzed_.cut;
    const std::string complaint = connection.complaint();
    if (!complaint.empty()) find(complaint, connection.sent());
    using Leaves = FuzzConnection::Leaves;
    if (connection.leaves() != Leaves::never && connection.leaves() != Leaves::half) return;
    const Duration lasted =
        connection.over() ? connection.ended_at() - connection.since() : kLongest + 1s;
    fuzzed_.longest = std::max(fuzzed_.longest, lasted);
    if (lasted > kLongest) find("the connection hangs", connection.sent());
  }

  // Of the connection that a tag belongs to.
  std::string bytes_of(const std::string& tag) const {
    const std::size_t c = tag.find('c');
    if (c == std::string::npos) return {};
    const std::size_t index = std::stoul(tag.substr(c + 1));
    return index < connections_.size() ? connections_[index]->sent() : std::string();
  }

  void find(const std::string& what, std::string_view sent) {
    if (fuzzed_.findings.size() >= kMostFindings) return;
    fuzzed_.findings.push_back("seed " + std::to_string(size_.seed) + ", batch " +
                               std::to_string(batch_) + ": " + what +
                               (sent.empty() ? "" : "\n  sent: " + escaped(sent)));
  }

  FuzzSize size_;
  Loop loop_;
  Random random_{0, "batch"};
  std::uint64_t batch_ = 0;
  std::map<Key, std::uint64_t> reached_;
  std::map<WithBody, std::uint64_t> bodies_;
  std::vector<std::shared_ptr<FuzzConnection>> connections_;
  Fuzzed fuzzed_;
  Origin origin_;
  Server serve_;
};

}  // namespace

Fuzzed fuzz(const FuzzSize& size) { return Fuzzing(size).run(); }

bool Fuzzed::holds() const {
  return findings.empty() && reached > 0 && refused > 0 &&
         (kSanitized || resident_bytes < 50'000'000);
}

std::ostream& operator<<(std::ostream& out, const Fuzzed& fuzzed) {
  for (const std::string& finding : fuzzed.findings) out << finding << '\n';
  return out << "connections: " << fuzzed.connections
             << "\nwell-formed requests sent: " << fuzzed.well_formed
             << "\nreached the origin: " << fuzzed.reached << "\nanswers: " << fuzzed.answers
             << ", of them 400: " << fuzzed.refused << ", cut within: " << fuzzed.cut
             << "\nlongest until the gateway ended one: " << seconds(fuzzed.longest)
             << " s\ngateway, memory after a quarter: " << megabytes(fuzzed.resident_early_bytes)
             << " MB, at the end: " << megabytes(fuzzed.resident_bytes)
             << " MB\nfindings: " << fuzzed.findings.size() << '\n';
}

}  // namespace thaw::rigs
