// A Shape is one description of a value in the scenario file. It can read the value from YAML into
// its type, and it can write the JSON Schema of what it reads; so the two never disagree.
//
// Shapes are built from leaves (values.hpp) by the combinators below. Reading never throws: a
// problem is reported at its place, and what could not be read is absent, so that one pass finds
// every mistake.
//
//   auto links = object<Links>("links", [](auto& v, Links& l) {
//     v.optional("registry", l.registry, bandwidth(), "from the image registry to the cluster");
//   });
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/scenario/cursor.hpp"
#include "engine/scenario/reader.hpp"
#include "engine/scenario/schema.hpp"

namespace thaw::scenario {

template <class T>
struct Shape {
  std::function<std::optional<T>(const Cursor&)> read;
  SchemaFn schema;
};

// A scalar: `parse` gives nothing if the text is not of the form.
template <class T>
Shape<T> leaf(const LeafText& about, std::function<std::optional<T>(std::string_view)> parse) {
  auto read = [about, parse = std::move(parse)](const Cursor& at) -> std::optional<T> {
    std::optional<T> value;
    if (is_scalar(at.node(), about)) value = parse(at.node().scalar);
    if (!value) not_a_leaf(at, about);
    return value;
  };
  return {std::move(read), leaf_schema(about)};
}

// One of a few words.
template <class T>
Shape<T> choice(const std::vector<std::pair<std::string, T>>& words) {
  LeafText about;
  for (const auto& [word, value] : words) about.choices.push_back(word);
  about.expected = alternatives(about.choices);
  return leaf<T>(about, [words](std::string_view text) -> std::optional<T> {
    for (const auto& [word, value] : words) {
      if (word == text) return value;
    }
    return {};
  });
}

// A map with known keys. `describe(visitor, value)` names each key once; it is called with a Reader
// and with a SchemaWriter.
template <class T, class Describe>
Shape<T> object(std::string name, Describe describe) {
  auto read = [describe](const Cursor& at) -> std::optional<T> {
    if (!is_map(at)) return {};
    T value{};
    Reader reader(at);
    describe(reader, value);
    reader.finish();
    return value;
  };
  return {std::move(read), object_schema(std::move(name), [describe](SchemaWriter& writer) {
            T value{};
            describe(writer, value);
          })};
}

template <class T>
Shape<std::vector<T>> list_of(Shape<T> item) {
  auto read = [item](const Cursor& at) -> std::optional<std::vector<T>> {
    if (!is_list_with_unique_names(at)) return {};
    std::vector<T> values;
    for (const yaml::Node& node : at.node().list) {
      std::optional<T> value = item.read(at.child(node, item_name(at.node(), node)));
      if (value) values.push_back(std::move(*value));
    }
    return values;
  };
  return {std::move(read), list_schema(item.schema)};
}

// A map whose keys are names of the user's.
template <class T>
Shape<std::vector<T>> by_name(Shape<T> item) {
  auto read = [item](const Cursor& at) -> std::optional<std::vector<T>> {
    if (!is_map(at)) return {};
    std::vector<T> values;
    for (const auto& [key, node] : at.node().map) {
      std::optional<T> value = item.read(at.child(node, key.scalar));
      if (!value) continue;
      value->name = key.scalar;
      value->place = key.place;
      values.push_back(std::move(*value));
    }
    return values;
  };
  return {std::move(read), map_schema(item.schema)};
}

inline Shape<std::map<std::string, std::string>> text_map(Shape<std::string> item) {
  using Texts = std::map<std::string, std::string>;
  auto read = [item](const Cursor& at) -> std::optional<Texts> {
    if (!is_map(at)) return {};
    Texts values;
    for (const auto& [key, node] : at.node().map) {
      if (auto value = item.read(at.child(node, key.scalar)))
        values[key.scalar] = std::move(*value);
    }
    return values;
  };
  return {std::move(read), map_schema(item.schema)};
}

// A short form as a scalar, a long form as anything else.
template <class T>
Shape<T> short_or_long(Shape<T> scalar, Shape<T> full) {
  auto read = [scalar, full](const Cursor& at) {
    return at.node().kind == yaml::Node::Kind::map ? full.read(at) : scalar.read(at);
  };
  return {std::move(read), any_schema({scalar.schema, full.schema})};
}

// A map that has the key is of the one form, any other of the other.
template <class T>
Shape<T> with_or_without(const char* key, Shape<T> with, Shape<T> without) {
  auto read = [key, with, without](const Cursor& at) {
    return at.node().find(key) ? with.read(at) : without.read(at);
  };
  return {std::move(read), any_schema({with.schema, without.schema})};
}

// What was read, turned into what is meant; only if nothing was wrong with it.
template <class A, class B>
Shape<B> then(Shape<A> form, std::function<std::optional<B>(const A&, const Cursor&)> finish) {
  auto read = [form, finish = std::move(finish)](const Cursor& at) -> std::optional<B> {
    const std::size_t before = at.reading().problems.error_count();
    const std::optional<A> value = form.read(at);
    if (!value || at.reading().problems.error_count() != before) return {};
    return finish(*value, at);
  };
  return {std::move(read), form.schema};
}

}  // namespace thaw::scenario
