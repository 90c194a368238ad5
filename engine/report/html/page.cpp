#include "engine/report/html/page.hpp"

#include <nlohmann/json.hpp>
#include <span>
#include <utility>
#include <vector>

#include "engine/report/html/assets.hpp"

namespace thaw {
namespace {

// Inside an element that holds JSON. Each of these stands in strings alone, where JSON may write
// it as its code.
std::string harmless(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i);
    if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
      out += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
    } else if (rest.front() == '<') {
      out += "\\u003c";
    } else if (rest.front() == '>') {
      out += "\\u003e";
    } else if (rest.front() == '&') {
      out += "\\u0026";
    } else {
      out += rest.front();
    }
  }
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string joined(std::span<const std::string_view> texts) {
  std::string out;
  for (const std::string_view text : texts) (out += text) += "\n";
  return out;
}

std::string title_of(std::string_view json) {
  const auto parsed = nlohmann::json::parse(json);
  return escaped(parsed.value("scenario", "")) + " · thaw";
}

using Data = std::vector<std::pair<std::string_view, std::string_view>>;  // an element's id, JSON

std::string data_elements(const Data& data) {
  std::string out;
  for (const auto& [id, json] : data) {
    out += "<script type=\"application/json\" id=\"" + std::string(id) + "\">" + harmless(json);
    out += "</script>\n";
  }
  return out;
}

// The template with its {{places}} filled, in one pass: what is put in is not looked at again.
std::string page(const std::string& title, const Data& data) {
  const std::pair<std::string_view, std::string> places[] = {
      {"{{title}}", title},
      {"{{styles}}", joined(html::styles())},
      {"{{licence}}", escaped(html::licence())},
      {"{{data}}", data_elements(data)},
      {"{{library}}", joined(html::drawing_library())},
      {"{{scripts}}", joined(html::scripts())}};
  std::string out;
  std::string_view rest = html::page_template();
  for (const auto& [place, text] : places) {
    const std::size_t at = rest.find(place);
    (out += rest.substr(0, at)) += text;
    rest.remove_prefix(at + place.size());
  }
  return out += rest;
}

}  // namespace

std::string run_html(std::string_view summary_json, std::string_view run_data_json) {
  return page(title_of(summary_json), {{"summary", summary_json}, {"run", run_data_json}});
}

std::string comparison_html(std::string_view comparison_json) {
  return page(title_of(comparison_json), {{"comparison", comparison_json}});
}

}  // namespace thaw
