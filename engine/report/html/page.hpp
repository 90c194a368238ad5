// report.html: one file that asks nobody for anything, drawn by the browser from the data in it.
//
// The data stand in the page as JSON, word for word but for characters that could end their
// element (written \u003c, …); all text of a page is set from them. The same data give the same
// bytes. Errors: none; what is handed in is thaw's own JSON.
#pragma once

#include <string>
#include <string_view>

namespace thaw {

// Of one run, or of replications: summary.json and what run_data() makes.
std::string run_html(std::string_view summary_json, std::string_view run_data_json);

// Of policies held against each other: a thaw.compare/v1.
std::string comparison_html(std::string_view comparison_json);

}  // namespace thaw
