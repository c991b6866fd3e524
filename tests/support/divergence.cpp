#include "tests/support/divergence.h"

#include <algorithm>
#include <cmath>

namespace test {

namespace {

double logSumExp(std::span<const float> row)
{
    const double largest = double(*std::max_element(row.begin(), row.end()));
    double sum = 0;
    for (const float value : row)
        sum += std::exp(double(value) - largest);
    return largest + std::log(sum);
}

} // namespace

double meanDivergence(std::span<const float> expected, std::span<const float> found, std::size_t vocabulary)
{
    double sum = 0;
    const std::size_t rows = expected.size() / vocabulary;
    for (std::size_t row = 0; row < rows; ++row) {
        const auto p = expected.subspan(row * vocabulary, vocabulary), q = found.subspan(row * vocabulary, vocabulary);
        const double totalP = logSumExp(p), totalQ = logSumExp(q);
        for (std::size_t i = 0; i < vocabulary; ++i) {
            const double logP = double(p[i]) - totalP, logQ = double(q[i]) - totalQ;
            sum += std::exp(logP) * (logP - logQ);
        }
    }
    return sum / double(rows);
}

} // namespace test
