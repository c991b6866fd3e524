// Measurements of this process and this machine for bench and doctor.
#pragma once

#include <cstdint>
#include <string>

namespace inference::cli {

std::string cpuName();       // as the system calls it
std::uint64_t peakMemory();  // bytes, the most this process had resident
std::uint64_t totalMemory(); // bytes of the machine; 0 where it does not say

// Ceilings, measured now (about a second): bytes read from memory, and int8 multiply-add operations (two a
// product), on `threads` threads (0: physical cores). 0 where this build cannot measure.
double readBandwidth(unsigned threads);
double int8Rate(unsigned threads);

} // namespace inference::cli
