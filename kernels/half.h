// Half precision (IEEE 754 binary16) and bfloat16 to float and back, and FP8 e4m3 to float, in plain integer
// arithmetic: the same bits on every machine, no processor feature needed.
#pragma once

#include <bit>
#include <cstdint>

namespace kernels {

// Exact. Infinities stay, a NaN stays a NaN (its payload moves to the upper bits).
constexpr float halfToFloat(std::uint16_t half)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t mantissa = half & 0x3ffu;
    if (exponent == 0x1f)
        return std::bit_cast<float>(sign | 0x7f800000u | mantissa << 13);
    if (exponent != 0)
        return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
    // Zero or subnormal: mantissa * 2^-24, which a float holds exactly.
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}

// Rounds to the nearest, ties to even; above 65519.99... becomes infinity. A NaN becomes a quiet NaN.
constexpr std::uint16_t floatToHalf(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    const std::uint32_t sign = (bits >> 16) & 0x8000u;
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude > 0x7f800000u)
        return static_cast<std::uint16_t>(sign | 0x7e00u | ((magnitude >> 13) & 0x3ffu));
    if (magnitude >= 0x47800000u) // 65536 and above
        return static_cast<std::uint16_t>(sign | 0x7c00u);
    if (magnitude < 0x33000000u) // below 2^-25: zero. 2^-25 itself is a tie and goes to even, zero too.
        return static_cast<std::uint16_t>(sign);

    // The mantissa with its hidden bit, shifted so that the unit is the half's last place.
    const std::uint32_t exponent = magnitude >> 23;
    const bool subnormal = exponent < 113;
    const std::uint32_t shift = subnormal ? 126 - exponent : 13;
    const std::uint32_t mantissa = (magnitude & 0x7fffffu) | 0x800000u;
    std::uint32_t rounded = mantissa >> shift;
    const std::uint32_t rest = mantissa & ((1u << shift) - 1);
    const std::uint32_t tie = 1u << (shift - 1);
    if (rest > tie || (rest == tie && (rounded & 1u)))
        ++rounded;
    // A carry out of the mantissa rightly steps the exponent, also from subnormal to normal and to infinity.
    const std::uint32_t base = subnormal ? 0 : (exponent - 113) << 10;
    return static_cast<std::uint16_t>(sign | (base + rounded));
}

// Exact: a bfloat16 is the upper half of a float.
constexpr float bfloat16ToFloat(std::uint16_t bfloat)
{
    return std::bit_cast<float>(static_cast<std::uint32_t>(bfloat) << 16);
}

// Rounds to the nearest, ties to even. A NaN becomes a quiet NaN.
constexpr std::uint16_t floatToBfloat16(float value)
{
    const std::uint32_t bits = std::bit_cast<std::uint32_t>(value);
    if ((bits & 0x7fffffffu) > 0x7f800000u)
        return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
    return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16);
}

// Exact. S1111111 is NaN; there is no infinity.
constexpr float e4m3ToFloat(std::uint8_t byte)
{
    const std::uint32_t sign = static_cast<std::uint32_t>(byte & 0x80u) << 24;
    const std::uint32_t exponent = (byte >> 3) & 15u, mantissa = byte & 7u;
    if ((byte & 0x7fu) == 0x7fu)
        return std::bit_cast<float>(sign | 0x7fc00000u);
    if (exponent != 0)
        return std::bit_cast<float>(sign | (exponent + 120) << 23 | mantissa << 20);
    const float magnitude = static_cast<float>(mantissa) * 0x1p-9f; // zero or subnormal
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
}

} // namespace kernels
