#include "inference/cli/machine.h"

#include <algorithm>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace inference::cli {

std::string cpuName()
{
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (line.starts_with("model name")) {
            const std::size_t colon = line.find(": ");
            return colon == std::string::npos ? line : line.substr(colon + 2);
        }
    }
    return "unknown";
}

std::uint64_t peakMemory()
{
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return std::uint64_t(usage.ru_maxrss) * 1024;
}

std::uint64_t totalMemory()
{
    const long pages = ::sysconf(_SC_PHYS_PAGES), pageBytes = ::sysconf(_SC_PAGESIZE);
    return pages > 0 && pageBytes > 0 ? std::uint64_t(pages) * std::uint64_t(pageBytes) : 0;
}

std::string nvidiaDriverVersion(std::string_view line)
{
    // a word of digits and dots with a dot in it; the kernel's or the compiler's version stand behind
    std::size_t at = 0;
    while (at < line.size()) {
        const std::size_t end = std::min(line.find(' ', at), line.size());
        const std::string_view word = line.substr(at, end - at);
        if (word.find('.') != word.npos && word.find_first_not_of("0123456789.") == word.npos)
            return std::string(word);
        at = end + 1;
    }
    return {};
}

} // namespace inference::cli
