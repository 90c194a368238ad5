#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "engine/scenario/units.hpp"
#include "policies/hpa/settings.hpp"

namespace thaw::hpa {
namespace {

struct Source {
  std::string_view type, field;  // "Resource", and the object that describes it
  MetricSource source;
};

constexpr Source kSources[] = {
    {"Resource", "resource", MetricSource::resource},
    {"ContainerResource", "containerResource", MetricSource::container_resource},
    {"Pods", "pods", MetricSource::pods},
    {"Object", "object", MetricSource::object},
    {"External", "external", MetricSource::external},
};

// One entry of spec.metrics, at `path`.
class MetricReader {
 public:
  MetricReader(const Params& params, ParamsReader& reader, std::string path)
      : params_(params), reader_(reader), path_(std::move(path)) {}

  Metric read() {
    std::vector<std::string> types;
    for (const Source& source : kSources) types.emplace_back(source.type);
    const std::string type = required("type");
    reader_.one_of(key("type"), "Resource", types);
    for (const Source& source : kSources) {
      if (source.type == type) return read_source(source);
    }
    return default_metric();
  }

 private:
  Metric read_source(const Source& source) {
    const std::string field(source.field);
    Metric metric;
    metric.ref.source = source.source;
    const bool resource = source.source == MetricSource::resource ||
                          source.source == MetricSource::container_resource;
    if (resource) {
      metric.ref.name = required(field + ".name");
      if (source.source == MetricSource::container_resource) {
        metric.ref.container = required(field + ".container");
      }
    } else {
      metric.ref.name = required(field + ".metric.name");
      metric.ref.selector = read_selector(key(field + ".metric.selector"));
    }
    if (source.source == MetricSource::object) {
      reader_.ignore(key("object.describedObject.apiVersion"));
      const std::string kind = required("object.describedObject.kind");
      metric.ref.object = kind + "/" + required("object.describedObject.name");
    }
    read_target(field + ".target", metric);
    return metric;
  }

  // Which of the three kinds of target the controller goes by, and its number.
  void read_target(const std::string& field, Metric& metric) {
    const std::string type = required(field + ".type");
    reader_.one_of(key(field + ".type"), "Value", {"Utilization", "Value", "AverageValue"});
    const auto value = quantity(field + ".value");
    const auto average = quantity(field + ".averageValue");
    const auto utilization = per_cent(field + ".averageUtilization");
    const auto take = [&](TargetType taken, const char* name, std::optional<std::int64_t> number) {
      metric.type = taken;
      metric.target = number.value_or(1);
      if (!number && !params_.has(key(field + name))) reader_.error(key(field + name), "missing");
    };
    const auto not_both = [&](bool both, const char* name, const std::string& other) {
      if (both) reader_.error(key(field + name), "only one of " + other + " may be set");
    };
    switch (metric.ref.source) {
      case MetricSource::object:
        if (type == "AverageValue") {
          take(TargetType::average_value, ".averageValue", average);
        } else {
          take(TargetType::value, ".value", value);
        }
        break;
      case MetricSource::external:
        not_both(value && average, ".value", "value and averageValue");
        if (average || !value) {
          take(TargetType::average_value, ".averageValue", average);
        } else {
          take(TargetType::value, ".value", value);
        }
        break;
      case MetricSource::pods:
        take(TargetType::average_value, ".averageValue", average);
        break;
      default:
        not_both(utilization && average, ".averageUtilization",
                 "averageUtilization and averageValue");
        if (average) {
          take(TargetType::average_value, ".averageValue", average);
        } else {
          take(TargetType::utilization, ".averageUtilization", utilization);
        }
    }
  }

  // "gpu=a,zone in (b,c)": terms sorted by key, as the metrics API is asked.
  std::string read_selector(const std::string& path) {
    std::vector<std::string> terms;
    const std::string labels = path + ".matchLabels.";
    for (const auto& [name, entry] : params_.entries()) {
      if (!name.starts_with(labels)) continue;
      reader_.ignore(name);
      terms.push_back(name.substr(labels.size()) + "=" + entry.value);
    }
    for (std::size_t i = 0;; ++i) {
      const std::string one = path + ".matchExpressions." + std::to_string(i);
      if (!has_any(params_, one)) break;
      terms.push_back(read_expression(one));
    }
    std::sort(terms.begin(), terms.end());
    std::string selector;
    for (const std::string& term : terms) selector += (selector.empty() ? "" : ",") + term;
    return selector;
  }

  std::string read_expression(const std::string& path) {
    const std::string label = reader_.text(path + ".key", "");
    if (label.empty()) reader_.error(path + ".key", "missing");
    const std::string how =
        reader_.one_of(path + ".operator", "", {"In", "NotIn", "Exists", "DoesNotExist"});
    std::string values;
    for (const std::string& value : reader_.items(path + ".values")) {
      values += (values.empty() ? "" : ",") + value;
    }
    if (how == "In") return label + " in (" + values + ")";
    if (how == "NotIn") return label + " notin (" + values + ")";
    if (how == "DoesNotExist") return "!" + label;
    if (how.empty()) reader_.error(path + ".operator", "missing");
    return label;
  }

  std::string key(const std::string& field) const { return path_ + "." + field; }

  std::string required(const std::string& field) {
    const std::string text = reader_.text(key(field), "");
    if (text.empty()) reader_.error(key(field), "missing");
    return text;
  }

  std::optional<std::int64_t> quantity(const std::string& field) {
    const std::string text = reader_.text(key(field), "");
    if (!params_.has(key(field))) return {};
    const auto milli = units::kubernetes_milli(text);
    if (milli && *milli > 0) return milli;
    reader_.error(key(field), "expected a quantity above 0 such as 500m, found \"" + text + "\"");
    return {};
  }

  std::optional<std::int64_t> per_cent(const std::string& field) {
    const std::int64_t number =
        reader_.integer(key(field), 1, 1, std::numeric_limits<std::int32_t>::max());
    return params_.has(key(field)) ? std::optional(number) : std::nullopt;
  }

  const Params& params_;
  ParamsReader& reader_;
  std::string path_;
};

}  // namespace

std::vector<Metric> read_metrics(const Params& params, ParamsReader& reader) {
  std::vector<Metric> metrics;
  for (std::size_t i = 0;; ++i) {
    const std::string path = "metrics." + std::to_string(i);
    if (!has_any(params, path)) break;
    metrics.push_back(MetricReader(params, reader, path).read());
  }
  if (const Params::Entry* none = params.find("metrics"); none && none->value == "[]") {
    reader.ignore("metrics");
  }
  if (metrics.empty()) metrics.push_back(default_metric());
  return metrics;
}

}  // namespace thaw::hpa
