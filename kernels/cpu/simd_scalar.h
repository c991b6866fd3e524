// Vectors of 4 lanes in plain C++: every processor, and the reading key of the other simd_*.h.
//
// VF holds floats, VI 32-bit integers, VB 16 bytes seen as 4 groups of 4. fma() is fused: all instruction sets round alike.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace kernels::KERNELS_ISA {

inline constexpr int kLanes = 4;
inline constexpr int kTile = 4;        // tokens of one register tile
inline constexpr bool kHasVnni = true; // dot() takes all 8 bits of an unsigned byte

struct VF
{
    float v[4];
};
struct VI
{
    std::int32_t v[4];
};
using VB = VI;

#define KERNELS_LANES(expression)                                                                                      \
    for (int i = 0; i < 4; ++i)                                                                                        \
    r.v[i] = (expression)

static inline VF zeroF()
{
    return {};
}
static inline VF set1(float x)
{
    VF r;
    KERNELS_LANES(x);
    return r;
}
static inline VF loadF(const float *p)
{
    VF r;
    std::memcpy(&r, p, sizeof r);
    return r;
}
static inline void storeF(float *p, VF a)
{
    std::memcpy(p, &a, sizeof a);
}
static inline VF add(VF a, VF b)
{
    VF r;
    KERNELS_LANES(a.v[i] + b.v[i]);
    return r;
}
static inline VF sub(VF a, VF b)
{
    VF r;
    KERNELS_LANES(a.v[i] - b.v[i]);
    return r;
}
static inline VF mul(VF a, VF b)
{
    VF r;
    KERNELS_LANES(a.v[i] * b.v[i]);
    return r;
}
static inline VF div(VF a, VF b)
{
    VF r;
    KERNELS_LANES(a.v[i] / b.v[i]);
    return r;
}
static inline VF fma(VF a, VF b, VF c)
{
    VF r;
    KERNELS_LANES(__builtin_fmaf(a.v[i], b.v[i], c.v[i]));
    return r;
}
static inline VF maxF(VF a, VF b)
{
    VF r;
    KERNELS_LANES(a.v[i] > b.v[i] ? a.v[i] : b.v[i]);
    return r;
}
static inline VF minF(VF a, VF b)
{
    VF r;
    KERNELS_LANES(a.v[i] < b.v[i] ? a.v[i] : b.v[i]);
    return r;
}
static inline VF absF(VF a)
{
    VF r;
    KERNELS_LANES(__builtin_fabsf(a.v[i]));
    return r;
}
static inline VI roundToInt(VF a)
{
    VI r;
    KERNELS_LANES(static_cast<std::int32_t>(__builtin_rintf(a.v[i])));
    return r;
}
static inline VF toFloat(VI a)
{
    VF r;
    KERNELS_LANES(static_cast<float>(a.v[i]));
    return r;
}
static inline float sumF(VF a)
{
    return (a.v[0] + a.v[2]) + (a.v[1] + a.v[3]);
}
static inline float maxLane(VF a)
{
    const VF r = maxF(a, VF{{a.v[2], a.v[3], a.v[0], a.v[1]}});
    return r.v[0] > r.v[1] ? r.v[0] : r.v[1];
}
// 2^n for whole n in [-126, 127]
static inline VF exponent(VI n)
{
    VF r;
    for (int i = 0; i < 4; ++i) {
        const std::int32_t bits = (n.v[i] + 127) << 23;
        std::memcpy(&r.v[i], &bits, 4);
    }
    return r;
}

static inline VI zeroI()
{
    return {};
}
static inline VI set1I(std::int32_t x)
{
    VI r;
    KERNELS_LANES(x);
    return r;
}
static inline VB loadB(const void *p)
{
    VB r;
    std::memcpy(&r, p, sizeof r);
    return r;
}
static inline void storeB(void *p, VB a)
{
    std::memcpy(p, &a, sizeof a);
}
static inline VI addI(VI a, VI b)
{
    VI r;
    KERNELS_LANES(static_cast<std::int32_t>(static_cast<std::uint32_t>(a.v[i]) + static_cast<std::uint32_t>(b.v[i])));
    return r;
}
static inline VB andB(VB a, VB b)
{
    VB r;
    KERNELS_LANES(a.v[i] & b.v[i]);
    return r;
}
static inline VB orB(VB a, VB b)
{
    VB r;
    KERNELS_LANES(a.v[i] | b.v[i]);
    return r;
}
static inline VB xorB(VB a, VB b)
{
    VB r;
    KERNELS_LANES(a.v[i] ^ b.v[i]);
    return r;
}
template <int n> static inline VI shiftRight(VI a)
{
    VI r;
    KERNELS_LANES(static_cast<std::int32_t>(static_cast<std::uint32_t>(a.v[i]) >> n));
    return r;
}
template <int n> static inline VI shiftLeft(VI a)
{
    VI r;
    KERNELS_LANES(static_cast<std::int32_t>(static_cast<std::uint32_t>(a.v[i]) << n));
    return r;
}
static inline VI mulI(VI a, VI b)
{
    VI r;
    KERNELS_LANES(static_cast<std::int32_t>(static_cast<std::uint32_t>(a.v[i]) * static_cast<std::uint32_t>(b.v[i])));
    return r;
}
// Sign-extends byte n of each lane.
template <int n> static inline VI signedByte(VI a)
{
    VI r;
    KERNELS_LANES(static_cast<std::int8_t>(static_cast<std::uint32_t>(a.v[i]) >> (8 * n)));
    return r;
}

