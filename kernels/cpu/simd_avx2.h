// Vectors of 8 lanes: AVX2 with FMA and F16C, and AVX-VNNI where the file is compiled for it. See simd_scalar.h.
#pragma once

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace kernels::KERNELS_ISA {

inline constexpr int kLanes = 8;
} // namespace kernels::KERNELS_ISA

#include "kernels/cpu/rows.inl.h"

namespace kernels::KERNELS_ISA {

inline constexpr int kTile = 4;
inline constexpr bool kDotsFromMemory = false;
// Four at once do not fit the registers of AVX2 and take as long as six in two tiles.
inline constexpr std::uint32_t kDirectTokens = 9, kDirectTile = 3;
inline constexpr int kPairTile = 4; // tokens that panelPair() takes together
#ifdef __AVXVNNI__
inline constexpr bool kHasVnni = true;
#else
inline constexpr bool kHasVnni = false;
#endif

using VF = __m256;
using VI = __m256i;
using VB = __m256i;

KERNELS_INLINE VF zeroF() { return _mm256_setzero_ps(); }
KERNELS_INLINE VF set1(float x) { return _mm256_set1_ps(x); }
KERNELS_INLINE VF loadF(const float *p) { return _mm256_loadu_ps(p); }
KERNELS_INLINE void storeF(float *p, VF a) { _mm256_storeu_ps(p, a); }
KERNELS_INLINE VF add(VF a, VF b) { return _mm256_add_ps(a, b); }
KERNELS_INLINE VF sub(VF a, VF b) { return _mm256_sub_ps(a, b); }
KERNELS_INLINE VF mul(VF a, VF b) { return _mm256_mul_ps(a, b); }
KERNELS_INLINE VF div(VF a, VF b) { return _mm256_div_ps(a, b); }
KERNELS_INLINE VF fma(VF a, VF b, VF c) { return _mm256_fmadd_ps(a, b, c); }
KERNELS_INLINE VF maxF(VF a, VF b) { return _mm256_max_ps(a, b); }
KERNELS_INLINE VF minF(VF a, VF b) { return _mm256_min_ps(a, b); }
KERNELS_INLINE VF absF(VF a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
KERNELS_INLINE VI roundToInt(VF a) { return _mm256_cvtps_epi32(a); }
KERNELS_INLINE VF toFloat(VI a) { return _mm256_cvtepi32_ps(a); }
KERNELS_INLINE VF floatOfBits(VI a) { return _mm256_castsi256_ps(a); }
KERNELS_INLINE float sumF(VF a)
{
    __m128 x = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
}
KERNELS_INLINE VF maxOfFour(VF a)
{
    a = _mm256_max_ps(a, _mm256_permute_ps(a, 0xb1));
    return _mm256_max_ps(a, _mm256_permute_ps(a, 0x4e));
}
KERNELS_INLINE float maxLane(VF a)
{
    __m128 x = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    x = _mm_max_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)));
}
KERNELS_INLINE VF exponent(VI n)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}

KERNELS_INLINE VI zeroI() { return _mm256_setzero_si256(); }
KERNELS_INLINE VI set1I(std::int32_t x) { return _mm256_set1_epi32(x); }
KERNELS_INLINE VB loadB(const void *p) { return _mm256_loadu_si256(static_cast<const __m256i *>(p)); }
KERNELS_INLINE void storeB(void *p, VB a) { _mm256_storeu_si256(static_cast<__m256i *>(p), a); }
KERNELS_INLINE VI addI(VI a, VI b) { return _mm256_add_epi32(a, b); }
KERNELS_INLINE VI subI(VI a, VI b) { return _mm256_sub_epi32(a, b); }
KERNELS_INLINE VI maxI(VI a, VI b) { return _mm256_max_epi32(a, b); }
template <int n> KERNELS_INLINE VI shiftRightSigned(VI a) { return _mm256_srai_epi32(a, n); }
KERNELS_INLINE VB andB(VB a, VB b) { return _mm256_and_si256(a, b); }
KERNELS_INLINE VB orB(VB a, VB b) { return _mm256_or_si256(a, b); }
// (a & mask) | b
KERNELS_INLINE VB andOr(VB a, VB mask, VB b) { return _mm256_or_si256(_mm256_and_si256(a, mask), b); }
KERNELS_INLINE VB xorB(VB a, VB b) { return _mm256_xor_si256(a, b); }
KERNELS_INLINE VB loadTable(const std::int8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i *>(table)));
}
KERNELS_INLINE VB lookUp(VB table, VB indices) { return _mm256_shuffle_epi8(table, indices); }
template <int n> KERNELS_INLINE VI shiftRight(VI a) { return _mm256_srli_epi32(a, n); }
template <int n> KERNELS_INLINE VI shiftLeft(VI a) { return _mm256_slli_epi32(a, n); }
KERNELS_INLINE VI mulI(VI a, VI b) { return _mm256_mullo_epi32(a, b); }

