// e^x in plain arithmetic, the same bits on every machine.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF // a fused product would change the draw from machine to machine
#endif

namespace inference {

// e^x for x <= 0, relative error below 1e-6, 0 below -87. Plain multiplications and additions in a fixed
// order, so that every machine gets the same bits (the C library's expf differs between machines); written to
// be vectorised.
inline float exponential(float x)
{
    const float clamped = x < -87.0f ? -87.0f : x;
    const float scaled = clamped * 1.44269504f;
    const std::int32_t whole = static_cast<std::int32_t>(scaled - 0.5f); // rounds to nearest for scaled <= 0
    const float n = static_cast<float>(whole);
    const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f; // ln 2 in two parts (Cephes)
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const float power = std::bit_cast<float>((whole + 127) << 23);
    return x < -87.0f ? 0.0f : p * power;
}

// Of e^(logit - greatest), in one fixed order of additions.
inline double sumOfExponentials(std::span<const float> logits, float greatest)
{
    float lanes[8] = {};
    double sum = 0;
    std::size_t i = 0;
    while (i + 8 <= logits.size()) {
        const std::size_t end = std::min(logits.size(), i + 4096); // short runs: float sums stay exact enough
        for (; i + 8 <= end; i += 8) {
            for (std::size_t j = 0; j < 8; ++j)
                lanes[j] += exponential(logits[i + j] - greatest);
        }
        for (float &lane : lanes) {
            sum += double(lane);
            lane = 0;
        }
    }
    for (; i < logits.size(); ++i)
        sum += double(exponential(logits[i] - greatest));
    return sum;
}

} // namespace inference
