#include "kernels/reference/parallel_for.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <vector>

namespace kernels {

void parallelFor(unsigned threads, std::size_t count,
                 const std::function<void(unsigned, std::size_t, std::size_t)> &body)
{
    const std::size_t parts = std::min<std::size_t>(std::max(threads, 1u), count);
    std::vector<std::thread> others;
    for (std::size_t part = 1; part < parts; ++part) {
        const std::size_t begin = count * part / parts, end = count * (part + 1) / parts;
        try {
            others.emplace_back(body, unsigned(part), begin, end);
        } catch (const std::system_error &) { // no more threads, or no memory for one
            body(unsigned(part), begin, end);
        } catch (const std::bad_alloc &) {
            body(unsigned(part), begin, end);
        }
    }
    if (count > 0)
        body(0, 0, count / parts);
    for (std::thread &thread : others)
        thread.join();
}

} // namespace kernels
