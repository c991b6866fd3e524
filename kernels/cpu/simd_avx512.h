// Vectors of 16 lanes: AVX-512 with VNNI. See simd_scalar.h.
#pragma once

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace kernels::KERNELS_ISA {

inline constexpr int kLanes = 16;
} // namespace kernels::KERNELS_ISA

#include "kernels/cpu/rows.inl.h"

namespace kernels::KERNELS_ISA {

inline constexpr int kTile = 8;
inline constexpr bool kHasVnni = true;
inline constexpr bool kDotsFromMemory = true; // dotAt()
inline constexpr std::uint32_t kDirectTokens = 20, kDirectTile = 4;
inline constexpr int kPairTile = 6; // tokens that panelPair() takes together; 0: never used

using VF = __m512;
using VI = __m512i;
using VB = __m512i;

KERNELS_INLINE VF zeroF() { return _mm512_setzero_ps(); }
KERNELS_INLINE VF set1(float x) { return _mm512_set1_ps(x); }
KERNELS_INLINE VF loadF(const float *p) { return _mm512_loadu_ps(p); }
KERNELS_INLINE void storeF(float *p, VF a) { _mm512_storeu_ps(p, a); }
KERNELS_INLINE VF add(VF a, VF b) { return _mm512_add_ps(a, b); }
KERNELS_INLINE VF sub(VF a, VF b) { return _mm512_sub_ps(a, b); }
KERNELS_INLINE VF mul(VF a, VF b) { return _mm512_mul_ps(a, b); }
KERNELS_INLINE VF div(VF a, VF b) { return _mm512_div_ps(a, b); }
KERNELS_INLINE VF fma(VF a, VF b, VF c) { return _mm512_fmadd_ps(a, b, c); }
KERNELS_INLINE VF maxF(VF a, VF b) { return _mm512_max_ps(a, b); }
KERNELS_INLINE VF minF(VF a, VF b) { return _mm512_min_ps(a, b); }
KERNELS_INLINE VF absF(VF a) { return _mm512_abs_ps(a); }
KERNELS_INLINE VI roundToInt(VF a) { return _mm512_cvtps_epi32(a); }
KERNELS_INLINE VF toFloat(VI a) { return _mm512_cvtepi32_ps(a); }
KERNELS_INLINE VF floatOfBits(VI a) { return _mm512_castsi512_ps(a); }
KERNELS_INLINE float sumF(VF a) { return _mm512_reduce_add_ps(a); }
KERNELS_INLINE float maxLane(VF a) { return _mm512_reduce_max_ps(a); }
KERNELS_INLINE VF maxOfFour(VF a)
{
    a = _mm512_max_ps(a, _mm512_permute_ps(a, 0xb1));
    return _mm512_max_ps(a, _mm512_permute_ps(a, 0x4e));
}
KERNELS_INLINE VF exponent(VI n)
{
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_add_epi32(n, _mm512_set1_epi32(127)), 23));
}

KERNELS_INLINE VI zeroI() { return _mm512_setzero_si512(); }
KERNELS_INLINE VI set1I(std::int32_t x) { return _mm512_set1_epi32(x); }
KERNELS_INLINE VB loadB(const void *p) { return _mm512_loadu_si512(p); }
KERNELS_INLINE void storeB(void *p, VB a) { _mm512_storeu_si512(p, a); }
KERNELS_INLINE VI addI(VI a, VI b) { return _mm512_add_epi32(a, b); }
KERNELS_INLINE VI subI(VI a, VI b) { return _mm512_sub_epi32(a, b); }
KERNELS_INLINE VI maxI(VI a, VI b) { return _mm512_max_epi32(a, b); }
template <int n> KERNELS_INLINE VI shiftRightSigned(VI a) { return _mm512_srai_epi32(a, n); }
KERNELS_INLINE VB andB(VB a, VB b) { return _mm512_and_si512(a, b); }
KERNELS_INLINE VB orB(VB a, VB b) { return _mm512_or_si512(a, b); }
// (a & mask) | b
KERNELS_INLINE VB andOr(VB a, VB mask, VB b) { return _mm512_ternarylogic_epi32(a, mask, b, 0xea); }
KERNELS_INLINE VB xorB(VB a, VB b) { return _mm512_xor_si512(a, b); }
KERNELS_INLINE VB loadTable(const std::int8_t table[16])
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128(reinterpret_cast<const __m128i *>(table)));
}
KERNELS_INLINE VB lookUp(VB table, VB indices) { return _mm512_shuffle_epi8(table, indices); }
template <int n> KERNELS_INLINE VI shiftRight(VI a) { return _mm512_srli_epi32(a, n); }
template <int n> KERNELS_INLINE VI shiftLeft(VI a) { return _mm512_slli_epi32(a, n); }
KERNELS_INLINE VI mulI(VI a, VI b) { return _mm512_mullo_epi32(a, b); }