KERNELS_INLINE VF loadHalf(const std::uint16_t *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
}
KERNELS_INLINE void storeHalf(std::uint16_t *p, VF a)
{
    _mm_storeu_si128(reinterpret_cast<__m128i *>(p), _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
KERNELS_INLINE VF loadInt8(const std::int8_t *p)
{
    return _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(p))));
}
KERNELS_INLINE VF halfLow(VI a)
{
    const __m256i words = _mm256_and_si256(a, _mm256_set1_epi32(0xffff));
    return _mm256_cvtph_ps(_mm_packus_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
}
KERNELS_INLINE VF halfHigh(VI a) { return halfLow(_mm256_srli_epi32(a, 16)); }
KERNELS_INLINE void halves(VI a, VF &low, VF &high)
{
    const __m256i apart = _mm256_shuffle_epi8(a, _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15)));
    const __m256i both = _mm256_permute4x64_epi64(apart, 0xd8); // 8 low ones, 8 high ones
    low = _mm256_cvtph_ps(_mm256_castsi256_si128(both));
    high = _mm256_cvtph_ps(_mm256_extracti128_si256(both, 1));
}

#ifdef __AVXVNNI__
KERNELS_INLINE VI dot(VI acc, VB weights, std::int32_t activations)
{
    return _mm256_dpbusd_avx_epi32(acc, weights, _mm256_set1_epi32(activations));
}
inline constexpr int kPartialSums = 1 << 16;
KERNELS_INLINE VI addSpread(VI partial, VB weights, VI activations) { return _mm256_dpbusd_avx_epi32(partial, weights, activations); }
KERNELS_INLINE VI whole(VI partial) { return partial; }
#else
// 16 bits hold sums of two products while weights stay below 128 (wider ones go through dotSigned()), and those of several
// groups where weights are smaller still.
inline constexpr int kPartialSums = 32767 / (2 * 127);
KERNELS_INLINE VI addSpread(VI partial, VB weights, VI activations)
{
    partial = _mm256_add_epi16(partial, _mm256_maddubs_epi16(weights, activations));
    // Compilers would make all products first and add them up as a tree, which takes more registers than there are.
    __asm__("" : "+x"(partial));
    return partial;
}
KERNELS_INLINE VI whole(VI partial) { return _mm256_madd_epi16(partial, _mm256_set1_epi16(1)); }
KERNELS_INLINE VI dot(VI acc, VB weights, std::int32_t activations)
{
    return _mm256_add_epi32(acc, whole(addSpread(_mm256_setzero_si256(), weights, _mm256_set1_epi32(activations))));
}
#endif
KERNELS_INLINE VI addPartial(VI partial, VB weights, std::int32_t activations)
{
    return addSpread(partial, weights, _mm256_set1_epi32(activations));
}
KERNELS_INLINE VI spread(const std::int8_t *activations)
{
    std::int32_t a;
    std::memcpy(&a, activations, 4);
    return _mm256_set1_epi32(a);
}
KERNELS_INLINE VI dotAt(VI acc, VB weights, const std::int8_t *activations)
{
    std::int32_t a;
    std::memcpy(&a, activations, 4);
    return dot(acc, weights, a);
}
KERNELS_INLINE VI dotSigned(VI acc, VB weights, std::int32_t activations)
{
    // |w| * (a with the sign of w): |w| <= 128 and |a| <= 127 fit the 16-bit pair sums.
    const __m256i signedActivations = _mm256_sign_epi8(_mm256_set1_epi32(activations), weights);
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(weights), signedActivations);
    return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

