#include "engine/report/comparison_chart.hpp"

#include <algorithm>
#include <cmath>

#include "engine/math.hpp"
#include "engine/report/table.hpp"

namespace thaw {
namespace {

constexpr int kWidth = 60, kHeight = 14;
constexpr double kLogarithmicFrom = 10;

// Where a value stands between the ends of its axis.
class Axis {
 public:
  Axis(double least, double most)
      : logarithmic_(least > 0 && most / least > kLogarithmicFrom),
        low_(logarithmic_ ? least : 0),
        high_(most) {}

  int cell(double value, int cells) const {
    if (at(high_) <= at(low_)) return cells / 2;
    const double share = (at(value) - at(low_)) / (at(high_) - at(low_));
    return std::clamp(static_cast<int>(std::lround(share * (cells - 1))), 0, cells - 1);
  }
  double low() const { return low_; }
  double high() const { return high_; }
  const char* words() const { return logarithmic_ ? ", logarithmic" : ""; }

 private:
  double at(double value) const { return logarithmic_ ? math::log(value) : value; }

  bool logarithmic_;
  double low_, high_;
};

struct Cell {
  int column = 0, row = 0;
  bool operator==(const Cell&) const = default;
};

std::string padded(const std::string& text, std::size_t width) {
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

}  // namespace

std::string draw(const Chart& chart) {
  if (chart.points.empty()) return "";
  double left = chart.points.front().x, right = left, bottom = chart.points.front().y, top = bottom;
  for (const ChartPoint& point : chart.points) {
    left = std::min(left, point.x), right = std::max(right, point.x);
    bottom = std::min(bottom, point.y), top = std::max(top, point.y);
  }
  if (chart.line) left = std::min(left, *chart.line), right = std::max(right, *chart.line);
  const Axis across(left, right), up(bottom, top);
  std::vector<std::vector<std::string>> cells(kHeight, std::vector<std::string>(kWidth, " "));
  if (chart.line)
    for (auto& row : cells)
      row[static_cast<std::size_t>(across.cell(*chart.line, kWidth))] =
          painted("|", chart.colour ? Colour::cyan : Colour::none);
  std::vector<Cell> taken;
  std::vector<std::string> meeting;  // the letters of each taken cell
  for (const ChartPoint& point : chart.points) {
    const Cell cell{across.cell(point.x, kWidth), kHeight - 1 - up.cell(point.y, kHeight)};
    const auto same = std::find(taken.begin(), taken.end(), cell);
    if (same != taken.end()) {
      meeting[static_cast<std::size_t>(same - taken.begin())] += point.letter;
      continue;
    }
    taken.push_back(cell);
    meeting.emplace_back(1, point.letter);
    const Colour colour = point.front ? Colour::green : Colour::dim;
    cells[static_cast<std::size_t>(cell.row)][static_cast<std::size_t>(cell.column)] =
        painted(std::string(1, point.letter), chart.colour ? colour : Colour::none);
  }
  const std::string highest = chart.y_words(up.high()), lowest = chart.y_words(up.low());
  const std::size_t margin = std::max(highest.size(), lowest.size());
  std::string out = "  " + chart.y_name + up.words() + "\n";
  for (int row = 0; row < kHeight; ++row) {
    std::string line;
    for (const std::string& cell : cells[static_cast<std::size_t>(row)]) line += cell;
    line.erase(line.find_last_not_of(' ') + 1);
    const std::string label = row == 0 ? highest : row == kHeight - 1 ? lowest : "";
    out += "  " + padded(label, margin) + " │" + line + "\n";
  }
  std::string axis;
  for (int i = 0; i < kWidth; ++i) axis += "─";
  const std::string from = chart.x_words(across.low()), to = chart.x_words(across.high());
  out += "  " + std::string(margin, ' ') + " └" + axis + "\n";
  out += "  " + std::string(margin + 2, ' ') + from +
         padded(to, static_cast<std::size_t>(kWidth) - from.size()) + "  " + chart.x_name +
         across.words() + "\n";
  for (const std::string& letters : meeting) {
    if (letters.size() == 1) continue;
    out += "  at " + letters.substr(0, 1) + " too:";
    for (const char letter : letters.substr(1)) out += std::string(" ") + letter;
    out += "\n";
  }
  return out;
}

}  // namespace thaw