KERNELS_INLINE VF loadHalf(const std::uint16_t *p)
{
    return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
}
KERNELS_INLINE void storeHalf(std::uint16_t *p, VF a)
{
    _mm256_storeu_si256(reinterpret_cast<__m256i *>(p),
                        _mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
KERNELS_INLINE VF loadInt8(const std::int8_t *p)
{
    return _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p))));
}
KERNELS_INLINE VF halfLow(VI a) { return _mm512_cvtph_ps(_mm512_cvtepi32_epi16(a)); }
KERNELS_INLINE VF halfHigh(VI a) { return halfLow(_mm512_srli_epi32(a, 16)); }
KERNELS_INLINE void halves(VI a, VF &low, VF &high)
{
    alignas(64) static constexpr std::uint16_t order[32] = {0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30,
                                                            1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31};
    const __m512i both = _mm512_permutexvar_epi16(_mm512_load_si512(order), a);
    low = _mm512_cvtph_ps(_mm512_castsi512_si256(both));
    high = _mm512_cvtph_ps(_mm512_extracti64x4_epi64(both, 1));
}

KERNELS_INLINE VI dot(VI acc, VB weights, std::int32_t activations)
{
    return _mm512_dpbusd_epi32(acc, weights, _mm512_set1_epi32(activations));
}
// The same with 4 activations in memory, which the instruction spreads itself; compilers load them for it first.
KERNELS_INLINE VI dotAt(VI acc, VB weights, const std::int8_t *activations)
{
    __asm__("vpdpbusd %2%{1to16%}, %1, %0" : "+v"(acc) : "v"(weights), "m"(*reinterpret_cast<const std::int8_t(*)[4]>(activations)));
    return acc;
}
KERNELS_INLINE VI spread(const std::int8_t *activations)
{
    std::int32_t a;
    std::memcpy(&a, activations, 4);
    return _mm512_set1_epi32(a);
}
KERNELS_INLINE VI addSpread(VI partial, VB weights, VI activations) { return _mm512_dpbusd_epi32(partial, weights, activations); }
inline constexpr int kPartialSums = 1 << 16;
KERNELS_INLINE VI addPartial(VI partial, VB weights, std::int32_t activations) { return dot(partial, weights, activations); }
KERNELS_INLINE VI whole(VI partial) { return partial; }
KERNELS_INLINE VI dotSigned(VI acc, VB weights, std::int32_t activations)
{
    // (w + 128) . a - 128 . a
    const __m512i a = _mm512_set1_epi32(activations);
    const __m512i shifted = _mm512_xor_si512(weights, _mm512_set1_epi8(-128));
    return _mm512_sub_epi32(_mm512_dpbusd_epi32(acc, shifted, a),
                            _mm512_dpbusd_epi32(_mm512_setzero_si512(), _mm512_set1_epi8(-128), a));
}