KERNELS_INLINE void loadTransposed(const Rows &rows, std::size_t offset, VB out[4])
{
    __m256i v[4];
    for (int i = 0; i < 4; ++i) {
        const auto *low = reinterpret_cast<const __m128i *>(rows.row(i, offset));
        const auto *high = reinterpret_cast<const __m128i *>(rows.row(i + 4, offset));
        v[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(low)), _mm_loadu_si128(high), 1);
    }
    const __m256i t0 = _mm256_unpacklo_epi32(v[0], v[1]), t1 = _mm256_unpackhi_epi32(v[0], v[1]);
    const __m256i t2 = _mm256_unpacklo_epi32(v[2], v[3]), t3 = _mm256_unpackhi_epi32(v[2], v[3]);
    out[0] = _mm256_unpacklo_epi64(t0, t2);
    out[1] = _mm256_unpackhi_epi64(t0, t2);
    out[2] = _mm256_unpacklo_epi64(t1, t3);
    out[3] = _mm256_unpackhi_epi64(t1, t3);
}

KERNELS_INLINE void loadSquare(const Rows &rows, std::size_t offset, VB out[kLanes])
{
    __m256i quads[2][4]; // rows 4 q .. 4 q + 3, column 4 * (half) + j
    for (int q = 0; q < 2; ++q) {
        __m256i v[4];
        for (int i = 0; i < 4; ++i)
            v[i] = _mm256_loadu_si256(reinterpret_cast<const __m256i *>(rows.row(4 * q + i, offset)));
        const __m256i t0 = _mm256_unpacklo_epi32(v[0], v[1]), t1 = _mm256_unpackhi_epi32(v[0], v[1]);
        const __m256i t2 = _mm256_unpacklo_epi32(v[2], v[3]), t3 = _mm256_unpackhi_epi32(v[2], v[3]);
        quads[q][0] = _mm256_unpacklo_epi64(t0, t2);
        quads[q][1] = _mm256_unpackhi_epi64(t0, t2);
        quads[q][2] = _mm256_unpacklo_epi64(t1, t3);
        quads[q][3] = _mm256_unpackhi_epi64(t1, t3);
    }
    for (int j = 0; j < 4; ++j) {
        out[j] = _mm256_permute2x128_si256(quads[0][j], quads[1][j], 0x20);
        out[4 + j] = _mm256_permute2x128_si256(quads[0][j], quads[1][j], 0x31);
    }
}

KERNELS_INLINE void storeInt8(std::int8_t *p, VI a)
{
    const __m128i words = _mm_packs_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    _mm_storel_epi64(reinterpret_cast<__m128i *>(p), _mm_packs_epi16(words, words));
}
KERNELS_INLINE std::int32_t sumI(VI a)
{
    __m128i x = _mm_add_epi32(_mm256_castsi256_si128(a), _mm256_extracti128_si256(a, 1));
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(x, _mm_shuffle_epi32(x, 0xb1)));
}

// Inserts, not the gather instruction: it is slow on AMD and on Intel processors with the mitigation for Downfall.
KERNELS_INLINE VI gather32(const Rows &rows, std::size_t offset)
{
    const auto four = [&](int row) {
        const auto field = [&](int r) {
            int value;
            std::memcpy(&value, rows.row(r, offset), 4);
            return value;
        };
        return _mm_insert_epi32(_mm_insert_epi32(_mm_insert_epi32(_mm_cvtsi32_si128(field(row)), field(row + 1), 1),
                                                 field(row + 2), 2), field(row + 3), 3);
    };
    return _mm256_inserti128_si256(_mm256_castsi128_si256(four(0)), four(4), 1);
}

KERNELS_INLINE void prefetch(const void *p) { _mm_prefetch(static_cast<const char *>(p), _MM_HINT_T1); }

} // namespace kernels::KERNELS_ISA
