#include "app/recording_file.hpp"

#include <cstdio>
#include <stdexcept>
#include <utility>

#include "engine/recording/file.hpp"

namespace thaw::app {

RecordingFile::RecordingFile(std::string path)
    : path_(std::move(path)),
      part_(path_ + ".part"),
      out_(part_, std::ios::binary | std::ios::trunc),
      writer_([this](const std::string& line) { out_ << line; }) {
  if (!out_) throw std::runtime_error(part_ + " cannot be written");
}

RecordingFile::~RecordingFile() {
  out_.close();
  std::remove(part_.c_str());
}

void RecordingFile::listen(const Scenario& scenario, sim::RunOptions& options) {
  options.governed = [this](const Spec& spec, std::string_view policy, const Wants& wants,
                            const SavedState* state) {
    writer_.made(spec, policy, wants, {}, state);
  };
  options.decided = [this](const sim::DecisionSeen& one) {
    writer_.step(one.function, one.seen, one.decided);
  };
  options.demand = [this, &scenario](FunctionId function, TimePoint arrival, Duration service) {
    writer_.request({scenario.functions[function].name, arrival, service});
  };
}

void RecordingFile::add(const Timeline& timeline) {
  for (const TimelineEvent& event : timeline) {
    const bool node = event.kind == EventKind::node;
    if (!node && event.kind != EventKind::pod) continue;
    for (const auto& [key, value] : event.fields) {
      const auto* const who = std::get_if<std::string>(&value);
      if (who && key == (node ? "node" : "pod"))
        writer_.stage({node, event.name, *who, event.what, event.at});
    }
  }
}

void RecordingFile::keep() {
  out_.close();
  if (!out_ || std::rename(part_.c_str(), path_.c_str()) != 0)
    throw std::runtime_error(path_ + " cannot be written");
}

void read_recording(const std::string& path,
                    const std::function<void(recording::Line, int)>& tell) {
  if (recording::read_file(path, tell))
    std::fprintf(stderr, "%s: its last line is cut off, and left out\n", path.c_str());
}

}  // namespace thaw::app