KERNELS_INLINE void loadTransposed(const Rows &rows, std::size_t offset, VB out[4])
{
    __m512i v[4];
    for (int i = 0; i < 4; ++i) {
        const auto row = [&](int r) {
            return _mm_loadu_si128(reinterpret_cast<const __m128i *>(rows.row(r, offset)));
        };
        const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(row(i)), row(i + 4), 1);
        const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(row(i + 8)), row(i + 12), 1);
        v[i] = _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
    }
    const __m512i t0 = _mm512_unpacklo_epi32(v[0], v[1]), t1 = _mm512_unpackhi_epi32(v[0], v[1]);
    const __m512i t2 = _mm512_unpacklo_epi32(v[2], v[3]), t3 = _mm512_unpackhi_epi32(v[2], v[3]);
    out[0] = _mm512_unpacklo_epi64(t0, t2);
    out[1] = _mm512_unpackhi_epi64(t0, t2);
    out[2] = _mm512_unpacklo_epi64(t1, t3);
    out[3] = _mm512_unpackhi_epi64(t1, t3);
}

KERNELS_INLINE void loadSquare(const Rows &rows, std::size_t offset, VB out[kLanes])
{
    __m512i quads[4][4]; // rows 4 q .. 4 q + 3, column 4 * (quarter) + j
    for (int q = 0; q < 4; ++q) {
        __m512i v[4];
        for (int i = 0; i < 4; ++i)
            v[i] = _mm512_loadu_si512(rows.row(4 * q + i, offset));
        const __m512i t0 = _mm512_unpacklo_epi32(v[0], v[1]), t1 = _mm512_unpackhi_epi32(v[0], v[1]);
        const __m512i t2 = _mm512_unpacklo_epi32(v[2], v[3]), t3 = _mm512_unpackhi_epi32(v[2], v[3]);
        quads[q][0] = _mm512_unpacklo_epi64(t0, t2);
        quads[q][1] = _mm512_unpackhi_epi64(t0, t2);
        quads[q][2] = _mm512_unpacklo_epi64(t1, t3);
        quads[q][3] = _mm512_unpackhi_epi64(t1, t3);
    }
    for (int j = 0; j < 4; ++j) {
        const __m512i even = _mm512_shuffle_i32x4(quads[0][j], quads[1][j], 0x88), even2 = _mm512_shuffle_i32x4(quads[2][j], quads[3][j], 0x88);
        const __m512i odd = _mm512_shuffle_i32x4(quads[0][j], quads[1][j], 0xdd), odd2 = _mm512_shuffle_i32x4(quads[2][j], quads[3][j], 0xdd);
        out[j] = _mm512_shuffle_i32x4(even, even2, 0x88);
        out[4 + j] = _mm512_shuffle_i32x4(odd, odd2, 0x88);
        out[8 + j] = _mm512_shuffle_i32x4(even, even2, 0xdd);
        out[12 + j] = _mm512_shuffle_i32x4(odd, odd2, 0xdd);
    }
}

KERNELS_INLINE void storeInt8(std::int8_t *p, VI a)
{
    _mm_storeu_si128(reinterpret_cast<__m128i *>(p), _mm512_cvtepi32_epi8(a));
}
KERNELS_INLINE std::int32_t sumI(VI a) { return _mm512_reduce_add_epi32(a); }

// Unpacks, not the gather instruction: it is slow on AMD and on Intel processors with the mitigation for Downfall.
KERNELS_INLINE VI gather32(const Rows &rows, std::size_t offset)
{
    const auto field = [&](int row) __attribute__((always_inline)) { return _mm_loadu_si32(rows.row(row, offset)); };
    const auto four = [&](int row) __attribute__((always_inline)) {
        return _mm_unpacklo_epi64(_mm_unpacklo_epi32(field(row), field(row + 1)),
                                  _mm_unpacklo_epi32(field(row + 2), field(row + 3)));
    };
    const __m256i low = _mm256_inserti128_si256(_mm256_castsi128_si256(four(0)), four(4), 1);
    const __m256i high = _mm256_inserti128_si256(_mm256_castsi128_si256(four(8)), four(12), 1);
    return _mm512_inserti64x4(_mm512_castsi256_si512(low), high, 1);
}

KERNELS_INLINE void prefetch(const void *p) { _mm_prefetch(static_cast<const char *>(p), _MM_HINT_T1); }

} // namespace kernels::KERNELS_ISA
