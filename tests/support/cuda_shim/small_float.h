// Bits of floats of 16 bits: conversions that round to nearest, ties to even, and a fused multiply-add
// rounded once.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

namespace shim {

// NaN becomes CUDA's canonical one, 0x7fff, in either format.
inline std::uint16_t halfBits(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint16_t sign = std::uint16_t(bits >> 16 & 0x8000);
    const std::uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return 0x7fff;
    if (magnitude >= 0x477ff000) // 65520, half way to what would follow the largest
        return sign | 0x7c00;
    if (magnitude < 0x38800000) { // subnormal: adding 0.5 leaves units of 2^-24 in the lowest bits, rounded
        const float shifted = std::bit_cast<float>(magnitude) + 0.5f;
        return sign | std::uint16_t(std::bit_cast<std::uint32_t>(shifted) - 0x3f000000);
    }
    const std::uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
    return sign | std::uint16_t((rounded - 0x38000000) >> 13);
}

inline float halfValue(std::uint16_t half)
{
    const std::uint32_t sign = std::uint32_t(half & 0x8000) << 16;
    const std::uint32_t magnitude = half & 0x7fff;
    if (magnitude >= 0x7c00)
        return std::bit_cast<float>(sign | 0x7f800000 | (magnitude & 0x3ff) << 13);
    // 2^112 brings the exponent of a half to that of a float, subnormals included.
    const float value = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
}

inline std::uint16_t bfloatBits(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffff) > 0x7f800000)
        return 0x7fff;
    return std::uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

inline float bfloatValue(std::uint16_t bfloat)
{
    return std::bit_cast<float>(std::uint32_t(bfloat) << 16);
}

// `exact` as a float that still rounds to 16 bits as the double would: where it lies between two floats, the
// one whose last bit is 1.
inline float oddFloat(double exact)
{
    const float near = float(exact);
    if (!std::isfinite(near) || double(near) == exact || std::bit_cast<std::uint32_t>(near) & 1)
        return near;
    return std::nextafter(near, double(near) < exact ? HUGE_VALF : -HUGE_VALF);
}

// a * b + c for numbers of 16 bits, as a float that rounds to 16 bits as the exact sum would.
inline float fusedForNarrowing(float a, float b, float c)
{
    const double product = double(a) * double(b); // exact: at most 22 bits
    double sum = product + double(c);
    if (!std::isfinite(sum))
        return float(sum);
    const double part = sum - product;
    const double lost = (product - (sum - part)) + (double(c) - part);
    if (lost != 0 && !(std::bit_cast<std::uint64_t>(sum) & 1))
        sum = std::nextafter(sum, lost > 0 ? HUGE_VAL : -HUGE_VAL);
    return oddFloat(sum);
}

} // namespace shim
