// Runs the blocks of a kernel one after the other, each with all its lanes, in an order that the test
// chooses.
#pragma once

#include "tests/support/cuda_shim/lanes.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace shim {

// In which order lanes get their turns between two meetings, and blocks theirs. A kernel without a needed
// barrier gives other results in another order.
struct RunOrder
{
    enum Kind { Ascending, Descending, Shuffled } kind = Ascending;
    std::uint64_t seed = 1; // of Shuffled
};

struct KernelRun
{
    std::function<void()> body;   // the kernel, called once by every lane
    const void *kernel = nullptr; // its address, for its name and for what it has in shared memory
    dim3 grid, block;
    std::size_t dynamicShared = 0;
};

// What went wrong, in a sentence, or nothing. Called by one thread at a time.
std::optional<std::string> runKernel(const KernelRun &run, const RunOrder &order);

// Lanes that got a turn since the program began; a measure of what a test costs.
std::uint64_t laneSwitches();

} // namespace shim