static inline float halfToFloat(std::uint16_t h)
{
    const std::uint32_t sign = std::uint32_t(h & 0x8000u) << 16;
    const std::uint32_t exponentBits = (h >> 10) & 31, mantissa = h & 1023u;
    std::uint32_t bits;
    if (exponentBits == 31) {
        bits = sign | 0x7f800000u | (mantissa << 13);
    } else if (exponentBits) {
        bits = sign | ((exponentBits + 112) << 23) | (mantissa << 13);
    } else {
        const float value = static_cast<float>(mantissa) * 0x1p-24f;
        std::memcpy(&bits, &value, 4);
        bits |= sign;
    }
    float value;
    std::memcpy(&value, &bits, 4);
    return value;
}
static inline std::uint16_t floatToHalf(float x)
{
    std::uint32_t bits;
    std::memcpy(&bits, &x, 4);
    const std::uint16_t sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000u);
    const std::uint32_t magnitude = bits & 0x7fffffffu;
    if (magnitude >= 0x47800000u) // too large, infinite or NaN: callers clamp first
        return static_cast<std::uint16_t>(sign | (magnitude > 0x7f800000u ? 0x7e00u : 0x7c00u));
    if (magnitude < 0x38800000u) { // subnormal half: let the adder of floats round
        float value;
        std::memcpy(&value, &magnitude, 4);
        value += 0.5f;
        std::uint32_t rounded;
        std::memcpy(&rounded, &value, 4);
        return static_cast<std::uint16_t>(sign | (rounded - 0x3f000000u));
    }
    const std::uint32_t odd = (magnitude >> 13) & 1u;
    return static_cast<std::uint16_t>(sign | ((magnitude - 0x38000000u + 0xfffu + odd) >> 13));
}
static inline VF loadHalf(const std::uint16_t *p)
{
    VF r;
    KERNELS_LANES(halfToFloat(p[i]));
    return r;
}
static inline void storeHalf(std::uint16_t *p, VF a)
{
    for (int i = 0; i < 4; ++i)
        p[i] = floatToHalf(a.v[i]);
}
// Halves in the low and in the high 16 bits of each lane.
static inline VF halfLow(VI a)
{
    VF r;
    KERNELS_LANES(halfToFloat(static_cast<std::uint16_t>(static_cast<std::uint32_t>(a.v[i]) & 0xffffu)));
    return r;
}
static inline VF halfHigh(VI a)
{
    VF r;
    KERNELS_LANES(halfToFloat(static_cast<std::uint16_t>(static_cast<std::uint32_t>(a.v[i]) >> 16)));
    return r;
}

// acc[lane] += sum over 4 bytes of unsigned weight * signed activation
static inline VI dot(VI acc, VB weights, std::int32_t activations)
{
    VI r;
    for (int i = 0; i < 4; ++i) {
        std::int32_t sum = acc.v[i];
        for (int b = 0; b < 4; ++b)
            sum += static_cast<std::int32_t>((static_cast<std::uint32_t>(weights.v[i]) >> (8 * b)) & 255u)
                * static_cast<std::int8_t>(static_cast<std::uint32_t>(activations) >> (8 * b));
        r.v[i] = sum;
    }
    return r;
}
static inline VI dotSigned(VI acc, VB weights, std::int32_t activations)
{
    VI r;
    for (int i = 0; i < 4; ++i) {
        std::int32_t sum = acc.v[i];
        for (int b = 0; b < 4; ++b)
            sum += static_cast<std::int8_t>(static_cast<std::uint32_t>(weights.v[i]) >> (8 * b))
                * static_cast<std::int8_t>(static_cast<std::uint32_t>(activations) >> (8 * b));
        r.v[i] = sum;
    }
    return r;
}

// 16 bytes of each of kLanes rows, transposed: out[j] holds bytes 4j .. 4j + 3 of every row, a row to a lane.
static inline void loadTransposed(const std::uint8_t *base, std::size_t stride, VB out[4])
{
    for (int row = 0; row < 4; ++row)
        for (int j = 0; j < 4; ++j)
            std::memcpy(&out[j].v[row], base + std::size_t(row) * stride + 4 * std::size_t(j), 4);
}

static inline void prefetch(const void *) {}

#undef KERNELS_LANES

} // namespace kernels::KERNELS_ISA
