// Measurements of this process and this machine for bench and doctor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace inference::cli {

std::string cpuName();       // as the system calls it
std::uint64_t peakMemory();  // bytes, the most this process had resident
std::uint64_t totalMemory(); // bytes of the machine; 0 where it does not say

// "580.159.04" out of the first line of /proc/driver/nvidia/version; empty when there is none in it.
std::string nvidiaDriverVersion(std::string_view line);

} // namespace inference::cli
