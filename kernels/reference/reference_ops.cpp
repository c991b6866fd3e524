#include "kernels/reference/reference_ops.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace kernels::reference {

namespace {

// A vector type of the compiler (gcc and clang): lanes that stay lanes at every optimisation level.
typedef float Lanes __attribute__((vector_size(16)));

Lanes load(const float *from)
{
    Lanes lanes;
    std::memcpy(&lanes, from, sizeof(lanes));
    return lanes;
}

} // namespace

double dot(const float *a, const float *b, std::size_t n)
{
    constexpr std::size_t kStride = 16, kRun = 256;
    double sum = 0;
    std::size_t j = 0;
    const std::size_t whole = n - n % kStride;
    while (j < whole) {
        Lanes s0{}, s1{}, s2{}, s3{};
        for (const std::size_t end = std::min(whole, j + kRun); j < end; j += kStride) {
            s0 += load(a + j) * load(b + j);
            s1 += load(a + j + 4) * load(b + j + 4);
            s2 += load(a + j + 8) * load(b + j + 8);
            s3 += load(a + j + 12) * load(b + j + 12);
        }
        const Lanes s = (s0 + s1) + (s2 + s3);
        sum += (double(s[0]) + double(s[1])) + (double(s[2]) + double(s[3]));
    }
    for (; j < n; ++j)
        sum += double(a[j]) * double(b[j]);
    return sum;
}

void rmsNorm(std::span<const float> x, std::span<const float> norm, float epsilon, float *out)
{
    double squares = 0;
    for (const float value : x)
        squares += double(value) * double(value);
    const double scale = 1 / std::sqrt(squares / double(x.size()) + double(epsilon));
    for (std::size_t j = 0; j < x.size(); ++j)
        out[j] = float(double(x[j]) * scale * double(norm[j]));
}

void rotationOf(std::uint32_t position, std::span<const float> inverseFrequencies, float amplitude,
                float *cosines, float *sines)
{
    for (std::size_t i = 0; i < inverseFrequencies.size(); ++i) {
        const double angle = double(position) * double(inverseFrequencies[i]);
        cosines[i] = float(double(amplitude) * std::cos(angle));
        sines[i] = float(double(amplitude) * std::sin(angle));
    }
}

void rotateHead(std::span<float> head, RopePairs pairs, const float *cosines, const float *sines)
{
    const std::size_t half = head.size() / 2;
    for (std::size_t i = 0; i < half; ++i) {
        float &first = pairs == RopePairs::Adjacent ? head[2 * i] : head[i];
        float &second = pairs == RopePairs::Adjacent ? head[2 * i + 1] : head[i + half];
        const float a = first, b = second;
        first = a * cosines[i] - b * sines[i];
        second = a * sines[i] + b * cosines[i];
    }
}

double silu(double z)
{
    return z / (1 + std::exp(-z));
}

void softmax(std::span<double> scores)
{
    const double largest = *std::max_element(scores.begin(), scores.end());
    double sum = 0; // NaN where a score is not finite
    for (double &score : scores) {
        sum += score * 0;
        score = std::exp(score - largest);
        sum += score;
    }
    for (double &score : scores)
        score /= sum;
}

} // namespace kernels::reference
