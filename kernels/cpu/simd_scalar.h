// Vectors of 4 lanes in plain C++ with the vector types of g++ and clang, which name no instruction set: every processor, and the
// reading key of the other simd_*.h. (Arrays of lanes come to the same and take minutes to compile.)
//
// VF holds floats, VI 32-bit integers, VB 16 bytes seen as 4 groups of 4. fma() is fused: all instruction sets round alike.
#pragma once

#include "kernels/half.h"

#include <cstdint>
#include <cstring>

namespace kernels::KERNELS_ISA {

inline constexpr int kLanes = 4;
} // namespace kernels::KERNELS_ISA

#include "kernels/cpu/rows.inl.h"

namespace kernels::KERNELS_ISA {

inline constexpr int kTile = 4;        // tokens of one register tile
inline constexpr bool kDotsFromMemory = false;
inline constexpr std::uint32_t kDirectTokens = 9, kDirectTile = 3;
inline constexpr int kPairTile = 0;
inline constexpr bool kHasVnni = true; // dot() takes all 8 bits of an unsigned byte

typedef float LanesF __attribute__((vector_size(16)));
typedef std::int32_t LanesI __attribute__((vector_size(16)));
typedef std::uint32_t LanesU __attribute__((vector_size(16)));
struct VF
{
    LanesF v;
};
struct VI
{
    LanesI v;
};
using VB = VI;

// Signed lanes may not overflow; unsigned ones wrap.
KERNELS_INLINE LanesU lanesU(VI a)
{
    return reinterpret_cast<LanesU>(a.v);
}
KERNELS_INLINE VI fromU(LanesU a)
{
    return {reinterpret_cast<LanesI>(a)};
}

#define KERNELS_LANES(expression)                                                                                      \
    for (int i = 0; i < 4; ++i)                                                                                        \
    r.v[i] = (expression)

KERNELS_INLINE VF zeroF()
{
    return {LanesF{}};
}
KERNELS_INLINE VF set1(float x)
{
    return {LanesF{x, x, x, x}};
}
KERNELS_INLINE VF loadF(const float *p)
{
    VF r;
    std::memcpy(&r, p, sizeof r);
    return r;
}
KERNELS_INLINE void storeF(float *p, VF a)
{
    std::memcpy(p, &a, sizeof a);
}
KERNELS_INLINE VF add(VF a, VF b)
{
    return {a.v + b.v};
}
KERNELS_INLINE VF sub(VF a, VF b)
{
    return {a.v - b.v};
}
KERNELS_INLINE VF mul(VF a, VF b)
{
    return {a.v * b.v};
}
KERNELS_INLINE VF div(VF a, VF b)
{
    return {a.v / b.v};
}
KERNELS_INLINE VF fma(VF a, VF b, VF c)
{
    VF r;
    KERNELS_LANES(__builtin_fmaf(a.v[i], b.v[i], c.v[i]));
    return r;
}
// b where one of the two is NaN, here and in minF().
KERNELS_INLINE VF maxF(VF a, VF b)
{
    return {a.v > b.v ? a.v : b.v};
}
KERNELS_INLINE VF minF(VF a, VF b)
{
    return {a.v < b.v ? a.v : b.v};
}
KERNELS_INLINE VF absF(VF a)
{
    VF r;
    KERNELS_LANES(__builtin_fabsf(a.v[i]));
    return r;
}
KERNELS_INLINE VI roundToInt(VF a)
{
    VI r;
    KERNELS_LANES(static_cast<std::int32_t>(__builtin_rintf(a.v[i])));
    return r;
}
KERNELS_INLINE VF toFloat(VI a)
{
    return {__builtin_convertvector(a.v, LanesF)};
}
KERNELS_INLINE VF floatOfBits(VI a)
{
    VF r;
    std::memcpy(&r, &a, sizeof r);
    return r;
}
KERNELS_INLINE float sumF(VF a)
{
    return (a.v[0] + a.v[2]) + (a.v[1] + a.v[3]);
}
KERNELS_INLINE float maxLane(VF a)
{
    const VF r = maxF(a, VF{LanesF{a.v[2], a.v[3], a.v[0], a.v[1]}});
    return r.v[0] > r.v[1] ? r.v[0] : r.v[1];
}
// The largest of every 4 neighbours, in each of their places.
KERNELS_INLINE VF maxOfFour(VF a)
{
    return set1(maxLane(a));
}
// 2^n for whole n in [-126, 127]
KERNELS_INLINE VF exponent(VI n)
{
    return floatOfBits({(n.v + 127) << 23});
}

KERNELS_INLINE VI zeroI()
{
    return {LanesI{}};
}
KERNELS_INLINE VI set1I(std::int32_t x)
{
    return {LanesI{x, x, x, x}};
}
KERNELS_INLINE VB loadB(const void *p)
{
    VB r;
    std::memcpy(&r, p, sizeof r);
    return r;
}
KERNELS_INLINE void storeB(void *p, VB a)
{
    std::memcpy(p, &a, sizeof a);
}
KERNELS_INLINE VI addI(VI a, VI b)
{
    return fromU(lanesU(a) + lanesU(b));
}
KERNELS_INLINE VI subI(VI a, VI b)
{
    return fromU(lanesU(a) - lanesU(b));
}
KERNELS_INLINE VI maxI(VI a, VI b)
{
    return {a.v > b.v ? a.v : b.v};
}
template <int n> KERNELS_INLINE VI shiftRightSigned(VI a)
{
    return {a.v >> n};
}
KERNELS_INLINE VB andB(VB a, VB b)
{
    return {a.v & b.v};
}
KERNELS_INLINE VB orB(VB a, VB b)
{
    return {a.v | b.v};
}
// (a & mask) | b
KERNELS_INLINE VB andOr(VB a, VB mask, VB b)
{
    return orB(andB(a, mask), b);
}
KERNELS_INLINE VB xorB(VB a, VB b)
{
    return {a.v ^ b.v};
}
// table[n] of each byte n (0 .. 15); `table` holds the same 16 bytes for every four lanes.
KERNELS_INLINE VB loadTable(const std::int8_t table[16])
{
    return loadB(table);
}
KERNELS_INLINE VB lookUp(VB table, VB indices)
{
    VB r;
    std::uint8_t bytes[16], t[16], n[16];
    std::memcpy(t, &table, 16);
    std::memcpy(n, &indices, 16);
    for (int i = 0; i < 16; ++i)
        bytes[i] = t[n[i]];
    std::memcpy(&r, bytes, 16);
    return r;
}
template <int n> KERNELS_INLINE VI shiftRight(VI a)
{
    return fromU(lanesU(a) >> n);
}
template <int n> KERNELS_INLINE VI shiftLeft(VI a)
{
    return fromU(lanesU(a) << n);
}
KERNELS_INLINE VI mulI(VI a, VI b)
{
    return fromU(lanesU(a) * lanesU(b));
}

KERNELS_INLINE VF loadHalf(const std::uint16_t *p)
{
    VF r;
    KERNELS_LANES(halfToFloat(p[i]));
    return r;
}
KERNELS_INLINE void storeHalf(std::uint16_t *p, VF a)
{
    for (int i = 0; i < 4; ++i)
        p[i] = floatToHalf(a.v[i]);
}
KERNELS_INLINE VF loadInt8(const std::int8_t *p)
{
    VF r;
    KERNELS_LANES(static_cast<float>(p[i]));
    return r;
}
// Halves in the low and in the high 16 bits of each lane.
KERNELS_INLINE VF halfLow(VI a)
{
    VF r;
    KERNELS_LANES(halfToFloat(static_cast<std::uint16_t>(static_cast<std::uint32_t>(a.v[i]) & 0xffffu)));
    return r;
}
KERNELS_INLINE VF halfHigh(VI a)
{
    VF r;
    KERNELS_LANES(halfToFloat(static_cast<std::uint16_t>(static_cast<std::uint32_t>(a.v[i]) >> 16)));
    return r;
}

KERNELS_INLINE void halves(VI a, VF &low, VF &high)
{
    low = halfLow(a);
    high = halfHigh(a);
}

// acc[lane] += sum over 4 bytes of unsigned weight * signed activation
KERNELS_INLINE VI dot(VI acc, VB weights, std::int32_t activations)
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
KERNELS_INLINE VI dotAt(VI acc, VB weights, const std::int8_t *activations)
{
    std::int32_t a;
    std::memcpy(&a, activations, 4);
    return dot(acc, weights, a);
}
// The same in sums that may be narrower: addPartial() of up to kPartialSums / (largest weight) groups of 4, then whole().
inline constexpr int kPartialSums = 1 << 16;
KERNELS_INLINE VI addPartial(VI partial, VB weights, std::int32_t activations)
{
    return dot(partial, weights, activations);
}
KERNELS_INLINE VI whole(VI partial)
{
    return partial;
}
KERNELS_INLINE VI dotSigned(VI acc, VB weights, std::int32_t activations)
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
KERNELS_INLINE void loadTransposed(const Rows &rows, std::size_t offset, VB out[4])
{
    for (int row = 0; row < 4; ++row)
        for (int j = 0; j < 4; ++j)
            std::memcpy(&out[j].v[row], rows.row(row, offset) + 4 * j, 4);
}

// The same with 4 * kLanes bytes of each row.
KERNELS_INLINE void loadSquare(const Rows &rows, std::size_t offset, VB out[kLanes])
{
    loadTransposed(rows, offset, out);
}

// Rounded values of a vector to bytes, all within [-128, 127].
KERNELS_INLINE void storeInt8(std::int8_t *p, VI a)
{
    for (int i = 0; i < 4; ++i)
        p[i] = static_cast<std::int8_t>(a.v[i]);
}
// Wraps, as vectors do: what a NaN is rounded to may be anything.
KERNELS_INLINE std::int32_t sumI(VI a)
{
    std::uint32_t sum = 0;
    for (int i = 0; i < 4; ++i)
        sum += static_cast<std::uint32_t>(a.v[i]);
    return static_cast<std::int32_t>(sum);
}

// A 32-bit field of each of kLanes rows.
KERNELS_INLINE VI gather32(const Rows &rows, std::size_t offset)
{
    VI r;
    for (int row = 0; row < 4; ++row)
        std::memcpy(&r.v[row], rows.row(row, offset), 4);
    return r;
}

KERNELS_INLINE void prefetch(const void *) {}

#undef KERNELS_LANES

} // namespace kernels::KERNELS_ISA
