// Vectors of 8 lanes: AVX2 with FMA and F16C, and AVX-VNNI where the file is compiled for it. See simd_scalar.h.
#pragma once

#include <cstdint>
#include <cstring>
#include <immintrin.h>

namespace kernels::KERNELS_ISA {

inline constexpr int kLanes = 8;
inline constexpr int kTile = 4;
#ifdef __AVXVNNI__
inline constexpr bool kHasVnni = true;
#else
inline constexpr bool kHasVnni = false;
#endif

using VF = __m256;
using VI = __m256i;
using VB = __m256i;

static inline VF zeroF() { return _mm256_setzero_ps(); }
static inline VF set1(float x) { return _mm256_set1_ps(x); }
static inline VF loadF(const float *p) { return _mm256_loadu_ps(p); }
static inline void storeF(float *p, VF a) { _mm256_storeu_ps(p, a); }
static inline VF add(VF a, VF b) { return _mm256_add_ps(a, b); }
static inline VF sub(VF a, VF b) { return _mm256_sub_ps(a, b); }
static inline VF mul(VF a, VF b) { return _mm256_mul_ps(a, b); }
static inline VF div(VF a, VF b) { return _mm256_div_ps(a, b); }
static inline VF fma(VF a, VF b, VF c) { return _mm256_fmadd_ps(a, b, c); }
static inline VF maxF(VF a, VF b) { return _mm256_max_ps(a, b); }
static inline VF minF(VF a, VF b) { return _mm256_min_ps(a, b); }
static inline VF absF(VF a) { return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a); }
static inline VI roundToInt(VF a) { return _mm256_cvtps_epi32(a); }
static inline VF toFloat(VI a) { return _mm256_cvtepi32_ps(a); }
static inline float sumF(VF a)
{
    __m128 x = _mm_add_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_movehdup_ps(x)));
}
static inline float maxLane(VF a)
{
    __m128 x = _mm_max_ps(_mm256_castps256_ps128(a), _mm256_extractf128_ps(a, 1));
    x = _mm_max_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_max_ss(x, _mm_movehdup_ps(x)));
}
static inline VF exponent(VI n)
{
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_add_epi32(n, _mm256_set1_epi32(127)), 23));
}

static inline VI zeroI() { return _mm256_setzero_si256(); }
static inline VI set1I(std::int32_t x) { return _mm256_set1_epi32(x); }
static inline VB loadB(const void *p) { return _mm256_loadu_si256(static_cast<const __m256i *>(p)); }
static inline void storeB(void *p, VB a) { _mm256_storeu_si256(static_cast<__m256i *>(p), a); }
static inline VI addI(VI a, VI b) { return _mm256_add_epi32(a, b); }
static inline VB andB(VB a, VB b) { return _mm256_and_si256(a, b); }
static inline VB orB(VB a, VB b) { return _mm256_or_si256(a, b); }
static inline VB xorB(VB a, VB b) { return _mm256_xor_si256(a, b); }
template <int n> static inline VI shiftRight(VI a) { return _mm256_srli_epi32(a, n); }
template <int n> static inline VI shiftLeft(VI a) { return _mm256_slli_epi32(a, n); }
static inline VI mulI(VI a, VI b) { return _mm256_mullo_epi32(a, b); }
template <int n> static inline VI signedByte(VI a) { return _mm256_srai_epi32(_mm256_slli_epi32(a, 24 - 8 * n), 24); }

static inline VF loadHalf(const std::uint16_t *p)
{
    return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
}
static inline void storeHalf(std::uint16_t *p, VF a)
{
    _mm_storeu_si128(reinterpret_cast<__m128i *>(p), _mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
static inline VF halfLow(VI a)
{
    const __m256i words = _mm256_and_si256(a, _mm256_set1_epi32(0xffff));
    return _mm256_cvtph_ps(_mm_packus_epi32(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)));
}
static inline VF halfHigh(VI a) { return halfLow(_mm256_srli_epi32(a, 16)); }

static inline VI dot(VI acc, VB weights, std::int32_t activations)
{
#ifdef __AVXVNNI__
    return _mm256_dpbusd_avx_epi32(acc, weights, _mm256_set1_epi32(activations));
#else
    // Sums of two products fit 16 bits while weights stay below 128: wider ones go through dotSigned().
    const __m256i pairs = _mm256_maddubs_epi16(weights, _mm256_set1_epi32(activations));
    return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
#endif
}
static inline VI dotSigned(VI acc, VB weights, std::int32_t activations)
{
    // |w| * (a with the sign of w): |w| <= 128 and |a| <= 127 fit the 16-bit pair sums.
    const __m256i signedActivations = _mm256_sign_epi8(_mm256_set1_epi32(activations), weights);
    const __m256i pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(weights), signedActivations);
    return _mm256_add_epi32(acc, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
}

static inline void loadTransposed(const std::uint8_t *base, std::size_t stride, VB out[4])
{
    __m256i v[4];
    for (int i = 0; i < 4; ++i) {
        const auto *low = reinterpret_cast<const __m128i *>(base + std::size_t(i) * stride);
        const auto *high = reinterpret_cast<const __m128i *>(base + std::size_t(i + 4) * stride);
        v[i] = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128(low)), _mm_loadu_si128(high), 1);
    }
    const __m256i t0 = _mm256_unpacklo_epi32(v[0], v[1]), t1 = _mm256_unpackhi_epi32(v[0], v[1]);
    const __m256i t2 = _mm256_unpacklo_epi32(v[2], v[3]), t3 = _mm256_unpackhi_epi32(v[2], v[3]);
    out[0] = _mm256_unpacklo_epi64(t0, t2);
    out[1] = _mm256_unpackhi_epi64(t0, t2);
    out[2] = _mm256_unpacklo_epi64(t1, t3);
    out[3] = _mm256_unpackhi_epi64(t1, t3);
}

static inline void prefetch(const void *p) { _mm_prefetch(static_cast<const char *>(p), _MM_HINT_T1); }

} // namespace kernels::KERNELS_ISA
