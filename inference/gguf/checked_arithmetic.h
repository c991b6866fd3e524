// Arithmetic on numbers that come from a file: the one place where they are added, multiplied or rounded up.
#pragma once

#include <cstdint>
#include <optional>

namespace inference {

// Nothing when the result does not fit 64 bits.
inline std::optional<std::uint64_t> checkedAdd(std::uint64_t a, std::uint64_t b)
{
    std::uint64_t sum = 0;
    return __builtin_add_overflow(a, b, &sum) ? std::nullopt : std::optional(sum);
}

inline std::optional<std::uint64_t> checkedMultiply(std::uint64_t a, std::uint64_t b)
{
    std::uint64_t product = 0;
    return __builtin_mul_overflow(a, b, &product) ? std::nullopt : std::optional(product);
}

// The next multiple of a power of two; value itself when it is one.
inline std::optional<std::uint64_t> checkedAlignUp(std::uint64_t value, std::uint64_t alignment)
{
    const std::optional<std::uint64_t> up = checkedAdd(value, alignment - 1);
    return up ? std::optional(*up & ~(alignment - 1)) : std::nullopt;
}

} // namespace inference
