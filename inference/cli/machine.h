// Measurements of this process and this machine for bench and doctor.
#pragma once

#include <cstdint>
#include <string>

namespace inference::cli {

std::string cpuName();       // as the system calls it
std::uint64_t peakMemory();  // bytes, the most this process had resident
std::uint64_t totalMemory(); // bytes of the machine; 0 where it does not say

} // namespace inference::cli
