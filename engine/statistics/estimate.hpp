#pragma once
#include <cstddef>
#include <vector>
namespace thaw { struct Estimate { double mean=0, low=0, high=0; std::size_t n=0; };
inline Estimate estimate(const std::vector<double>& v) { double s=0; for (double x: v) s+=x; double m=s/(double)v.size(); return {m,m,m,v.size()}; } }
