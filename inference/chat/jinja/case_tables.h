// Upper, lower and title case of characters, as Python's str methods have them.
#pragma once

#include <cstdint>
#include <span>

namespace inference::jinja {

// Characters first, first + step .. last, each changed by adding `distance`.
struct CaseRun
{
    std::uint32_t first, last, step;
    std::int32_t distance;
};

struct CaseSeveral
{
    std::uint32_t character;
    const char *becomes; // UTF-8
};

struct CaseTable
{
    std::span<const CaseRun> runs; // sorted
    std::span<const CaseSeveral> several;
};

extern const CaseTable kUpper, kLower, kTitle;

} // namespace inference::jinja
