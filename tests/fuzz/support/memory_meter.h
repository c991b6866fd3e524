// How much memory the program has allocated: the most at one time since a point. Counts what goes through
// operator new, or, under a sanitizer, through its allocator.
#pragma once

#include <cstddef>

namespace fuzz {

std::size_t allocatedBytes();
// From now on: peakBytes() is the most above what is allocated at this moment.
void resetPeak();
std::size_t peakBytes();

} // namespace fuzz
