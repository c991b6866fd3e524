// A loop cut over a few threads: all the parallelism that the reference path has.
#pragma once

#include <cstddef>
#include <functional>

namespace kernels {

// Calls body(worker, begin, end) for contiguous parts of 0 .. count, each on a thread of its own, and returns
// when all are done. worker is below `threads`: the number of a part's scratch memory. Runs on the calling
// thread what the system gives no thread for. body must not throw.
void parallelFor(unsigned threads, std::size_t count,
                 const std::function<void(unsigned worker, std::size_t begin, std::size_t end)> &body);

} // namespace kernels
