#include "engine/scenario/yaml.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <system_error>
#include <utility>

#include "engine/scenario/yaml_text.hpp"

namespace thaw::yaml {
namespace {

constexpr std::size_t kDeepest = 64;
constexpr const char* kStringTag = "tag:yaml.org,2002:str";

// Ends the reading of a document that is not worth going on with; its problem is already told.
struct Abandoned {};

// What an alias stands for, with the sizes that its expansion will cost.
struct Anchored {
  Node node;
  std::size_t nodes = 0;
  std::size_t height = 0;
};

// Builds the tree from yaml-cpp's events, which come before it resolves anything: marks, tags,
// anchors and duplicate keys are still there to be judged.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const Text& text, const Limits& limits, Diagnostics& problems)
      : text_(text), limits_(limits), problems_(problems) {}

  // The document just read; a null node if there was none.
  Node take() {
    anchors_.clear();
    open_.clear();
    return std::exchange(root_, Node{});
  }

  // yaml-cpp begins another document wherever one node ends and something follows.
  void OnDocumentStart(const YAML::Mark& mark) override {
    const Place place = text_.place(mark.line, mark.column);
    if (++documents_ == 1 || text_.from(place).starts_with("---")) return;
    problem(place, "not valid YAML: unexpected text after the end of a value");
    throw Abandoned{};
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node = start(mark, "?", anchor);
    finish({std::move(node), 1, 1}, anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = start(mark, tag, anchor);
    node.kind = Node::Kind::scalar;
    node.quoted = tag == "!" || tag == kStringTag;
    if (node.quoted && !text_.quote_is_closed(node.place)) {
      problem(node.place, "this quote is never closed");
      throw Abandoned{};
    }
    node.scalar = value;
    finish({std::move(node), 1, 1}, anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place place = text_.place(mark.line, mark.column);
    if (!limits_.anchors) problem(place, "an alias is not allowed here: write the value itself");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      problem(place, "this alias stands for something that contains it");
      throw Abandoned{};
    }
    Anchored copy = found->second;
    spend(copy.nodes, place);
    if (open_.size() + copy.height > kDeepest) too_deep(place);
    copy.node.place = place;
    finish(std::move(copy), YAML::NullAnchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, style, Node::Kind::list);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(mark, tag, anchor, style, Node::Kind::map);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  // A collection that has begun and not ended.
  struct Open {
    Node node;
    YAML::anchor_t anchor = YAML::NullAnchor;
    bool flow = false;
    std::size_t nodes = 1;
    std::size_t height = 1;
    // Maps: the key that waits for its value, and the keys so far (with a hundred thousand of them,
    // a search through the list would take minutes).
    bool have_key = false;
    bool keep_value = true;
    Node key;
    std::set<std::string> keys;
  };

  void problem(const Place& place, std::string message) {
    problems_.error(place, "", std::move(message));
  }

  void spend(std::size_t nodes, const Place& place) {
    spent_ += nodes;
    if (spent_ <= limits_.nodes) return;
    problem(place,
            "more than " + std::to_string(limits_.nodes) + " values in one file, aliases expanded");
    throw Abandoned{};
  }

  [[noreturn]] void too_deep(const Place& place) {
    problem(place, "nested more than " + std::to_string(kDeepest) + " levels deep");
    throw Abandoned{};
  }

  // What every node has: a place, a price, and rules for its tag and anchor.
  Node start(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    Node node;
    node.place = text_.place(mark.line, mark.column);
    spend(1, node.place);
    const bool in_flow = !open_.empty() && open_.back().flow;
    if (const auto tab = text_.tab_before(node.place); tab && !in_flow) problem(*tab, kTabMessage);
    if (tag != "?" && tag != "!" && !tag.empty() && tag != kStringTag) {
      problem(node.place, "the tag " + quote(tag) + " is not supported");
    }
    if (anchor != YAML::NullAnchor && !limits_.anchors) {
      problem(node.place, "an anchor is not allowed here: write the value where it is used");
    }
    return node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style, Node::Kind kind) {
    Open collection;
    // A block map's mark is its first key's, which is judged as a node of its own.
    collection.node = start(mark, tag == "!" ? "?" : tag, anchor);
    if (open_.size() >= kDeepest) too_deep(collection.node.place);
    collection.node.kind = kind;
    collection.anchor = anchor;
    collection.flow = style == YAML::EmitterStyle::Flow;
    open_.push_back(std::move(collection));
  }

  void close() {
    Open done = std::move(open_.back());
    open_.pop_back();
    if (done.node.kind == Node::Kind::map && limits_.anchors) merge_keys(done.node);
    finish({std::move(done.node), done.nodes, done.height}, done.anchor);
  }

  // `<<: *defaults` of YAML 1.1, which manifests use: keys that the map does not have itself.
  void merge_keys(Node& map) {
    for (std::size_t i = 0; i < map.map.size(); ++i) {
      if (map.map[i].first.scalar != "<<" || map.map[i].first.quoted) continue;
      const Node source = std::move(map.map[i].second);
      map.map.erase(map.map.begin() + static_cast<std::ptrdiff_t>(i));
      if (source.kind == Node::Kind::list) {
        for (const Node& one : source.list) take_missing(map, one);
      } else {
        take_missing(map, source);
      }
      return;
    }
  }

  void take_missing(Node& map, const Node& source) {
    if (source.kind != Node::Kind::map)
      problem(source.place, "<< needs a map, found " + source.describe());
    std::set<std::string> have;
    for (const auto& [key, value] : map.map) have.insert(key.scalar);
    for (const auto& pair : source.map) {
      if (have.insert(pair.first.scalar).second) map.map.push_back(pair);
    }
  }

  // A node is complete: remember it for its aliases and hand it to what contains it.
  void finish(Anchored done, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      // The copy counts like an alias's, or nested anchors alone would multiply a file's size.
      spend(done.nodes, done.node.place);
      anchors_[anchor] = done;
    }
    if (open_.empty()) {
      root_ = std::move(done.node);
      return;
    }
    Open& parent = open_.back();
    parent.nodes += done.nodes;
    parent.height = std::max(parent.height, done.height + 1);
    if (parent.node.kind == Node::Kind::list) {
      parent.node.list.push_back(std::move(done.node));
    } else if (!parent.have_key) {
      take_key(parent, std::move(done.node));
    } else {
      parent.have_key = false;
      // An empty value has no place of its own: yaml-cpp gives it that of whatever comes next.
      if (done.node.kind == Node::Kind::null) done.node.place = parent.key.place;
      if (parent.keep_value)
        parent.node.map.emplace_back(std::move(parent.key), std::move(done.node));
    }
  }

  void take_key(Open& parent, Node key) {
    parent.have_key = true;
    parent.keep_value = false;
    if (key.kind != Node::Kind::scalar) {
      problem(key.place, "a key must be text, found " + key.describe());
    } else if (!parent.keys.insert(key.scalar).second) {
      problem(key.place, "the key " + quote(key.scalar) + " is here twice");
    } else {
      parent.keep_value = true;
      parent.key = std::move(key);
    }
  }

  const Text& text_;
  const Limits& limits_;
  Diagnostics& problems_;
  std::vector<Open> open_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  std::size_t spent_ = 0;
  int documents_ = 0;
  Node root_;
};

// A tab in the indentation makes yaml-cpp stumble over something else on that line.
void report(const YAML::Exception& fault, const Text& text, Diagnostics& problems) {
  if (fault.mark.is_null()) {
    problems.error(text.place(-1, -1), "", "not valid YAML: " + fault.msg);
    return;
  }
  const Place place = text.place(fault.mark.line, fault.mark.column);
  if (const auto tab = text.tab_in_indentation(place)) {
    problems.error(*tab, "", kTabMessage);
  } else {
    problems.error(place, "", "not valid YAML: " + fault.msg);
  }
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const auto& [name, value] : map) {
    if (name.scalar == key) return &value;
  }
  return nullptr;
}

std::string Node::describe() const {
  switch (kind) {
    case Kind::null:
      return "nothing";
    case Kind::map:
      return "a map";
    case Kind::list:
      return "a list";
    case Kind::scalar:
      break;
  }
  return (quoted ? "the text " : "") + quote(scalar);
}

std::vector<Node> parse(std::string_view text, const std::string& file, const Limits& limits,
                        Diagnostics& diagnostics) {
  std::vector<Node> documents;
  if (text.size() > limits.bytes) {
    diagnostics.error({file, 0, 0}, "", "larger than " + std::to_string(limits.bytes) + " bytes");
    return documents;
  }
  const Text source(text, file);
  if (const auto bad = source.first_unreadable()) {
    diagnostics.error(bad->first, "", bad->second);
    return documents;
  }
  Builder builder(source, limits, diagnostics);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
      Node document = builder.take();
      if (document.kind != Node::Kind::null) documents.push_back(std::move(document));
    }
  } catch (const Abandoned&) {
  } catch (const YAML::Exception& fault) {
    report(fault, source, diagnostics);
  }
  return documents;
}

std::vector<Node> parse_file(const std::string& path, const Limits& limits, const Place& blame,
                             Diagnostics& diagnostics) {
  std::error_code ignored;
  std::ifstream stream;
  if (!std::filesystem::is_directory(path, ignored)) stream.open(path, std::ios::binary);
  if (!stream.is_open()) {
    diagnostics.error(blame, "", "cannot read the file " + quote(path));
    return {};
  }
  std::string text(limits.bytes + 1, '\0');  // one byte more than allowed, so that parse() can tell
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return parse(text, path, limits, diagnostics);
}

}  // namespace thaw::yaml
