// Lists of tokens for tests of what caches them.
#pragma once

#include "kernels/backend.h"

#include <cstddef>
#include <numeric>
#include <vector>

namespace test {

using Tokens = std::vector<kernels::TokenId>;

// first, first + 1, ...
inline Tokens count(kernels::TokenId first, std::size_t tokens)
{
    Tokens result(tokens);
    std::iota(result.begin(), result.end(), first);
    return result;
}

inline Tokens operator+(Tokens a, const Tokens &b)
{
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

} // namespace test
